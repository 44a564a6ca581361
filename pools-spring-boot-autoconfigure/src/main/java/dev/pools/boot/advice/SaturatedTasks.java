package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import org.jspecify.annotations.Nullable;

/**
 * All workers are busy, tasks wait for long or are lost, and tasks finish: more tasks arrive than
 * the workers can run.
 *
 * <p>Silent while no task waits for a second, or for longer than two tasks take: so the elements of
 * a map are no trouble, although the pool itself keeps some of them in the queue. Silent while
 * workers wait for other tasks of the pool or nothing finishes, which is not a question of load;
 * and at once when the queue is empty again. If the processors are busy, it proposes no number.
 */
final class SaturatedTasks {

  private SaturatedTasks() {}

  static @Nullable Finding find(Readings<TaskReading> looks, int processors) {
    long ended = looks.growth(TaskReading::ended);
    if (!looks.mostly(TaskReading::isFull)
        || looks.share(look -> look.blocked() > 0) > Thresholds.RARELY
        || looks.last().stalled()
        || ended <= 0) {
      return null;
    }
    long lost = looks.growth(TaskReading::lost);
    double longWait = longWait(looks, ended);
    double waitedLong = looks.share(look -> look.oldestWaitNanos() >= longWait);
    if (lost <= 0 && waitedLong < Thresholds.OFTEN) {
      return null;
    }
    long arrived = looks.growth(TaskReading::arrived);
    TaskReading last = looks.last();
    String figures =
        "%s all %s were busy and tasks waited in %s of the looks; %s arrived, %s finished, and %s were rejected or expired. %s wait now, the oldest for %s."
            .formatted(
                looks.told(),
                Words.count(last.maxWorkers(), "worker"),
                Words.percent(looks.share(TaskReading::isFull)),
                Words.count(arrived, "task"),
                Words.number(ended),
                Words.number(lost),
                Words.number(last.queued()),
                Durations.ofNanos(last.oldestWaitNanos()));
    double busy = processors(looks, processors);
    if (busy > Thresholds.BUSY_PROCESSORS) {
      return Finding.withoutValue(
          AdviceRule.SATURATED,
          looks.covered(),
          figures,
          "This process uses %s of its processors, so more workers would not help: let each task compute less, or run more instances of the application."
              .formatted(Words.percent(busy)));
    }
    return Finding.withValue(
        AdviceRule.SATURATED,
        looks.covered(),
        figures,
        new Finding.Setting(
            TaskRules.SIZE,
            last.maxWorkers(),
            proposed(last.maxWorkers(), arrived - looks.growth(TaskReading::cancelled), ended)),
        (last.maxWorkers() == 1
                ? "Set %%s (now %d) if the tasks may run at the same time, and what they use can serve more of them."
                : "Set %%s (now %d) if what the tasks use can serve more of them at the same time.")
            .formatted(last.maxWorkers()));
  }

  /** A second, or what two tasks take: the workers were busy all the time. */
  private static double longWait(Readings<TaskReading> looks, long ended) {
    double busy = looks.all().stream().mapToInt(TaskReading::active).average().orElse(0);
    double perTask = busy * looks.covered().toNanos() / ended;
    return Math.max(
        (double) Thresholds.LONG_IN_QUEUE.toNanos(), Thresholds.LONG_IN_TASKS * perTask);
  }

  /** The number that would have run what arrived, and been busy for a part of the time only. */
  static int proposed(int workers, long arrived, long ended) {
    double needed = workers * ((double) arrived / ended) / Thresholds.WANTED_UTILISATION;
    return Thresholds.step(workers, (long) Math.ceil(needed));
  }

  /** How busy this process kept its processors; zero if it is not known. */
  private static double processors(Readings<TaskReading> looks, int processors) {
    long nanos = looks.covered().toNanos();
    return looks.first().cpuNanos() < 0 || looks.last().cpuNanos() < 0 || nanos <= 0
        ? 0
        : (double) looks.growth(TaskReading::cpuNanos) / nanos / Math.max(1, processors);
  }
}
