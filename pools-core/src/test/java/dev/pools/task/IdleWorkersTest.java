package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private enum State {
    FREE,
    IDLE,
    BUSY
  }

  private State state() {
    boolean idle = idleWorkers.idle() == 1;
    boolean free = idleWorkers.free() == 1;
    assertThat(free || !idle).as("who is idle is free").isTrue();
    return idle ? State.IDLE : free ? State.FREE : State.BUSY;
  }

  private static final Map<State, Set<State>> TABLE =
      new EnumMap<>(
          Map.of(
              State.FREE, Set.of(State.IDLE, State.BUSY),
              State.IDLE, Set.of(State.FREE),
              State.BUSY, Set.of(State.FREE)));

  /** Every way from one state to another, with the number of the worker that goes it. */
  private static final Map<State, List<BiFunction<IdleWorkers, Worker, Object>>> WAYS =
      new EnumMap<>(
          Map.of(
              State.FREE,
              List.of(
                  (idleWorkers, worker) -> {
                    idleWorkers.rest(worker);
                    return worker;
                  },
                  (idleWorkers, worker) -> {
                    idleWorkers.begin(worker);
                    return worker;
                  }),
              State.IDLE,
              List.of(
                  (idleWorkers, worker) -> idleWorkers.claimForTask(),
                  (idleWorkers, worker) -> idleWorkers.claimAny(),
                  (idleWorkers, worker) -> idleWorkers.claim(worker),
                  (idleWorkers, worker) -> idleWorkers.resume(worker)),
              State.BUSY,
              List.of(
                  (idleWorkers, worker) -> {
                    idleWorkers.end(worker);
                    return worker;
                  })));

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 200})
  void theTableIsWalked(int number) {
    Worker worker = hired(number);
    for (State from : State.values()) {
      List<State> reached = new ArrayList<>();
      for (BiFunction<IdleWorkers, Worker, Object> way : WAYS.get(from)) {
        bring(worker, from);
        assertThat(way.apply(idleWorkers, worker)).isIn(worker, true);
        State to = state();
        reached.add(to);
        bring(worker, State.FREE);
      }
      assertThat(Set.copyOf(reached)).as("from %s", from).isEqualTo(TABLE.get(from));
    }
    assertThat(idleWorkers.leave(worker)).isTrue();
    assertThat(idleWorkers.free()).isZero();
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
  void whoIsNotIdleIsNotClaimed() {
    Worker worker = hired(1);

    assertThat(idleWorkers.claimForTask()).isNull();
    assertThat(idleWorkers.claimAny()).isNull();
    assertThat(idleWorkers.claim(worker)).isFalse();
    assertThat(idleWorkers.resume(worker)).isFalse();
    assertThat(idleWorkers.noneUnderway()).as("nobody was announced who does not come").isTrue();
  }

  @Test
  void oneAtATimeIsCalledForATask() {
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
