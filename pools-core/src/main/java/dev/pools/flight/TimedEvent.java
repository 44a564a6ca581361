package dev.pools.flight;

import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;

/**
 * An event with a limit. The recorder gives the limit only to a method of the event that decides
 * whether it is written, so {@link #limit} asks that for an event that took no time.
 */
abstract class TimedEvent extends Event {

  /** The limit of an event that is not enabled. */
  static final long NEVER = Long.MAX_VALUE;

  private transient long limitNanos;

  abstract long tookNanos();

  @SettingDefinition
  @Name("longerThan")
  @Label("Longer Than")
  @Description("Only what took at least this long is written; not the setting threshold")
  boolean longerThan(LongerThan limit) {
    limitNanos = limit.nanos();
    return tookNanos() >= limitNanos;
  }

  /** What is written; {@link #NEVER} if the event is not enabled. */
  long limit() {
    if (!isEnabled()) {
      return NEVER;
    }
    limitNanos = NEVER;
    shouldCommit();
    return limitNanos;
  }
}
