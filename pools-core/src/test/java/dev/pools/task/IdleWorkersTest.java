package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdleWorkersTest extends PoolTestBase {

  private final IdleWorkers idleWorkers = new IdleWorkers();

  private Worker hired(int number) {
    Worker worker = new Worker(1, "parts", new WorkerCounters(number));
    idleWorkers.hire(worker);
    return worker;
  }

  private static final String GONE = "(gone)";

  private enum State {
    FREE,
    IDLE,
    BUSY
  }

  private State state() {
    boolean idle = idleWorkers.idle() == 1;
    boolean free = idleWorkers.free() == 1;
    assertThat(free || !idle).as("an idle worker is free").isTrue();
    return idle ? State.IDLE : free ? State.FREE : State.BUSY;
  }

  /**
   * How each method of the table is called, but for the first one; they return the worker, or true.
   */
  private static final Map<String, List<BiFunction<IdleWorkers, Worker, Object>>> STEPS =
      Map.of(
          "rest", List.of(step(IdleWorkers::rest)),
          "claim",
              List.of(
                  (idleWorkers, worker) -> idleWorkers.claimForTask(),
                  (idleWorkers, worker) -> idleWorkers.claimAny(),
                  IdleWorkers::claim),
          "resume", List.of(IdleWorkers::resume),
          "begin", List.of(step(IdleWorkers::begin)),
          "end", List.of(step(IdleWorkers::end)),
          "leave", List.of(step(IdleWorkers::leave)));

  private static BiFunction<IdleWorkers, Worker, Object> step(
      BiConsumer<IdleWorkers, Worker> method) {
    return (idleWorkers, worker) -> {
      method.accept(idleWorkers, worker);
      return worker;
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200})
  void eachMethodMakesTheTransitionsOfTheTable(int number) throws Exception {
    StateTable table = StateTable.of(GONE, "FREE", "IDLE", "BUSY");
    Worker worker = hired(number);
    for (StateTable.Row row : table.rows()) {
      if (row.from().equals(GONE)) {
        assertThat(row).isEqualTo(new StateTable.Row(GONE, "FREE", "hire"));
        continue;
      }
      assertThat(STEPS).as("the methods in %s", table.file()).containsKey(row.method());
      for (BiFunction<IdleWorkers, Worker, Object> step : STEPS.get(row.method())) {
        bring(worker, State.valueOf(row.from()));
        assertThat(step.apply(idleWorkers, worker)).as("%s", row).isIn(worker, true);
        if (row.to().equals(GONE)) {
          assertThat(idleWorkers.free()).as("%s", row).isZero();
          idleWorkers.hire(worker);
        } else {
          assertThat(state()).as("%s", row).hasToString(row.to());
        }
      }
    }
    assertThat(table.methods()).as("the methods in %s", table.file()).containsAll(STEPS.keySet());
  }

  private void bring(Worker worker, State to) {
    switch (state()) {
      case IDLE -> idleWorkers.resume(worker);
      case BUSY -> idleWorkers.end(worker);
      case FREE -> {}
    }
    while (!idleWorkers.noneUnderway()) {
      idleWorkers.arrive();
    }
    switch (to) {
      case IDLE -> idleWorkers.rest(worker);
      case BUSY -> idleWorkers.begin(worker);
      case FREE -> {}
    }
  }

  @Test
  void busyWorkerIsNotClaimed() {
    Worker worker = hired(1);

    assertThat(idleWorkers.claimForTask()).isNull();
    assertThat(idleWorkers.claimAny()).isNull();
    assertThat(idleWorkers.claim(worker)).isFalse();
    assertThat(idleWorkers.resume(worker)).isFalse();
    assertThat(idleWorkers.noneUnderway()).as("each worker that was announced has come").isTrue();
  }

  @Test
  void oneWorkerAtATimeIsCalledForATask() {
    Worker first = hired(1);
    Worker second = hired(70);
    idleWorkers.rest(second);
    idleWorkers.rest(first);

    assertThat(idleWorkers.claimForTask()).isSameAs(first);
    assertThat(idleWorkers.claimForTask()).isNull();
    assertThat(idleWorkers.canCall()).isFalse();
    idleWorkers.arrive();
    assertThat(idleWorkers.canCall()).isTrue();
    assertThat(idleWorkers.claimForTask()).isSameAs(second);
    assertThat(idleWorkers.hasIdle()).isFalse();
  }

  @Test
  void allMayBeCalledForNews() {
    Worker first = hired(1);
    Worker second = hired(2);
    idleWorkers.rest(second);
    idleWorkers.rest(first);

    assertThat(idleWorkers.claimAny()).isSameAs(first);
    assertThat(idleWorkers.claimAny()).isSameAs(second);
    assertThat(idleWorkers.claimAny()).isNull();
    assertThat(idleWorkers.free()).isEqualTo(2);
  }

  @Test
  void theIdleAreWalkedFromTheHighestNumberDown() {
    List<Integer> numbers = List.of(1, 2, 63, 64, 65, 130);
    for (int number = 1; number <= 130; number++) {
      Worker worker = hired(number);
      if (numbers.contains(number)) {
        idleWorkers.rest(worker);
      }
    }

    List<Integer> walked = new ArrayList<>();
    for (Worker idle = idleWorkers.idleBelow(Integer.MAX_VALUE);
        idle != null;
        idle = idleWorkers.idleBelow(idle.counters.number)) {
      walked.add(0, idle.counters.number);
    }

    assertThat(walked).isEqualTo(numbers);
    assertThat(idleWorkers.idle()).isEqualTo(numbers.size());
    assertThat(idleWorkers.free()).isEqualTo(130);
  }
}
