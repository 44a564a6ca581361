package dev.pools.example;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How long the answers of the last seconds took. Keeps a bounded number of them. */
final class AnswerTimes {

  private static final int MOST_KEPT = 500;
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * The answers of the last ten seconds.
   *
   * @param medianMillis half of them took at most so long; 0 if there are none
   * @param worstMillis the longest of them took so long
   */
  record Summary(int answers, long medianMillis, long worstMillis) {}

  private record Answer(long atNanos, long nanos) {}

  private final Deque<Answer> answers = new ArrayDeque<>();

  /** Notes an answer that has just come, after so long. */
  synchronized void add(long atNanos, long nanos) {
    if (answers.size() == MOST_KEPT) {
      answers.remove();
    }
    answers.add(new Answer(atNanos, nanos));
  }

  synchronized Summary summary(long nowNanos) {
    answers.removeIf(answer -> nowNanos - answer.atNanos() > KEPT_NANOS);
    long[] nanos = answers.stream().mapToLong(Answer::nanos).sorted().toArray();
    return nanos.length == 0
        ? new Summary(0, 0, 0)
        : new Summary(
            nanos.length,
            TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length / 2]),
            TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length - 1]));
  }
}
