package dev.pools.boot.alarm;

import dev.pools.boot.advice.Advice;
import dev.pools.boot.advice.AdviceRule;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A pool with alarms. Its memory is bounded: it keeps the latest {@value #RECENT} events. */
public final class AlarmedPool {

  static final int RECENT = 50;

  private final PoolType type;
  private final String name;
  private final Object pool;
  private final Supplier<@Nullable ToDoubleFunction<AlarmRule>> readings;
  private final UnaryOperator<String> settings;
  private volatile @Nullable AdvisedPool advised;

  // Guarded by this.
  private final List<AlarmState> states = new ArrayList<>();
  private final List<AlarmState> ended = new ArrayList<>();
  private AlarmOptions options;
  private final Deque<PoolAlarmEvent> recent = new ArrayDeque<>();

  /**
   * Creates it.
   *
   * @param name the name of the pool's bean
   * @param options the alarms
   * @param settings the full name of a setting of the pool, such as {@code alarms.queue-age}
   * @throws IllegalArgumentException if task pools do not have one of the rules
   */
  public AlarmedPool(
      String name, AdvancedPool pool, AlarmOptions options, UnaryOperator<String> settings) {
    this(PoolType.ADVANCED, name, pool, () -> reading(pool.stats()), options, settings);
  }

  /** As the other constructor. */
  public AlarmedPool(
      String name, ConnectionPool<?> pool, AlarmOptions options, UnaryOperator<String> settings) {
    this(PoolType.CONNECTION, name, pool, () -> reading(pool.stats()), options, settings);
  }

  AlarmedPool(
      PoolType type,
      String name,
      Object pool,
      Supplier<@Nullable ToDoubleFunction<AlarmRule>> readings,
      AlarmOptions options,
      UnaryOperator<String> settings) {
    this.type = type;
    this.name = name;
    this.pool = pool;
    this.readings = readings;
    this.settings = settings;
    this.options = options;
    watch(options, List.of());
  }

  /**
   * Changes the alarms from the next look on. A raised alarm stays raised, and is cleared by its
   * new threshold; one that has no threshold any more is cleared at that look.
   *
   * @throws IllegalArgumentException if pools of this kind do not have one of the rules
   */
  public synchronized void become(AlarmOptions other) {
    if (!other.equals(options)) {
      List<AlarmState> before = List.copyOf(states);
      watch(other, before);
      for (AlarmState state : before) {
        if (!other.thresholds().containsKey(state.rule()) && state.isRaised()) {
          ended.add(state);
        }
      }
      options = other;
    }
  }

  private void watch(AlarmOptions wanted, List<AlarmState> before) {
    List<AlarmState> watched = new ArrayList<>();
    for (AlarmRule rule : AlarmRule.values()) {
      Double threshold = wanted.thresholds().get(rule);
      if (threshold != null) {
        if (!rule.appliesTo(type)) {
          throw new IllegalArgumentException(
              "alarms.%s is set, but no %s pool has this alarm. Remove it."
                  .formatted(rule.id(), type.id()));
        }
        AlarmState state = new AlarmState(rule, threshold, wanted);
        before.stream().filter(old -> old.rule() == rule).forEach(state::follow);
        watched.add(state);
      }
    }
    states.clear();
    states.addAll(watched);
  }

  /** The numbers of a task pool; null for a stand-in of a test, which has none. */
  private static @Nullable ToDoubleFunction<AlarmRule> reading(@Nullable PoolStats stats) {
    return stats == null
        ? null
        : rule ->
            switch (rule) {
              case QUEUE_AGE -> seconds(stats.oldestWait());
              case SATURATION -> share(stats.active(), stats.maxWorkers());
              case REJECTIONS -> stats.rejected();
              case TIMEOUTS -> stats.expired() + stats.timedOut();
              case STUCK_TASKS -> stats.stuck();
              case LEAKS -> 0;
            };
  }

  /** The numbers of a connection pool; null for a stand-in of a test, which has none. */
  private static @Nullable ToDoubleFunction<AlarmRule> reading(
      @Nullable ConnectionPoolStats stats) {
    return stats == null
        ? null
        : rule ->
            switch (rule) {
              case QUEUE_AGE -> seconds(stats.longestWait());
              case SATURATION -> share(stats.inUse(), stats.maxSize());
              case REJECTIONS -> stats.refusedByLimit() + stats.refusedDown();
              case TIMEOUTS -> stats.timeouts();
              case STUCK_TASKS -> 0;
              case LEAKS -> stats.leaks();
            };
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  private static double share(int part, int whole) {
    return (double) part / Math.max(whole, 1);
  }

  /** The kind of this pool. */
  public PoolType type() {
    return type;
  }

  /** The name of the pool's bean. */
  public String name() {
    return name;
  }

  /** Lets alarms name what the advice has found, and the advice learn from the looks of this. */
  public void explainBy(AdvisedPool known) {
    advised = known;
  }

  /**
   * Counts what has happened since the pool was created, too. Otherwise counts begin with the first
   * look.
   */
  public synchronized void countFromZero() {
    states.forEach(AlarmState::countFromZero);
  }

  /** Whether this is that very pool. */
  public boolean isOf(Object other) {
    return pool == other;
  }

  /** The latest events, the oldest first. */
  public synchronized List<PoolAlarmEvent> recent() {
    return List.copyOf(recent);
  }

  /** Lets its alarms begin anew after a time without looks. Raised ones stay raised. */
  synchronized void beginAnew() {
    states.forEach(AlarmState::beginAnew);
  }

  /** Looks at the pool once, and returns what has happened. */
  List<PoolAlarmEvent> look(Instant now, long nowNanos) {
    AdvisedPool known = advised;
    if (known != null) {
      // Without the lock, because advice writes to the log.
      Faults.guard(AlarmedPool.class, name, "a look for advice", known::look);
    }
    return judge(now, nowNanos);
  }

  private synchronized List<PoolAlarmEvent> judge(Instant now, long nowNanos) {
    ToDoubleFunction<AlarmRule> reading = readings.get();
    if (reading == null) {
      return List.of();
    }
    List<PoolAlarmEvent> events = new ArrayList<>();
    for (AlarmState alarm : ended) {
      events.add(event(now, alarm, PoolAlarmEvent.State.CLEARED));
    }
    ended.clear();
    for (AlarmState alarm : states) {
      PoolAlarmEvent.State happened =
          alarm.look(now, nowNanos, reading.applyAsDouble(alarm.rule()));
      if (happened != null) {
        events.add(event(now, alarm, happened));
      }
    }
    for (PoolAlarmEvent event : events) {
      if (recent.size() == RECENT) {
        recent.removeFirst();
      }
      recent.addLast(event);
    }
    return events;
  }

  private PoolAlarmEvent event(Instant now, AlarmState alarm, PoolAlarmEvent.State state) {
    return new PoolAlarmEvent(
        pool,
        now,
        alarm.since(),
        name,
        type,
        alarm.rule(),
        state,
        alarm.value(),
        alarm.threshold(),
        text(now, alarm, state),
        state == PoolAlarmEvent.State.RAISED ? advice(alarm.rule()) : null);
  }

  private @Nullable String advice(AlarmRule alarm) {
    AdvisedPool known = advised;
    Advice found = known == null ? null : known.first(rule -> explains(rule, alarm));
    return found == null ? null : found.sentence();
  }

  /** Whether what the advice has found can be the cause of an alarm. */
  private static boolean explains(AdviceRule found, AlarmRule alarm) {
    return switch (alarm) {
      case LEAKS -> found == AdviceRule.LEAKING;
      case STUCK_TASKS -> found == AdviceRule.STARVING;
      case QUEUE_AGE, SATURATION, REJECTIONS, TIMEOUTS ->
          switch (found) {
            case SATURATED, STARVING, LEAKING, REFUSED -> true;
            case FLAPPING, OVERSIZED, RESIZED -> false;
          };
    };
  }

  private String text(Instant now, AlarmState alarm, PoolAlarmEvent.State state) {
    AlarmRule rule = alarm.rule();
    boolean isRaised = state == PoolAlarmEvent.State.RAISED;
    return "Pool '%s': the alarm %s was %s %s after it began: %s %s. The threshold is %s (%s)."
        .formatted(
            name,
            rule.id(),
            isRaised ? "raised" : "cleared",
            Durations.text(Duration.ofSeconds(alarm.lasted(now).toSeconds())),
            subject(rule),
            rule.text(alarm.value()),
            rule.text(alarm.threshold()),
            settings.apply("alarms." + rule.id()));
  }

  private String subject(AlarmRule rule) {
    boolean runsTasks = type == PoolType.ADVANCED;
    return switch (rule) {
      case QUEUE_AGE ->
          runsTasks
              ? "the oldest queued task has waited for"
              : "the first caller in line has waited for";
      case SATURATION ->
          runsTasks ? "the share of busy workers is" : "the share of leased connections is";
      case REJECTIONS ->
          runsTasks
              ? "the number of tasks rejected within the window is"
              : "the number of callers rejected within the window is";
      case TIMEOUTS ->
          runsTasks
              ? "the number of tasks that timed out within the window is"
              : "the number of acquires that timed out within the window is";
      case STUCK_TASKS -> "the number of stuck tasks is";
      case LEAKS -> "the number of leases reported as leaked within the window is";
    };
  }
}
