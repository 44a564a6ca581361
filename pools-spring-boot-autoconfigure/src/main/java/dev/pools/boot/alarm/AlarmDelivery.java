package dev.pools.boot.alarm;

import dev.pools.internal.Faults;
import dev.pools.internal.ThreadInterrupt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells events to the listeners of the application, which may throw, hang, or need long.
 *
 * <ol>
 *   <li>The thread that adds an event never runs a listener and never waits for one.
 *   <li>The events of one pool are told one at a time, in order: a line exists in {@code lines} as
 *       long as its thread runs, and only this thread takes from it.
 *   <li>A line that is empty is removed under the same lock under which an event is added, so no
 *       event is left in a line without a thread.
 *   <li>There is at most one thread for each pool, and none without events.
 * </ol>
 */
final class AlarmDelivery {

  /** Of one pool; more than these are dropped while a listener hangs. */
  static final int MOST = 100;

  /** The events of one pool that are still to be told, and the thread that tells them. */
  private record Line(String pool, Deque<PoolAlarmEvent> events, Thread thread) {}

  private final Consumer<? super PoolAlarmEvent> listeners;

  // Guarded by this. The key is the pool.
  private final IdentityHashMap<Object, Line> lines = new IdentityHashMap<>();
  private boolean isStarted;

  AlarmDelivery(Consumer<? super PoolAlarmEvent> listeners) {
    this.listeners = listeners;
  }

  /** Tells events from now on. */
  synchronized void start() {
    isStarted = true;
  }

  /** Lets an event be told soon; drops it if this is stopped. */
  void add(PoolAlarmEvent event) {
    if (!isAdded(event)) {
      Faults.warn(
          AlarmDelivery.class,
          null,
          "Pool '{}': an event is dropped, because {} others wait for a listener that has not"
              + " returned. Let the listener leave its work to another thread. The event: {}",
          event.getPool(),
          MOST,
          event.getMessage());
    }
  }

  private synchronized boolean isAdded(PoolAlarmEvent event) {
    if (!isStarted) {
      return true;
    }
    Object pool = event.getSource();
    Line line = lines.get(pool);
    if (line != null) {
      return line.events.size() < MOST && line.events.add(event);
    }
    Deque<PoolAlarmEvent> events = new ArrayDeque<>();
    events.add(event);
    Thread thread =
        new Thread(null, () -> tellAll(pool, events), "pools-alarm-" + event.getPool(), 0, false);
    thread.setDaemon(true);
    lines.put(pool, new Line(event.getPool(), events, thread));
    boolean runs = false;
    try {
      thread.start();
      runs = true;
    } finally {
      if (!runs) {
        lines.remove(pool);
      }
    }
    return true;
  }

  private void tellAll(Object pool, Deque<PoolAlarmEvent> events) {
    PoolAlarmEvent event = next(pool, events);
    while (event != null) {
      PoolAlarmEvent told = event;
      log(told);
      Faults.guard(
          AlarmDelivery.class,
          told.getPool(),
          "a listener of alarms",
          () -> listeners.accept(told));
      event = next(pool, events);
    }
  }

  /** Message and advice apart, because each may be as long as a part of a line can be. */
  private static void log(PoolAlarmEvent event) {
    String advice = event.getAdvice();
    if (!event.isRaised()) {
      Faults.info(AlarmDelivery.class, "{}", event.getMessage());
    } else if (advice == null) {
      Faults.warn(AlarmDelivery.class, null, "{}", event.getMessage());
    } else {
      Faults.warn(AlarmDelivery.class, null, "{} Advice: {}", event.happened(), advice);
    }
  }

  private synchronized @Nullable PoolAlarmEvent next(Object pool, Deque<PoolAlarmEvent> events) {
    PoolAlarmEvent event = events.pollFirst();
    if (event == null) {
      Line line = lines.get(pool);
      if (line != null && line.events == events) {
        lines.remove(pool);
      }
    }
    return event;
  }

  /**
   * Drops what has not been told, and interrupts listeners that have not returned. Not under the
   * lock: an interrupt may close the channel that a listener waits in. A thread that has left the
   * line ends, and does nothing that an interrupt could reach.
   */
  void stop() {
    for (Line line : takeLines()) {
      ThreadInterrupt.send(line.thread, line.pool);
    }
  }

  private synchronized List<Line> takeLines() {
    isStarted = false;
    List<Line> taken = List.copyOf(lines.values());
    taken.forEach(line -> line.events.clear());
    lines.clear();
    return taken;
  }
}
