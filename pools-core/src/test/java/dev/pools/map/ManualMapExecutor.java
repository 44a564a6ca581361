package dev.pools.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.Deliverable;
import dev.pools.internal.FaultSeries;
import dev.pools.internal.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A pool for a map that runs a task when the test says so, on the test's thread. */
final class ManualMapExecutor implements MapExecutor {

  private final FaultSeries faults = new FaultSeries("manual", Time.system());

  /** One submitted task. */
  static final class Task extends CompletableFuture<Object> {
    final Callable<?> code;
    final int priority;
    boolean interrupted;

    /** What a cancellation throws, if not null. */
    @Nullable RuntimeException cannotBeCancelled;

    Task(Callable<?> code, int priority) {
      this.code = code;
      this.priority = priority;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      if (cannotBeCancelled != null) {
        throw cannotBeCancelled;
      }
      interrupted |= mayInterruptIfRunning;
      return super.cancel(mayInterruptIfRunning);
    }

    void run() {
      if (!isDone()) {
        try {
          complete(code.call());
        } catch (Throwable thrown) {
          completeExceptionally(Deliverable.of(thrown, getNumberOfDependents() > 0));
        }
      }
    }
  }

  final List<Task> all = new ArrayList<>();
  final Deque<Task> waiting = new ArrayDeque<>();
  final List<Runnable> handedOff = new ArrayList<>();
  int maxWorkers = 1;
  boolean inline;
  @Nullable RuntimeException refusal;
  boolean noThreads;

  @Override
  public CompletableFuture<?> submit(Callable<?> code, int priority) {
    if (refusal != null) {
      throw refusal;
    }
    Task task = new Task(code, priority);
    if (inline) {
      task.run();
    } else {
      all.add(task);
      waiting.add(task);
    }
    return task;
  }

  @Override
  public String poolName() {
    return "maps";
  }

  @Override
  public void warn(Throwable fault, String format, @Nullable Object... arguments) {
    faults.warn(MapExecutor.class, null, fault, format, arguments);
  }

  @Override
  public int maxWorkers() {
    return maxWorkers;
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    if (noThreads) {
      throw new RejectedExecutionException("no threads");
    }
    handedOff.add(action);
  }

  /** Runs the task that has waited longest. */
  void runOne() {
    Task next = waiting.poll();
    assertThat(next).as("a waiting task").isNotNull();
    next.run();
  }

  /** Runs what there is, and what comes of it. */
  void runAll() {
    for (Task next = waiting.poll(); next != null; next = waiting.poll()) {
      next.run();
    }
  }
}
