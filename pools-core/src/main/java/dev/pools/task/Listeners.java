package dev.pools.task;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners of a pool; what one of them throws is logged and stops nobody. */
final class Listeners {

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final String pool;
  private final List<PoolListener> listeners;

  Listeners(String pool, List<PoolListener> listeners) {
    this.pool = pool;
    this.listeners = listeners;
  }

  /** Whether nobody listens, so that what they would be told need not be made. */
  boolean none() {
    return listeners.isEmpty();
  }

  void taskStarted(PoolTask<?> task, long waitNanos) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    tell(listener -> listener.taskStarted(info, Duration.ofNanos(waitNanos)));
  }

  void taskEnded(PoolTask<?> task, Outcome outcome, long waitNanos, long runNanos) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    tell(
        listener ->
            listener.taskEnded(
                info, outcome, Duration.ofNanos(waitNanos), Duration.ofNanos(runNanos)));
  }

  void taskDropped(PoolTask<?> task, Outcome outcome, long waitNanos) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    tell(listener -> listener.taskDropped(info, outcome, Duration.ofNanos(waitNanos)));
  }

  void taskRejected(PoolTask<?> task) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    tell(listener -> listener.taskRejected(info));
  }

  void workerStarted(int worker) {
    tell(listener -> listener.workerStarted(worker));
  }

  void workerEnded(WorkerReport report) {
    tell(listener -> listener.workerEnded(report));
  }

  private TaskInfo info(PoolTask<?> task) {
    return new TaskInfo(pool, task.priority(), task.submitted());
  }

  private void tell(Consumer<PoolListener> event) {
    for (PoolListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable fault) {
        LOG.error("A listener of pool '{}' failed: {}", pool, listener, fault);
      }
    }
  }
}
