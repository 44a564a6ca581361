package dev.pools.benchmarks.spike;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What happened in one spike: each change of what is counted, with its time. */
final class Course {

  /** What is counted. */
  enum Count {
    /** Attempts to connect that were begun. */
    BEGUN,
    /** Connections that are there. */
    CONNECTED,
    /** Connections that are in use. */
    IN_USE,
    /** Callers who have asked and not been served. */
    WAITING
  }

  /** A count, from this time on. */
  record Step(long nanos, int value) {}

  private final AtomicInteger[] values = new AtomicInteger[Count.values().length];
  private final List<List<Step>> steps = new ArrayList<>();
  private long startNanos = Long.MAX_VALUE;
  private long lastServedNanos;

  Course() {
    for (int i = 0; i < values.length; i++) {
      values[i] = new AtomicInteger();
      steps.add(new ArrayList<>());
    }
  }

  synchronized void change(Count count, int by) {
    long now = System.nanoTime();
    int value = values[count.ordinal()].addAndGet(by);
    steps.get(count.ordinal()).add(new Step(now, value));
    if (count == Count.IN_USE && by < 0) {
      lastServedNanos = now;
    }
  }

  /** The callers come now. */
  synchronized void starts() {
    startNanos = System.nanoTime();
  }

  int now(Count count) {
    return values[count.ordinal()].get();
  }

  /** How many connections had been opened, or were being, at the end. */
  int opened() {
    return now(Count.BEGUN);
  }

  /** From the callers' coming to the end of the last use. */
  synchronized double finishedMillis() {
    return (lastServedNanos - startNanos) / 1e6;
  }

  /** The steps of a count, their times counted from the callers' coming; before that, negative. */
  synchronized List<Step> steps(Count count) {
    return steps.get(count.ordinal()).stream()
        .map(step -> new Step(step.nanos() - startNanos, step.value()))
        .toList();
  }
}
