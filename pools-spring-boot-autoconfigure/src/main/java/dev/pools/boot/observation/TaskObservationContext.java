package dev.pools.boot.observation;

import dev.pools.task.Outcome;
import dev.pools.task.TaskInfo;
import io.micrometer.observation.Observation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What handlers and conventions see of a task that is observed. */
public final class TaskObservationContext extends Observation.Context {

  private final TaskInfo task;
  private final Duration waited;
  private volatile @Nullable Outcome outcome;

  TaskObservationContext(TaskInfo task, Duration waited) {
    this.task = task;
    this.waited = waited;
  }

  /** The task, with the name of its pool. */
  public TaskInfo getTask() {
    return task;
  }

  /** From its submission to its start, or to its end if it never ran. */
  public Duration getWaited() {
    return waited;
  }

  /** How the task ended; null while it runs. */
  public @Nullable Outcome getOutcome() {
    return outcome;
  }

  void setOutcome(Outcome outcome) {
    this.outcome = outcome;
  }
}
