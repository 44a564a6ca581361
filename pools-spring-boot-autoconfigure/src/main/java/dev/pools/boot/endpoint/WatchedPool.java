package dev.pools.boot.endpoint;

import dev.pools.OptionChange;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * A pool that the endpoint shows, with its history and its events. Its memory is bounded: {@value
 * #SAMPLES} samples of about twenty numbers and {@value #EVENTS} events, some 40 KB in all. Safe
 * for use by several threads.
 */
public final class WatchedPool {

  /** Ten minutes, with one sample each five seconds. */
  static final int SAMPLES = 120;

  static final int EVENTS = 200;

  private static final String REFRESH = "a refresh of the configuration";

  private final PoolType type;
  private final String name;
  private final Object pool;
  private final HealthIndicator health;
  private final Function<WatchedPool, List<PoolSetting>> settings;
  private final PoolHistory history = new PoolHistory(SAMPLES);
  private final PoolTimeline timeline = new PoolTimeline(EVENTS);
  private final LatestChanges changes = new LatestChanges();
  private volatile Supplier<List<PoolEvent>> alarms = List::of;
  private volatile @Nullable AdvisedPool advised;

  /*
   * 1. No code of the application runs under the lock of this: neither its listeners, which a change
   *    calls, nor the messages of its exceptions, which a sample reads, nor a log.
   * 2. A change is told once, by the code that makes it. From beginChange to endChange, which comes
   *    after the note, samples take over the limits of the sample before. So they find no other
   *    limits until the note has replaced those.
   * 3. A sample reads without the lock. If the version is another one by then, a change or another
   *    sample was noted meanwhile, and what was read may be older than that. Then the next sample
   *    compares.
   */

  /**
   * Locked before this, and by changes through this endpoint only: only these wait for each other.
   */
  private final Object changing = new Object();

  // Guarded by this.
  private int changesUnderWay;
  private long version;
  private @Nullable Map<String, Object> before;
  private @Nullable Status statusBefore;
  private @Nullable Instant downSince;

  /**
   * Creates it.
   *
   * @param name the name of the pool's bean
   * @param health judges the pool
   * @param settings the settings of this pool
   */
  public WatchedPool(
      String name,
      AdvancedPool pool,
      HealthIndicator health,
      Function<WatchedPool, List<PoolSetting>> settings) {
    this(PoolType.ADVANCED, name, pool, health, settings);
  }

  /** As the other constructor. */
  public WatchedPool(
      String name,
      ConnectionPool<?> pool,
      HealthIndicator health,
      Function<WatchedPool, List<PoolSetting>> settings) {
    this(PoolType.CONNECTION, name, pool, health, settings);
  }

  private WatchedPool(
      PoolType type,
      String name,
      Object pool,
      HealthIndicator health,
      Function<WatchedPool, List<PoolSetting>> settings) {
    this.type = type;
    this.name = name;
    this.pool = pool;
    this.health = health;
    this.settings = settings;
  }

  /** The kind of this pool. */
  public PoolType type() {
    return type;
  }

  /** The name of the pool's bean. */
  public String name() {
    return name;
  }

  /** Whether this is that very pool. */
  public boolean isOf(Object other) {
    return pool == other;
  }

  /** The pool, if it runs tasks. */
  public @Nullable AdvancedPool tasks() {
    return pool instanceof AdvancedPool tasks ? tasks : null;
  }

  /** The pool, if it shares connections. */
  public @Nullable ConnectionPool<?> connections() {
    return pool instanceof ConnectionPool<?> connections ? connections : null;
  }

  /** The options that the pool has now, as the builder calls them. */
  public Map<String, Object> options() {
    AdvancedPool tasks = tasks();
    Map<String, Object> options =
        tasks == null ? Objects.requireNonNull(connections()).options() : tasks.options();
    // A stand-in of a test has none.
    return options == null ? Map.of() : options;
  }

  /** The options of this pool that can change while it runs. */
  Collection<String> changeable() {
    AdvancedPool tasks = tasks();
    return tasks == null ? type.changeable() : tasks.changeable();
  }

  /**
   * Who gave an option this value while the pool ran, and when; null if neither the endpoint nor
   * JMX nor a refresh of the configuration did, or if the application has changed the option since.
   */
  public @Nullable String changed(String option, @Nullable Object value) {
    return changes.origin(option, value);
  }

  List<PoolSetting> settings() {
    return settings.apply(this);
  }

  PoolHistory history() {
    return history;
  }

  PoolTimeline timeline() {
    return timeline;
  }

  /** Shows alarms on the time line, too. */
  public void showAlarms(Supplier<List<PoolEvent>> latest) {
    alarms = latest;
  }

  /** Shows advice, too, which learns from the samples. */
  public void showAdvice(AdvisedPool known) {
    advised = known;
  }

  /** The advice for the pool; null if none is given. */
  @Nullable AdvisedPool advised() {
    return advised;
  }

  /** Lets the advice see a change that this endpoint has made: its old advice is over. */
  void adviseAfterChange() {
    AdvisedPool known = advised;
    if (known != null) {
      known.changed();
    }
  }

  /** What has happened, and the alarms; the latest first. */
  List<PoolEvent> events() {
    List<PoolEvent> events = new ArrayList<>(timeline.latestFirst());
    List<PoolEvent> raised = alarms.get();
    if (!raised.isEmpty()) {
      events.addAll(raised);
      events.sort(Comparator.comparing(PoolEvent::at).reversed());
    }
    return events.size() > EVENTS ? events.subList(0, EVENTS) : events;
  }

  Health health() {
    Health judged = health.health(true);
    return judged == null ? Health.unknown().build() : judged;
  }

  /** All numbers of this moment; empty for a stand-in of a test. */
  Map<String, Object> figures() {
    Record stats = stats();
    return stats == null ? Map.of() : PoolFigures.of(stats);
  }

  private @Nullable Record stats() {
    AdvancedPool tasks = tasks();
    return tasks == null ? Objects.requireNonNull(connections()).stats() : tasks.stats();
  }

  /** Why the pool is in trouble, or may be soon; null if it is well. */
  static @Nullable String trouble(Health health) {
    Object text =
        health
            .getDetails()
            .getOrDefault(
                "reason",
                health.getDetails().getOrDefault("warning", health.getDetails().get("error")));
    return text == null ? null : text.toString();
  }

  // ---- Changes and events

  /**
   * Changes options, and notes what has changed, so that no sample reports it again. One change at
   * a time, so that the events tell them in their order.
   *
   * @param way how the request has come, as it is said after who has made it
   */
  List<OptionChange> change(
      Clock clock, @Nullable String who, String way, Supplier<List<OptionChange>> change) {
    synchronized (changing) {
      beginChange();
      try {
        List<OptionChange> made = change.get();
        if (!made.isEmpty()) {
          String how = (who == null ? "" : " by " + who) + way;
          note(clock.instant(), who, how, made);
        }
        return made;
      } finally {
        endChange();
      }
    }
  }

  /** Announces a change of options that will be noted, so that no sample tells it. */
  public synchronized void beginChange() {
    changesUnderWay++;
  }

  /** The change is over, and noted if it has changed anything. */
  public synchronized void endChange() {
    changesUnderWay--;
    version++;
  }

  /** Notes a change of options by a refresh of the configuration, which was announced. */
  public void refreshed(Instant now, List<OptionChange> made) {
    note(now, REFRESH, " by " + REFRESH, made);
  }

  /** Notes that a refresh of the configuration was rejected, and why. */
  public void refreshRejected(Instant now, String why) {
    timeline.add(new PoolEvent(now, PoolEvent.Type.CHANGE_REJECTED, why, REFRESH));
  }

  private synchronized void note(
      Instant now, @Nullable String who, String how, List<OptionChange> made) {
    changes.note(now, how, made);
    version++;
    List<String> limits = limits();
    Record stats = stats();
    if (before != null && stats != null) {
      before = new HashMap<>(before);
      before.putAll(PoolFigures.of(stats, limits));
    }
    boolean resizes = made.stream().allMatch(change -> limits.contains(change.option()));
    PoolEvent.Type event = resizes ? PoolEvent.Type.RESIZED : PoolEvent.Type.RECONFIGURED;
    timeline.add(new PoolEvent(now, event, text(made) + ".", who));
  }

  /** The options with the smallest and the largest size. */
  private List<String> limits() {
    return type.changeable().subList(0, 2);
  }

  /** What has changed, in words. */
  static String text(List<OptionChange> made) {
    return made.stream().map(OptionChange::toString).collect(Collectors.joining(", "));
  }

  /**
   * Takes a sample: adds it to the history, and compares it with the one before.
   *
   * @param now the time of the sample
   */
  void sample(Instant now) {
    long readAt = version();
    Record stats = stats();
    if (stats == null) {
      return;
    }
    Map<String, Object> figures = PoolFigures.of(stats);
    history.add(now.toEpochMilli(), figures);
    note(now, figures, health(), readAt);
    AdvisedPool known = advised;
    if (known != null) {
      known.look(stats);
    }
  }

  private synchronized long version() {
    return version;
  }

  private synchronized void note(
      Instant now, Map<String, Object> figures, Health judged, long readAt) {
    if (version != readAt) {
      return;
    }
    version++;
    judge(now, judged);
    Map<String, Object> earlier = before;
    Map<String, Object> later = figures;
    if (earlier != null) {
      if (changesUnderWay > 0) {
        later = new HashMap<>(figures);
        for (String limit : limits()) {
          later.put(limit, earlier.get(limit));
        }
      }
      compare(now, earlier, later);
    }
    before = later;
  }

  private void judge(Instant now, Health judged) {
    Status status = judged.getStatus();
    Status earlier = statusBefore;
    boolean wasDown = earlier != null && earlier.equals(Status.DOWN);
    boolean isDown = Status.DOWN.equals(status);
    Instant since = downSince;
    if (isDown && !wasDown) {
      downSince = now;
      String reason = trouble(judged);
      add(now, PoolEvent.Type.DOWN, reason == null ? "The pool is down." : reason);
    } else if (wasDown && !isDown) {
      downSince = null;
      add(
          now,
          PoolEvent.Type.UP,
          "The pool is not down any more (%s). It was down for %d s."
              .formatted(status, since == null ? 0 : secondsBetween(since, now)));
    }
    statusBefore = status;
  }

  /** Zero if the clock was set back. */
  private static long secondsBetween(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toSeconds());
  }

  private void compare(Instant now, Map<String, Object> earlier, Map<String, Object> figures) {
    String least = type.changeable().get(0);
    String most = type.changeable().get(1);
    if (differs(earlier, figures, least) || differs(earlier, figures, most)) {
      add(
          now,
          PoolEvent.Type.RESIZED,
          "The application has resized the pool from %s-%s to %s-%s."
              .formatted(
                  earlier.get(least), earlier.get(most), figures.get(least), figures.get(most)));
    }
    if (differs(earlier, figures, "state")) {
      add(
          now,
          PoolEvent.Type.STATE,
          "The pool was %s and is %s.".formatted(earlier.get("state"), figures.get("state")));
    }
    if (differs(earlier, figures, "stalled")) {
      boolean stuck = Boolean.TRUE.equals(figures.get("stalled"));
      add(
          now,
          stuck ? PoolEvent.Type.STUCK : PoolEvent.Type.MOVING,
          stuck
              ? "All workers are busy or have no thread, %s tasks are queued, and no task has ended for %s ms."
                  .formatted(figures.get("qsize"), figures.get("stalledForMillis"))
              : "Tasks end again.");
    }
    more(
        now,
        PoolEvent.Type.LEAK,
        number(earlier, "leaks"),
        number(figures, "leaks"),
        "leases leaked");
    more(
        now,
        PoolEvent.Type.STUCK,
        number(earlier, "stuckTasks"),
        number(figures, "stuckTasks"),
        "tasks run for too long");
    for (String reason : List.of("evicted", "reclaimed")) {
      more(
          now,
          PoolEvent.Type.EVICTED,
          retired(earlier, reason),
          retired(figures, reason),
          "connections closed because they were " + reason);
    }
  }

  private void more(Instant now, PoolEvent.Type event, long earlier, long later, String what) {
    if (later > earlier) {
      String which = event == PoolEvent.Type.STUCK ? OpenWork.longestRun(tasks()) : "";
      add(now, event, "%d %s; %d in all.%s".formatted(later - earlier, what, later, which));
    }
  }

  private void add(Instant now, PoolEvent.Type event, String text) {
    timeline.add(new PoolEvent(now, event, text, null));
  }

  private static boolean differs(
      Map<String, Object> earlier, Map<String, Object> later, String figure) {
    return !Objects.equals(earlier.get(figure), later.get(figure));
  }

  private static long number(Map<String, Object> figures, String figure) {
    return figures.get(figure) instanceof Number number ? number.longValue() : 0;
  }

  private static long retired(Map<String, Object> figures, String reason) {
    return figures.get("retired") instanceof Map<?, ?> reasons
            && reasons.get(reason) instanceof Number number
        ? number.longValue()
        : 0;
  }
}
