package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Deliverable;
import dev.pools.internal.Faults;
import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What follows when the thread of a worker could not be started. The worker leaves, and the workers
 * that there are go on with the tasks; without any worker all tasks fail, so that no caller waits
 * for them.
 *
 * <p>A thread fails to start because there is no memory, as a rule, and then there may be none for
 * these steps either. They are tried again until there is (see {@link AfterUnlock}): a worker that
 * has not left counts as one that will come, and no other one would be started in its place. So
 * this is created before the worker's first start. Each step does nothing twice:
 *
 * <ul>
 *   <li>The worker has left if it is not present. It never is again.
 *   <li>Tasks that were withdrawn are kept until their futures are complete and they are counted
 *       out; completed ones are only counted out the next time.
 * </ul>
 *
 * <p>One thread at a time carries it out: the one on which the start failed, and after that those
 * to which {@link AfterUnlock} hands it on.
 */
final class FailedStart implements Consumer<Throwable>, Runnable {

  private final PoolCore core;
  private final TaskCancellation cancellation;
  private final Worker worker;
  private final AfterUnlock.Decision again = AfterUnlock.prepare(this);

  private @Nullable Throwable failure;
  private List<PoolTask<?>> stranded = List.of();
  private boolean finishing;
  private int failures;

  FailedStart(PoolCore core, TaskCancellation cancellation, Worker worker) {
    this.core = core;
    this.cancellation = cancellation;
    this.worker = worker;
  }

  /** The start has failed by this. Does not throw. */
  @Override
  public void accept(Throwable thrown) {
    failure = thrown;
    try {
      run();
    } catch (Throwable noMemory) {
      core.completions.later(again);
    }
  }

  @Override
  public void run() {
    Throwable cause = requireNonNull(failure);
    leave(cause);
    List<PoolTask<?>> tasks = finishing ? unfinished() : stranded;
    finishing = true;
    cancellation.dropped.finishAll(tasks, Outcome.FAILED, () -> failResizes(cause));
    stranded = List.of();
    report(cause);
  }

  private void leave(Throwable cause) {
    core.enter();
    try {
      if (core.workers.isPresent(worker)) {
        failures = core.workers.startFailed(worker, cause, core.time.nanoTime());
      }
      core.setFlags();
      if (!finishing && core.workers.alive() == 0) {
        stranded = cancellation.withdrawStranded(cause);
      }
    } finally {
      core.leave();
    }
  }

  private List<PoolTask<?>> unfinished() {
    List<PoolTask<?>> unfinished = new ArrayList<>(stranded.size());
    for (PoolTask<?> task : stranded) {
      if (task.isDone()) {
        core.settle(task);
      } else {
        unfinished.add(task);
      }
    }
    return unfinished;
  }

  /** Called last: this calls a method of the user's exception, which may not return. */
  private void failResizes(Throwable cause) {
    Throwable deliverable = Deliverable.of(cause, /* hasDependants= */ true);
    core.enter();
    try {
      for (Promise<Void> resize : core.resizes) {
        core.completions.fail(resize, deliverable);
      }
      core.resizes.clear();
    } finally {
      core.leave();
    }
  }

  /**
   * Logs the first failure of a series with its stack trace, and then fewer and fewer of them. If
   * starts fail and succeed by turns, each failure is the first of a series: then once a minute.
   */
  private void report(Throwable cause) {
    if (failures == 1) {
      core.faults.error(
          WorkerLifecycle.class,
          null,
          cause,
          "Pool '{}' could not start the thread of a worker. Its other workers go on; if it has none, its tasks fail. Check the thread factory, the memory, and the limit of threads of the process",
          core.name());
    } else if (Integer.bitCount(failures) == 1) {
      Faults.error(
          WorkerLifecycle.class,
          null,
          "Pool '{}' could not start the thread of a worker, {} times in a row: {}",
          core.name(),
          failures,
          Faults.describe(cause));
    }
  }
}
