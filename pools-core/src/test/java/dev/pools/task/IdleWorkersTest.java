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

  private final IdleWorkers roster = new IdleWorkers();

  private Worker hired(int number) {
    Worker worker = new Worker(1, "parts", new WorkerCounters(number));
    roster.hire(worker);
    return worker;
  }

  private enum State {
    FREE,
    IDLE,
    BUSY
  }

  private State state() {
    boolean idle = roster.idle() == 1;
    boolean free = roster.free() == 1;
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
                  (roster, worker) -> {
                    roster.rest(worker);
                    return worker;
                  },
                  (roster, worker) -> {
                    roster.begin(worker);
                    return worker;
                  }),
              State.IDLE,
              List.of(
                  (roster, worker) -> roster.claimForTask(),
                  (roster, worker) -> roster.claimAny(),
                  (roster, worker) -> roster.claim(worker),
                  (roster, worker) -> roster.resume(worker)),
              State.BUSY,
              List.of(
                  (roster, worker) -> {
                    roster.end(worker);
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
        assertThat(way.apply(roster, worker)).isIn(worker, true);
        State to = state();
        reached.add(to);
        bring(worker, State.FREE);
      }
      assertThat(Set.copyOf(reached)).as("from %s", from).isEqualTo(TABLE.get(from));
    }
    assertThat(roster.leave(worker)).isTrue();
    assertThat(roster.free()).isZero();
  }

  private void bring(Worker worker, State to) {
    switch (state()) {
      case IDLE -> roster.resume(worker);
      case BUSY -> roster.end(worker);
      case FREE -> {}
    }
    while (!roster.noneUnderway()) {
      roster.arrive();
    }
    switch (to) {
      case IDLE -> roster.rest(worker);
      case BUSY -> roster.begin(worker);
      case FREE -> {}
    }
  }

  @Test
  void whoIsNotIdleIsNotClaimed() {
    Worker worker = hired(1);

    assertThat(roster.claimForTask()).isNull();
    assertThat(roster.claimAny()).isNull();
    assertThat(roster.claim(worker)).isFalse();
    assertThat(roster.resume(worker)).isFalse();
    assertThat(roster.noneUnderway()).as("nobody was announced who does not come").isTrue();
  }

  @Test
  void oneAtATimeIsCalledForATask() {
    Worker first = hired(1);
    Worker second = hired(70);
    roster.rest(second);
    roster.rest(first);

    assertThat(roster.claimForTask()).isSameAs(first);
    assertThat(roster.claimForTask()).isNull();
    assertThat(roster.canCall()).isFalse();
    roster.arrive();
    assertThat(roster.canCall()).isTrue();
    assertThat(roster.claimForTask()).isSameAs(second);
    assertThat(roster.hasIdle()).isFalse();
  }

  @Test
  void allMayBeCalledForNews() {
    Worker first = hired(1);
    Worker second = hired(2);
    roster.rest(second);
    roster.rest(first);

    assertThat(roster.claimAny()).isSameAs(first);
    assertThat(roster.claimAny()).isSameAs(second);
    assertThat(roster.claimAny()).isNull();
    assertThat(roster.free()).isEqualTo(2);
  }

  @Test
  void theIdleAreWalkedFromTheHighestNumberDown() {
    List<Integer> numbers = List.of(1, 2, 63, 64, 65, 130);
    for (int number = 1; number <= 130; number++) {
      Worker worker = hired(number);
      if (numbers.contains(number)) {
        roster.rest(worker);
      }
    }

    List<Integer> walked = new ArrayList<>();
    for (Worker idle = roster.idleBelow(Integer.MAX_VALUE);
        idle != null;
        idle = roster.idleBelow(idle.counters.number)) {
      walked.add(0, idle.counters.number);
    }

    assertThat(walked).isEqualTo(numbers);
    assertThat(roster.idle()).isEqualTo(numbers.size());
    assertThat(roster.free()).isEqualTo(130);
  }
}
