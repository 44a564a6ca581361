package dev.pools.flight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;

/** What a recording says of pools: how they were last seen, who waited, and who held what. */
final class RecordedPools {

  private static final String PREFIX = "dev.pools.";

  /** All pools are shown one after the other, and each once in a second. */
  private static final Duration ONE_LOOK = Duration.ofMillis(500);

  private static final Comparator<PoolAtEnd> TROUBLE =
      Comparator.comparing(PoolAtEnd::isInTrouble)
          .thenComparing(PoolAtEnd::longestWait)
          .thenComparing(PoolAtEnd::waiting)
          .thenComparing(PoolAtEnd::seen);

  private final Map<String, PoolAtEnd> pools = new TreeMap<>();
  private final Map<String, String> outages = new HashMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private final List<Hold> holds = new ArrayList<>();

  /** The index of the latest hold of each name. */
  private final Map<String, Integer> latest = new HashMap<>();

  private @Nullable Instant first;
  private @Nullable Instant last;

  void add(RecordedEvent event) {
    Instant time = event.getStartTime();
    first = first == null || time.isBefore(first) ? time : first;
    last = last == null || time.isAfter(last) ? time : last;
    String name = event.getEventType().getName();
    if (!name.startsWith(PREFIX)) {
      return;
    }
    switch (name.substring(PREFIX.length())) {
      case "TaskPool" -> seen(taskPool(event));
      case "ConnectionPool" -> seen(connectionPool(event));
      case "Outage" -> outage(event);
      case "TaskWait" -> waited(event, "task " + text(event, "task"), "then started");
      case "LeaseWait" -> waited(event, "thread " + text(event, "caller"), outcome(event));
      case "TaskRun" -> held(taskHold(event, event.getThread().getJavaName(), /* isOver= */ true));
      case "RunningTask" -> held(taskHold(event, text(event, "thread"), /* isOver= */ false));
      case "LeaseUse" -> held(leaseHold(event, event.getDuration("used"), /* isOver= */ true));
      case "HeldLease" -> held(leaseHold(event, event.getDuration("held"), /* isOver= */ false));
      default -> {
        // The others say nothing that this needs.
      }
    }
  }

  private static String text(RecordedEvent event, String field) {
    return Objects.requireNonNullElse(event.getString(field), "");
  }

  private static PoolAtEnd taskPool(RecordedEvent event) {
    return new PoolAtEnd(
        text(event, "pool"),
        /* isOfTasks= */ true,
        event.getStartTime(),
        event.getInt("active"),
        event.getInt("maxWorkers"),
        event.getInt("queued"),
        event.getDuration("oldestWait"),
        event.getLong("rejected"),
        /* failures= */ 0,
        /* outage= */ null);
  }

  private static PoolAtEnd connectionPool(RecordedEvent event) {
    return new PoolAtEnd(
        text(event, "pool"),
        /* isOfTasks= */ false,
        event.getStartTime(),
        event.getInt("inUse"),
        event.getInt("maxSize"),
        event.getInt("waiting"),
        event.getDuration("longestWait"),
        event.getLong("timeouts"),
        event.getInt("failures"),
        /* outage= */ null);
  }

  private static String outcome(RecordedEvent leaseWait) {
    return leaseWait.getString("lease") == null
        ? "timed out"
        : "got lease " + text(leaseWait, "lease");
  }

  private static Hold taskHold(RecordedEvent event, String thread, boolean isOver) {
    Instant seen = event.getStartTime();
    Instant start = seen.minus(event.getDuration("ran"));
    return new Hold(
        text(event, "pool"),
        "task " + text(event, "task"),
        "thread " + thread,
        start,
        seen,
        isOver);
  }

  private static Hold leaseHold(RecordedEvent event, Duration length, boolean isOver) {
    Instant seen = event.getStartTime();
    return new Hold(
        text(event, "pool"),
        "lease " + text(event, "lease"),
        "thread " + text(event, "holder"),
        seen.minus(length),
        seen,
        isOver);
  }

  void seen(PoolAtEnd now) {
    pools.merge(
        now.pool() + " of " + (now.isOfTasks() ? "tasks" : "connections"),
        now,
        RecordedPools::lastSeen);
  }

  /**
   * The later one; of two pools of one name that were seen by one look, the one in worse trouble.
   */
  private static PoolAtEnd lastSeen(PoolAtEnd one, PoolAtEnd other) {
    Duration between = Duration.between(one.seen(), other.seen());
    if (between.abs().compareTo(ONE_LOOK) < 0) {
      return BinaryOperator.maxBy(TROUBLE).apply(one, other);
    }
    return between.isNegative() ? one : other;
  }

  private void outage(RecordedEvent event) {
    String pool = text(event, "pool");
    if (event.getBoolean("over")) {
      outages.remove(pool);
    } else {
      outages.put(pool, text(event, "cause"));
    }
  }

  private void waited(RecordedEvent event, String who, String outcome) {
    Instant end = event.getStartTime();
    Instant start = end.minus(event.getDuration("waited"));
    waits.add(new Wait(text(event, "pool"), who, start, end, outcome));
  }

  private void held(Hold hold) {
    Integer known = latest.get(hold.name());
    if (known != null && hold.continues(holds.get(known))) {
      holds.set(known, holds.get(known).joined(hold));
    } else {
      latest.put(hold.name(), holds.size());
      holds.add(hold);
    }
  }

  /** When the first event was written, of whatever kind; null if there is none. */
  @Nullable Instant first() {
    return first;
  }

  @Nullable Instant last() {
    return last;
  }

  /** All pools as they were last seen; those first where the longest wait was longest. */
  List<PoolAtEnd> pools() {
    return pools.values().stream()
        .map(pool -> pool.isOfTasks() ? pool : pool.withOutage(outages.get(pool.pool())))
        .sorted(Comparator.comparing(PoolAtEnd::longestWait).reversed())
        .toList();
  }

  /** The longest waits, the longest first; also those that were not over. */
  List<Wait> longestWaits(int most) {
    List<Wait> all = new ArrayList<>(waits);
    for (PoolAtEnd pool : pools.values()) {
      if (pool.waiting() > 0) {
        all.add(
            new Wait(
                pool.pool(),
                pool.isOfTasks() ? "the oldest task in the queue" : "the first caller in line",
                pool.seen().minus(pool.longestWait()),
                pool.seen(),
                "still waited"));
      }
    }
    return all.stream().sorted(Comparator.comparing(Wait::length).reversed()).limit(most).toList();
  }

  /** Who held what of a pool between two moments; those first that did so for longest. */
  List<Hold> holds(String pool, Instant from, Instant to, int most) {
    return holds.stream()
        .filter(hold -> hold.pool().equals(pool) && !hold.within(from, to).isNegative())
        .sorted(Comparator.comparing((Hold hold) -> hold.within(from, to)).reversed())
        .limit(most)
        .toList();
  }
}
