package dev.pools.flight;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says in plain words what a recording shows of pools. */
final class PostMortemReport {

  private static final int MOST_WAITS = 10;
  private static final int MOST_HOLDERS = 5;

  /** What was held this long before a pool was last seen counts as held at the end. */
  private static final Duration AT_END = Duration.ofMillis(1_500);

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final RecordedPools pools;
  private final List<String> lines = new ArrayList<>();

  private PostMortemReport(RecordedPools pools) {
    this.pools = pools;
  }

  static List<String> of(RecordedPools pools) {
    return new PostMortemReport(pools).write();
  }

  private List<String> write() {
    Instant first = pools.first();
    Instant last = pools.last();
    if (first == null || last == null) {
      return List.of("The recording has no events.");
    }
    lines.add("The recording goes from " + clock(first) + " to " + clock(last) + ".");
    List<PoolAtEnd> seen = pools.pools();
    List<PoolAtEnd> troubled = seen.stream().filter(PoolAtEnd::isInTrouble).toList();
    lines.add("");
    if (seen.isEmpty()) {
      lines.add(
          "It shows no pool. Pools are shown by the events dev.pools.TaskPool and"
              + " dev.pools.ConnectionPool, which must be enabled.");
    } else if (troubled.isEmpty()) {
      lines.add("No pool was in trouble when it was last seen.");
    } else {
      lines.add("In trouble at the end:");
    }
    for (PoolAtEnd pool : troubled) {
      tell(pool);
    }
    tellOthers(seen.stream().filter(pool -> !pool.isInTrouble()).toList());
    tellWaits();
    return List.copyOf(lines);
  }

  private void tell(PoolAtEnd pool) {
    lines.add("");
    lines.add(nameOf(pool) + ", seen at " + clock(pool.seen()));
    if (pool.failures() > 0 || pool.outage() != null) {
      String cause = pool.outage();
      lines.add(
          "  Connections could not be created"
              + (pool.failures() > 0 ? ", " + pool.failures() + " attempts in a row" : "")
              + (cause == null ? "." : ": " + cause));
    }
    lines.add("  " + figures(pool));
    List<Hold> holders =
        pools.holds(pool.pool(), pool.seen().minus(AT_END), pool.seen(), MOST_HOLDERS);
    if (holders.isEmpty()) {
      lines.add("  Nothing was held for long.");
    } else {
      lines.add("  Held at that time:");
      holders.forEach(hold -> lines.add("    " + describe(hold)));
    }
  }

  private void tellOthers(List<PoolAtEnd> others) {
    if (others.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("Other pools:");
    for (PoolAtEnd pool : others) {
      lines.add("  " + nameOf(pool) + ": " + figures(pool));
    }
  }

  private void tellWaits() {
    List<Wait> waits = pools.longestWaits(MOST_WAITS);
    lines.add("");
    if (waits.isEmpty()) {
      lines.add("The recording has no waits.");
      return;
    }
    lines.add("The longest waits:");
    int number = 0;
    for (Wait wait : waits) {
      number++;
      lines.add(
          "%3d. %s in pool '%s': %s waited from %s and %s."
              .formatted(
                  number,
                  inWords(wait.length()),
                  wait.pool(),
                  wait.who(),
                  clock(wait.start()),
                  wait.outcome()));
      for (Hold hold : pools.holds(wait.pool(), wait.start(), wait.end(), MOST_HOLDERS)) {
        lines.add("       " + describe(hold));
      }
    }
  }

  private static String nameOf(PoolAtEnd pool) {
    return (pool.isOfTasks() ? "Task pool '" : "Connection pool '") + pool.pool() + "'";
  }

  private static String figures(PoolAtEnd pool) {
    return pool.isOfTasks()
        ? "%d of %d workers were busy, %d tasks waited, the oldest for %s; %d tasks were rejected since the start."
            .formatted(
                pool.busy(),
                pool.capacity(),
                pool.waiting(),
                inWords(pool.longestWait()),
                pool.refused())
        : "%d of %d connections were in use, %d callers waited, the first for %s; %d callers have timed out since the start."
            .formatted(
                pool.busy(),
                pool.capacity(),
                pool.waiting(),
                inWords(pool.longestWait()),
                pool.refused());
  }

  private static String describe(Hold hold) {
    return "%s: %s, for %s%s"
        .formatted(
            hold.holder(),
            hold.what(),
            inWords(hold.length()),
            hold.isOver() ? "" : ", not ended when it was last seen");
  }

  private static String clock(Instant time) {
    return CLOCK.format(time);
  }

  static String inWords(Duration time) {
    long millis = time.toMillis();
    return millis < 10_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
