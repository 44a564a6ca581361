package dev.pools.task;

import static dev.pools.task.TaskState.DECIDED;
import static dev.pools.task.TaskState.ENDED;
import static dev.pools.task.TaskState.NEW;
import static dev.pools.task.TaskState.QUEUED;
import static dev.pools.task.TaskState.RUNNING;
import static dev.pools.task.TaskState.WAITING;
import static dev.pools.task.TaskState.WITHDRAWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Walks the whole matrix of the states of a task, with the methods that make the transitions. */
class TaskStateTest extends PoolTestBase {

  /** The rows of the table in TaskLifecycle. */
  private static final Map<TaskState, Set<TaskState>> TABLE =
      new EnumMap<>(
          Map.of(
              NEW, EnumSet.of(WAITING, QUEUED, RUNNING, WITHDRAWN),
              WAITING, EnumSet.of(QUEUED, WITHDRAWN),
              QUEUED, EnumSet.of(RUNNING, WITHDRAWN),
              RUNNING, EnumSet.of(DECIDED, ENDED),
              DECIDED, EnumSet.of(ENDED),
              ENDED, EnumSet.noneOf(TaskState.class),
              WITHDRAWN, EnumSet.noneOf(TaskState.class)));

  private static final Map<TaskState, List<Consumer<PoolTask<?>>>> WAY_TO =
      Map.of(
          NEW, List.of(),
          WAITING, List.of(PoolTask::awaitPlace),
          QUEUED, List.of(PoolTask::enqueue),
          RUNNING, List.of(PoolTask::enqueue, PoolTask::tryStart),
          DECIDED, List.of(PoolTask::enqueue, PoolTask::tryStart, PoolTask::tryDecideExternally),
          ENDED, List.of(PoolTask::enqueue, PoolTask::tryStart, PoolTask::end),
          WITHDRAWN, List.of(PoolTask::enqueue, PoolTask::tryWithdraw));

  /** All methods that lead to a state; each has the rows that it has in the table. */
  private static final Map<TaskState, List<Step>> STEPS_TO =
      Map.of(
          WAITING, List.of(step(PoolTask::awaitPlace, NEW)),
          QUEUED, List.of(step(PoolTask::enqueue, NEW, WAITING)),
          RUNNING, List.of(step(PoolTask::start, NEW), attempt(PoolTask::tryStart, QUEUED)),
          DECIDED, List.of(attempt(PoolTask::tryDecideExternally, RUNNING)),
          ENDED, List.of(step(PoolTask::end, RUNNING, DECIDED)),
          WITHDRAWN,
              List.of(
                  step(PoolTask::withdraw, NEW, WAITING), attempt(PoolTask::tryWithdraw, QUEUED)));

  /** A method of a task; one that must not be called says so, an attempt says no. */
  private record Step(
      Function<PoolTask<?>, Boolean> method, boolean attempts, Set<TaskState> from) {}

  private static Step step(Consumer<PoolTask<?>> method, TaskState... from) {
    return new Step(
        task -> {
          method.accept(task);
          return true;
        },
        false,
        Set.of(from));
  }

  private static Step attempt(Function<PoolTask<?>, Boolean> method, TaskState... from) {
    return new Step(method, true, Set.of(from));
  }

  @Test
  void everyTransitionOfTheTableIsPossibleAndNoOther() {
    TaskFactory factory = factory(options());
    for (TaskState from : TaskState.values()) {
      STEPS_TO.forEach(
          (to, steps) -> {
            boolean possible = false;
            for (Step step : steps) {
              PoolTask<Void> task = factory.executed(() -> {}, TaskOptions.DEFAULT);
              WAY_TO.get(from).forEach(earlier -> earlier.accept(task));
              assertThat(task.state()).isEqualTo(from);
              if (step.from().contains(from)) {
                possible = true;
                assertThat(step.method().apply(task)).isTrue();
                assertThat(task.state()).isEqualTo(to);
              } else if (step.attempts()) {
                assertThat(step.method().apply(task)).as("%s to %s", from, to).isFalse();
                assertThat(task.state()).isEqualTo(from);
              } else if (!TABLE.get(from).contains(to)) {
                assertThatThrownBy(() -> step.method().apply(task))
                    .as("%s to %s", from, to)
                    .isInstanceOf(IllegalStateException.class);
                assertThat(task.state()).isEqualTo(from);
              }
            }
            assertThat(possible).as("%s to %s", from, to).isEqualTo(TABLE.get(from).contains(to));
          });
    }
  }
}
