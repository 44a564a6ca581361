package dev.pools.advice;

import java.util.Arrays;

/**
 * What a replay, or a recording, shows: waits and utilisation, as a whole and for each quarter of
 * the time. Only tasks that arrived within the time count.
 */
final class Measures {

  static final int QUARTERS = 4;

  private final long from;
  private final long to;
  private final long[] busy = new long[QUARTERS];
  private final LongList[] waits = new LongList[QUARTERS];
  private final LongList waitsSoFar = new LongList();
  private final LongList mapDurations = new LongList();
  private long expired;
  private long rejected;

  Measures(long from, long to) {
    this.from = from;
    this.to = to;
    Arrays.setAll(waits, quarter -> new LongList());
  }

  boolean contains(long arrival) {
    return arrival >= from && arrival < to;
  }

  void started(long arrival, long wait) {
    if (contains(arrival)) {
      waits[quarterOf(arrival)].add(wait);
      waitsSoFar.add(Math.min(wait, to - arrival));
    }
  }

  /** A worker was busy from then on, for so long. */
  void ran(long start, long service) {
    long end = Math.min(to, start + service);
    long at = Math.max(from, start);
    while (at < end) {
      int quarter = quarterOf(at);
      long next = quarter == QUARTERS - 1 ? to : startOf(quarter + 1);
      long until = Math.min(end, next);
      busy[quarter] += until - at;
      at = until;
    }
  }

  void expired(long arrival) {
    if (contains(arrival)) {
      expired++;
    }
  }

  void rejected(long arrival) {
    if (contains(arrival)) {
      rejected++;
    }
  }

  void mapEnded(long arrival, long end) {
    if (contains(arrival)) {
      mapDurations.add(end - arrival);
    }
  }

  private int quarterOf(long time) {
    int quarter = (int) ((double) (time - from) / (to - from) * QUARTERS);
    // The division rounds.
    while (quarter > 0 && time < startOf(quarter)) {
      quarter--;
    }
    while (quarter < QUARTERS - 1 && time >= startOf(quarter + 1)) {
      quarter++;
    }
    return quarter;
  }

  private long startOf(int quarter) {
    return from + (to - from) / QUARTERS * quarter;
  }

  // ---- Readings

  double utilisation(int workers) {
    return (double) Arrays.stream(busy).sum() / (to - from) / workers;
  }

  double utilisation(int workers, int quarter) {
    long end = quarter == QUARTERS - 1 ? to : startOf(quarter + 1);
    return (double) busy[quarter] / (end - startOf(quarter)) / workers;
  }

  /** The waits of all tasks, in ascending order. */
  long[] sortedWaits() {
    LongList all = new LongList();
    for (LongList quarter : waits) {
      all.addAll(quarter);
    }
    return all.sorted();
  }

  /** The waits up to the end of the time, which is all that a sample can show; ascending. */
  long[] sortedWaitsSoFar() {
    return waitsSoFar.sorted();
  }

  long[] sortedWaits(int quarter) {
    return waits[quarter].sorted();
  }

  /** The median duration of a map; -1 if there is none. */
  long medianMapDuration() {
    return mapDurations.size() == 0 ? -1 : quantile(mapDurations.sorted(), 0.5);
  }

  /** How many of the tasks did not run, from 0 to 1. */
  double unservedShare() {
    long started = Arrays.stream(waits).mapToLong(LongList::size).sum();
    long unserved = expired + rejected;
    return unserved == 0 ? 0 : (double) unserved / (started + unserved);
  }

  /** The value that so great a share of the values does not exceed; 0 if there are none. */
  static long quantile(long[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return sorted[Math.max(0, Math.min(sorted.length - 1, index))];
  }
}
