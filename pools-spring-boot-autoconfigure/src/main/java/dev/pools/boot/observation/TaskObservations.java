package dev.pools.boot.observation;

import dev.pools.task.Outcome;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import dev.pools.task.TaskInfo;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Observes each task of a pool: with tracing, each task is a span, whose parent is the observation
 * that was current where the task was submitted. A pool needs it twice, as decorator and as
 * listener:
 *
 * <pre>{@code
 * TaskObservations observations = new TaskObservations(registry, null);
 * AdvancedPool pool =
 *     AdvancedPool.builder()
 *         .name("reports")
 *         .taskDecorator(observations)
 *         .listener(observations)
 *         .build();
 * }</pre>
 *
 * <p>An observation begins when the task starts, on the thread that runs it, is the current one
 * while the task runs, and ends before the task's future completes. A task that never ran, because
 * it was cancelled or has expired, has an observation without duration. A task that was rejected
 * has none: its submitter gets an exception. Elements of a {@code map} are tasks.
 *
 * <p>What the dependants of a task's future submit belongs to what submitted that task.
 *
 * <p>Without the decorator an observation has no parent, except where one is current on the thread
 * that runs the task.
 *
 * <p>One instance may serve several pools. What a handler or a convention throws is logged, and the
 * task runs all the same.
 */
public final class TaskObservations implements TaskDecorator, PoolListener {

  private static final TaskObservationConvention USUAL = new DefaultTaskObservationConvention();

  /** What is known on a thread about the task that it runs, and about tasks around that one. */
  private static final class Frame {
    private final @Nullable Frame around;

    /** Whether the decorator made it, and removes it. */
    private final boolean isDecorated;

    /** The observation that was current where the task was submitted. */
    private final @Nullable Observation parent;

    /** Whether a task has used it: the next one on this thread needs another. */
    private boolean isUsed;

    /** The task that runs. */
    private @Nullable TaskInfo task;

    private @Nullable Observation observation;
    private Observation.@Nullable Scope scope;

    Frame(@Nullable Frame around, boolean isDecorated, @Nullable Observation parent) {
      this.around = around;
      this.isDecorated = isDecorated;
      this.parent = parent;
    }
  }

  /** The innermost frame of a thread. */
  private static final ThreadLocal<@Nullable Frame> FRAMES = new ThreadLocal<>();

  private final ObservationRegistry registry;
  private final @Nullable TaskObservationConvention convention;

  /**
   * @param registry gets the observations
   * @param convention names them; null for the convention of the registry for these contexts, or
   *     else {@link DefaultTaskObservationConvention}
   */
  public TaskObservations(
      ObservationRegistry registry, @Nullable TaskObservationConvention convention) {
    this.registry = registry;
    this.convention = convention;
  }

  /** Captures the current observation, which becomes the parent of the task's own. */
  @Override
  public Runnable decorate(Runnable task) {
    Observation parent = parent();
    return () -> {
      Frame around = FRAMES.get();
      FRAMES.set(new Frame(around, /* isDecorated= */ true, parent));
      try {
        task.run();
      } finally {
        restore(around);
      }
    };
  }

  /**
   * What a task that is submitted now belongs to. Code that runs when a task has ended, and the
   * reading of later elements of a map, belong to what submitted that task or called map.
   */
  private @Nullable Observation parent() {
    Observation current = registry.getCurrentObservation();
    Frame frame = FRAMES.get();
    return current != null || frame == null ? current : frame.parent;
  }

  private static void restore(@Nullable Frame around) {
    if (around == null) {
      FRAMES.remove();
    } else {
      FRAMES.set(around);
    }
  }

  @Override
  public void taskStarted(TaskInfo task, Duration waited) {
    Frame frame = unused(FRAMES.get());
    if (frame == null) {
      frame = new Frame(FRAMES.get(), /* isDecorated= */ false, null);
      FRAMES.set(frame);
    }
    frame.isUsed = true;
    frame.task = task;
    Observation observation = observation(new TaskObservationContext(task, waited), frame);
    observation.start();
    frame.observation = observation;
    frame.scope = observation.openScope();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // The pool tells of one task by one object.
  public void taskEnded(
      TaskInfo task, Outcome outcome, Duration waited, Duration ran, @Nullable Throwable failure) {
    Frame frame = FRAMES.get();
    if (frame == null || frame.task != task) {
      return;
    }
    frame.task = null;
    Observation observation = frame.observation;
    Observation.Scope scope = frame.scope;
    frame.observation = null;
    frame.scope = null;
    if (!frame.isDecorated) {
      restore(frame.around);
    }
    try {
      if (scope != null) {
        scope.close();
      }
    } finally {
      if (observation != null) {
        end(observation, outcome, failure);
      }
    }
  }

  /**
   * The thread is the one that cancels, or that finds the task expired: no scope is opened there.
   */
  @Override
  public void taskDropped(
      TaskInfo task, Outcome outcome, Duration waited, @Nullable Throwable failure) {
    Frame frame = unused(FRAMES.get());
    if (frame != null) {
      frame.isUsed = true;
    }
    Observation observation = observation(new TaskObservationContext(task, waited), frame);
    observation.start();
    end(observation, outcome, failure);
  }

  private static @Nullable Frame unused(@Nullable Frame frame) {
    return frame == null || frame.isUsed ? null : frame;
  }

  private Observation observation(TaskObservationContext context, @Nullable Frame frame) {
    Observation observation =
        Observation.createNotStarted(convention, USUAL, () -> context, registry);
    if (frame != null && frame.isDecorated && !observation.isNoop()) {
      // Not what is current on this thread, which may be that of a canceller.
      context.setParentObservation(frame.parent);
    }
    return observation;
  }

  private static void end(Observation observation, Outcome outcome, @Nullable Throwable failure) {
    if (observation.getContext() instanceof TaskObservationContext context) {
      context.setOutcome(outcome);
    }
    try {
      if (failure != null) {
        observation.error(failure);
      }
    } finally {
      observation.stop();
    }
  }
}
