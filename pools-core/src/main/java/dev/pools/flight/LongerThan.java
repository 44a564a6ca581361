package dev.pools.flight;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.SettingControl;
import org.jspecify.annotations.Nullable;

/**
 * The threshold of an event that is written when its time is over. The recorder's own {@code
 * threshold} compares the time from the creation of an event object to its end; a pool creates the
 * object only when it knows that the time was long.
 */
@Label("Longer Than")
@Description("Writes only what took at least this long, such as 20 ms")
public final class LongerThan extends SettingControl {

  private static final String USUAL = "20 ms";

  private static final long USUAL_NANOS = 20_000_000;

  private String value = USUAL;
  private volatile long nanos = USUAL_NANOS;

  /** With 20 ms, which the recorder's own events have as their usual threshold. */
  public LongerThan() {}

  @Override
  public String combine(Set<String> values) {
    String least = USUAL;
    long leastNanos = Long.MAX_VALUE;
    for (String next : values) {
      long nextNanos = nanos(next);
      if (nextNanos < leastNanos) {
        leastNanos = nextNanos;
        least = next;
      }
    }
    return least;
  }

  @Override
  public void setValue(String wanted) {
    value = wanted;
    nanos = nanos(wanted);
  }

  @Override
  public String getValue() {
    return value;
  }

  long nanos() {
    return nanos;
  }

  /** A duration as a recording's settings have it; the usual one if this is none. */
  static long nanos(String text) {
    String trimmed = text.strip();
    int digits = 0;
    while (digits < trimmed.length() && Character.isDigit(trimmed.charAt(digits))) {
      digits++;
    }
    TimeUnit unit = unitOf(trimmed.substring(digits).strip().toLowerCase(Locale.ROOT));
    if (digits == 0 || digits > 18 || unit == null) {
      return USUAL_NANOS;
    }
    return unit.toNanos(Long.parseLong(trimmed.substring(0, digits)));
  }

  private static @Nullable TimeUnit unitOf(String name) {
    return switch (name) {
      case "ns" -> TimeUnit.NANOSECONDS;
      case "us" -> TimeUnit.MICROSECONDS;
      case "ms" -> TimeUnit.MILLISECONDS;
      case "s" -> TimeUnit.SECONDS;
      case "m" -> TimeUnit.MINUTES;
      case "h" -> TimeUnit.HOURS;
      case "d" -> TimeUnit.DAYS;
      default -> null;
    };
  }
}
