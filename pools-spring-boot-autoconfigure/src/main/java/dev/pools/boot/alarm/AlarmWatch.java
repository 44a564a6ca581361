package dev.pools.boot.alarm;

import dev.pools.boot.lifecycle.PeriodicLook;
import dev.pools.internal.Faults;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.springframework.context.SmartLifecycle;

/**
 * Looks at the pools that have alarms, on one daemon thread for all pools of a context. A look
 * reads one snapshot of a pool. The thread exists from the start of the context to its stop, and
 * only if there are alarms.
 */
public final class AlarmWatch implements SmartLifecycle {

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final AlarmedPools pools;
  private final AlarmDelivery delivery;
  private final PeriodicLook looks;
  private final Clock clock;
  private final LongSupplier nanoTime;

  /** Whether no look was begun since the start. Guarded by this. */
  private boolean isFirstLook;

  /**
   * Creates it. It looks at no pool before it is started.
   *
   * @param pools the pools to look at
   * @param listeners is told each event, on a thread for the events of its pool
   * @param interval the pause between two looks; from 100 ms to 1 h
   * @throws IllegalArgumentException if the interval is out of its range
   */
  public AlarmWatch(
      AlarmedPools pools, Consumer<? super PoolAlarmEvent> listeners, Duration interval) {
    this(pools, listeners, interval, Clock.systemUTC(), System::nanoTime);
  }

  AlarmWatch(
      AlarmedPools pools,
      Consumer<? super PoolAlarmEvent> listeners,
      Duration interval,
      Clock clock,
      LongSupplier nanoTime) {
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "interval is %s, but must be from %s to %s.".formatted(interval, SHORTEST, LONGEST));
    }
    this.pools = pools;
    this.delivery = new AlarmDelivery(listeners);
    this.looks = new PeriodicLook("pools-alarms", interval, this::lookAtAll);
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  @Override
  public void start() {
    if (isStarted()) {
      // What has been counted until now is in no window. Without the lock, which a stop takes: a
      // look writes to the log, and an appender may hang.
      lookAtAll();
    }
  }

  private synchronized boolean isStarted() {
    if (looks.isRunning() || !pools.hasAlarms()) {
      return false;
    }
    isFirstLook = true;
    delivery.start();
    looks.start();
    return true;
  }

  /**
   * Not under the lock, because it interrupts. The looks end last: a start that comes meanwhile
   * does nothing before that, and so its events are told.
   */
  @Override
  public void stop() {
    if (looks.isRunning()) {
      delivery.stop();
      looks.stop();
    }
  }

  @Override
  public boolean isRunning() {
    return looks.isRunning();
  }

  /** Looks at each pool now. A pool that cannot be read keeps no other from being looked at. */
  void lookAtAll() {
    Faults.guard(AlarmWatch.class, "The watch for alarms", this::lookAtEach);
  }

  private void lookAtEach() {
    List<AlarmedPool> found = pools.pools();
    boolean isFirst = isFirstLook();
    for (AlarmedPool pool : found) {
      Faults.guard(
          AlarmWatch.class, pool.name(), "the watch for alarms", () -> look(pool, isFirst));
    }
  }

  private synchronized boolean isFirstLook() {
    boolean isFirst = isFirstLook;
    isFirstLook = false;
    return isFirst;
  }

  private void look(AlarmedPool pool, boolean isFirst) {
    if (isFirst) {
      // It may have been stopped, and nothing looked in between.
      pool.beginAnew();
    }
    pool.look(clock.instant(), nanoTime.getAsLong()).forEach(delivery::add);
  }
}
