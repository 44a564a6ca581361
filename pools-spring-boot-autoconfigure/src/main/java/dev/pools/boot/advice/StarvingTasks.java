package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Tasks are queued, and no worker takes them: the workers wait for other tasks of the same pool, or
 * for something that does not happen.
 *
 * <p>Silent while fewer than half of the workers wait for other tasks; and about tasks that run for
 * long, until the pool itself reports that it is stalled.
 */
final class StarvingTasks {

  private StarvingTasks() {}

  static @Nullable Finding find(Readings<TaskReading> looks) {
    if (looks.mostly(StarvingTasks::waitsForItself)) {
      return blocked(looks);
    }
    TaskReading last = looks.last();
    if (!last.stalled()
        || !looks.mostly(TaskReading::isFull)
        || looks.growth(TaskReading::ended) > 0) {
      return null;
    }
    return Finding.withoutValue(
        AdviceRule.STARVING,
        looks.covered(),
        "%s no task has finished: all %s are busy and %s tasks are queued, the oldest for %s."
            .formatted(
                looks.told(),
                Words.count(last.maxWorkers(), "worker"),
                Words.number(last.queued()),
                Durations.ofNanos(last.oldestWaitNanos())),
        "Find out what the tasks wait for (their stacks, or a thread dump), and give it a time"
            + " limit. max-run-time interrupts tasks that run for too long. More workers would hang,"
            + " too.");
  }

  private static Finding blocked(Readings<TaskReading> looks) {
    TaskReading last = looks.last();
    int most = looks.all().stream().mapToInt(TaskReading::blocked).max().orElse(0);
    long proposed = Math.min(Thresholds.LARGEST_SIZE, (long) last.maxWorkers() + most);
    return Finding.withValue(
        AdviceRule.STARVING,
        looks.covered(),
        "%s up to %s of %s waited for other tasks of this pool while tasks were queued, in %s of the looks. %s wait now, the oldest for %s."
            .formatted(
                looks.told(),
                Words.number(most),
                Words.count(last.maxWorkers(), "worker"),
                Words.percent(looks.share(StarvingTasks::waitsForItself)),
                Words.number(last.queued()),
                Durations.ofNanos(last.oldestWaitNanos())),
        new Finding.Setting(TaskRules.SIZE, last.maxWorkers(), (int) proposed),
        "Do not wait for a task inside another task of the same pool: continue with thenCompose of its future, or use another pool. Until then, set %%s (now %d)."
            .formatted(last.maxWorkers()));
  }

  private static boolean waitsForItself(TaskReading look) {
    return look.queued() > 0
        && look.blocked() > 0
        && look.blocked() >= Thresholds.MANY_BLOCKED * look.maxWorkers();
  }
}
