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

import dev.pools.StateTable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Walks the table of the states of a task, with the methods that make the transitions. */
class TaskStateTest extends PoolTestBase {

  private static final long[] TICKETS = {
    0, 1, 1L << 31, (1L << 31) - 1, 1L << 32, (1L << 32) - 1, TaskLifecycle.TICKET_END - 1
  };

  /** The methods that bring a new task into each state. */
  private static final Map<TaskState, List<Consumer<PoolTask<?>>>> WAY_TO =
      Map.of(
          NEW, List.of(),
          WAITING, List.of(PoolTask::awaitPlace),
          QUEUED, List.of(PoolTask::enqueue),
          RUNNING, List.of(PoolTask::enqueue, PoolTask::tryStart),
          DECIDED, List.of(PoolTask::enqueue, PoolTask::tryStart, PoolTask::tryDecideExternally),
          ENDED, List.of(PoolTask::enqueue, PoolTask::tryStart, PoolTask::end),
          WITHDRAWN, List.of(PoolTask::enqueue, PoolTask::tryWithdraw));

  /** How each method of the table is called. */
  private static final Map<String, Step> STEPS =
      Map.of(
          "awaitPlace", step(PoolTask::awaitPlace),
          "becomeQueued", step(PoolTask::enqueue),
          "becomeNewAgain", unchecked(PoolTask::becomeNewAgain),
          "start", step(PoolTask::start),
          "tryStart", attempt(PoolTask::tryStart),
          "becomeWithdrawn", step(PoolTask::withdraw),
          "tryWithdraw", attempt(PoolTask::tryWithdraw),
          "tryDecideExternally", attempt(PoolTask::tryDecideExternally),
          "end", step(PoolTask::end));

  /** What a method does in a state from which the table has no row for it. */
  private enum Otherwise {
    THROWS,
    SAYS_NO,
    /** Is never called there, and does not look. */
    UNDEFINED
  }

  private record Step(Predicate<PoolTask<?>> method, Otherwise otherwise) {}

  private static Step step(Consumer<PoolTask<?>> method) {
    return new Step(always(method), Otherwise.THROWS);
  }

  private static Step attempt(Predicate<PoolTask<?>> method) {
    return new Step(method, Otherwise.SAYS_NO);
  }

  private static Step unchecked(Consumer<PoolTask<?>> method) {
    return new Step(always(method), Otherwise.UNDEFINED);
  }

  private static Predicate<PoolTask<?>> always(Consumer<PoolTask<?>> method) {
    return task -> {
      method.accept(task);
      return true;
    };
  }

  private static PoolTask<Void> taskIn(TaskState state, TaskFactory factory) {
    PoolTask<Void> task = factory.executed(() -> {}, TaskOptions.DEFAULT);
    WAY_TO.get(state).forEach(earlier -> earlier.accept(task));
    assertThat(task.state()).isEqualTo(state);
    return task;
  }

  @Test
  void eachMethodMakesTheTransitionsOfTheTableAndNoOther() throws Exception {
    StateTable table = StateTable.of(TaskState.class);
    assertThat(table.methods()).as("the methods in %s", table.file()).isEqualTo(STEPS.keySet());
    TaskFactory factory = factory(options());
    for (TaskState from : TaskState.values()) {
      STEPS.forEach((name, step) -> walk(table, from, name, step, taskIn(from, factory)));
    }
  }

  private static void walk(
      StateTable table, TaskState from, String name, Step step, PoolTask<Void> task) {
    String to = table.after(from.name(), name);
    if (to != null) {
      assertThat(step.method().test(task)).as("%s from %s", name, from).isTrue();
      assertThat(task.state()).as("%s from %s", name, from).hasToString(to);
      return;
    }
    switch (step.otherwise()) {
      case SAYS_NO -> assertThat(step.method().test(task)).as("%s from %s", name, from).isFalse();
      case THROWS -> assertThrowsOrLeadsElsewhere(table, from, name, step, task);
      case UNDEFINED -> {
        return;
      }
    }
    assertThat(task.state()).as("%s from %s", name, from).isEqualTo(from);
  }

  /** Two methods may lead to one state, and only that is looked at. */
  private static void assertThrowsOrLeadsElsewhere(
      StateTable table, TaskState from, String name, Step step, PoolTask<Void> task) {
    boolean isSharedWithAnother =
        table.rows().stream()
            .filter(row -> row.method().equals(name))
            .anyMatch(row -> table.after(from.name()).contains(row.to()));
    if (!isSharedWithAnother) {
      assertThatThrownBy(() -> step.method().test(task))
          .as("%s from %s", name, from)
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void stateMachineAllowsTheTransitionsOfTheTable() throws Exception {
    StateTable table = StateTable.of(TaskState.class);
    for (TaskState from : TaskState.values()) {
      for (TaskState to : TaskState.values()) {
        assertThat(from.mayBecome(to))
            .as("%s to %s in %s", from, to, table.file())
            .isEqualTo(table.after(from.name()).contains(to.name()));
      }
    }
  }

  @Test
  void aTaskKeepsItsWholeTicket_inEachState() {
    for (long ticket : TICKETS) {
      for (TaskState state : TaskState.values()) {
        PoolTask<?> task = factory(options()).executed(() -> {}, TaskOptions.DEFAULT);
        task.drew(TaskLifecycle.TICKET_END - 1 - ticket);
        task.drew(ticket);
        task.stamp(1);
        WAY_TO.get(state).forEach(step -> step.accept(task));
        assertThat(task.ticket()).as("%s", state).isEqualTo(ticket);
        assertThat(task.is(state)).isTrue();
        assertThat(task.isExecuted()).isTrue();
        assertThat(task.isStamped()).isTrue();
        assertThat(task.isElement() || task.isReturned() || task.isDecidedCancelled()).isFalse();
      }
    }
  }

  @Test
  void aWorkerRunsTheTaskOfItsTicket_andNoneWithoutATicket() {
    for (long ticket : TICKETS) {
      Worker worker = new Worker(1, "pool", new WorkerCounters(1));
      PoolTask<?> task = factory(options()).executed(() -> {}, TaskOptions.DEFAULT);
      worker.cursor.claimed(ticket);
      worker.endTaking(task);
      task.drew(ticket);
      assertThat(worker.runs(task)).isTrue();
      task.drew((ticket + (1L << 32)) % TaskLifecycle.TICKET_END);
      assertThat(worker.runs(task)).as("one whose lower half is the same").isFalse();
      task.submitter((int) ticket);
      assertThat(worker.runs(task)).as("one that has no ticket yet").isFalse();
      assertThat(task.submitter()).isEqualTo((int) ticket);
    }
  }
}
