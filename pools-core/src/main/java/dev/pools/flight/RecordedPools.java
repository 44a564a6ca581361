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
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;

/** What a recording says of pools: how they were last seen, who waited, and who held what. */
final class RecordedPools {

  private static final String PREFIX = "dev.pools.";

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
    String pool = text(event, "pool");
    switch (name.substring(PREFIX.length())) {
      case "TaskPool" ->
          seen(
              new PoolAtEnd(
                  pool,
                  /* isOfTasks= */ true,
                  time,
                  event.getInt("active"),
                  event.getInt("maxWorkers"),
                  event.getInt("queued"),
                  event.getDuration("oldestWait"),
                  event.getLong("rejected"),
                  0,
                  null));
      case "ConnectionPool" ->
          seen(
              new PoolAtEnd(
                  pool,
                  /* isOfTasks= */ false,
                  time,
                  event.getInt("inUse"),
                  event.getInt("maxSize"),
                  event.getInt("waiting"),
                  event.getDuration("longestWait"),
                  event.getLong("timeouts"),
                  event.getInt("failures"),
                  null));
      case "Outage" -> outage(pool, event.getBoolean("over"), text(event, "cause"));
      case "TaskWait" -> waited(pool, "task " + text(event, "task"), event, "then started");
      case "LeaseWait" ->
          waited(
              pool,
              "thread " + text(event, "caller"),
              event,
              event.getString("lease") == null ? "timed out" : "got lease " + text(event, "lease"));
      case "TaskRun" ->
          held(
              pool,
              "task " + text(event, "task"),
              "thread " + event.getThread().getJavaName(),
              time,
              event.getDuration("ran"),
              /* isOver= */ true);
      case "RunningTask" ->
          held(
              pool,
              "task " + text(event, "task"),
              "thread " + text(event, "thread"),
              time,
              event.getDuration("ran"),
              /* isOver= */ false);
      case "LeaseUse" ->
          held(
              pool,
              "lease " + text(event, "lease"),
              "thread " + text(event, "holder"),
              time,
              event.getDuration("used"),
              /* isOver= */ true);
      case "HeldLease" ->
          held(
              pool,
              "lease " + text(event, "lease"),
              "thread " + text(event, "holder"),
              time,
              event.getDuration("held"),
              /* isOver= */ false);
      default -> {
        // The others say nothing that this needs.
      }
    }
  }

  private static String text(RecordedEvent event, String field) {
    return Objects.requireNonNullElse(event.getString(field), "");
  }

  private void seen(PoolAtEnd now) {
    pools.merge(
        now.pool() + " of " + (now.isOfTasks() ? "tasks" : "connections"),
        now,
        (earlier, later) -> later.seen().isBefore(earlier.seen()) ? earlier : later);
  }

  private void outage(String pool, boolean isOver, String cause) {
    if (isOver) {
      outages.remove(pool);
    } else {
      outages.put(pool, cause);
    }
  }

  private void waited(String pool, String who, RecordedEvent event, String outcome) {
    Instant end = event.getStartTime();
    waits.add(new Wait(pool, who, end.minus(event.getDuration("waited")), end, outcome));
  }

  private void held(
      String pool, String what, String holder, Instant time, Duration length, boolean isOver) {
    Hold hold = new Hold(pool, what, holder, time.minus(length), time, isOver);
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
