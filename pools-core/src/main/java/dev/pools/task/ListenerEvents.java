package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.ThreadProperties;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Events for listeners that no thread waits for, told one after another on a helper thread. A
 * listener that hangs holds up the events behind it; of these a bounded number is kept.
 */
final class ListenerEvents {

  /** How many events are kept at most; further ones are dropped. */
  private static final int MOST_WAITING = 10_000;

  private final PoolCore core;

  // Guarded by this.
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean telling;
  private long dropped;

  /** Those of the thread that tells events: one thread at a time. */
  private final ThreadProperties properties = new ThreadProperties();

  ListenerEvents(PoolCore core) {
    this.core = core;
  }

  /** Tells an event, after those before; not under the pool's lock. */
  void tell(Runnable event) {
    synchronized (this) {
      if (waiting.size() >= MOST_WAITING) {
        dropped++;
        return;
      }
      waiting.add(event);
      if (telling) {
        return;
      }
      telling = true;
    }
    core.helpers.run(this::tellAll);
  }

  /** What a listener has left on the thread does not reach the listener of the next event. */
  private void tellAll() {
    properties.note();
    for (Runnable next = next(); next != null; next = next()) {
      properties.restore();
      core.faults.guard(ListenerEvents.class, "telling listeners of an event", next);
    }
  }

  private @Nullable Runnable next() {
    long lost;
    Runnable next;
    synchronized (this) {
      lost = dropped;
      dropped = 0;
      next = waiting.poll();
      telling = next != null;
    }
    if (lost > 0) {
      Faults.warn(
          ListenerEvents.class,
          null,
          "Pool '{}': {} dropped, because a listener did not return in time. Let the listener leave long work to another thread",
          core.name(),
          Faults.count(lost, "event was", "events were"));
    }
    return next;
  }
}
