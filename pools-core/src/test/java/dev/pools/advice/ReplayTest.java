package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.TaskRecord.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The rules of the replay, one at a time. Times are in milliseconds. */
class ReplayTest {

  private static final long MILLI = 1_000_000L;
  private static final int NONE = Integer.MAX_VALUE;

  private final List<TaskRecord> tasks = new ArrayList<>();

  @Test
  void taskWaitsUntilAWorkerIsFree() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, 0);

    assertThat(waits(1)).containsExactly(0, 9, 18);
    assertThat(waits(2)).containsExactly(0, 0, 8);
    assertThat(waits(3)).containsExactly(0, 0, 0);
  }

  @Test
  void endComesBeforeAnArrivalOfTheSameTime() {
    open(0, 10, 0);
    open(10, 10, 0);

    assertThat(waits(1)).containsExactly(0, 0);
  }

  @Test
  void mostUrgentTaskIsTakenFirst() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, -1);

    assertThat(waits(1)).containsExactly(0, 8, 19);
  }

  @Test
  void taskThatHasAgedIsTakenFirst() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, -1);

    PoolModel aging = new PoolModel(1, NONE, WhenFull.WAIT, millis(8), Duration.ZERO);
    assertThat(waits(aging)).containsExactly(0, 9, 18);
  }

  @Test
  void taskThatWaitedTooLongDoesNotRun() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, 0);

    PoolModel limited = new PoolModel(1, NONE, WhenFull.WAIT, Duration.ZERO, millis(9));
    Measures measures = run(limited);
    assertThat(measures.sortedWaits()).containsExactly(0, 9 * MILLI);
    assertThat(measures.unservedShare()).isEqualTo(1 / 3.0);
  }

  @Test
  void fullQueueRejects() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, 0);

    Measures measures = run(bounded(1, WhenFull.REJECT));
    assertThat(measures.sortedWaits()).containsExactly(0, 9 * MILLI);
    assertThat(measures.unservedShare()).isEqualTo(1 / 3.0);
  }

  @Test
  void fullQueueDropsTheOldestOfTheLeastUrgent() {
    open(0, 10, 0);
    open(1, 10, 1);
    open(2, 10, 0);
    open(3, 10, 2);

    Measures measures = run(bounded(1, WhenFull.DISCARD_OLDEST));
    assertThat(measures.sortedWaits()).containsExactly(0, 8 * MILLI);
    assertThat(measures.unservedShare()).isEqualTo(0.5);
  }

  @Test
  void submitterRunsItsTaskIfTheQueueIsFull() {
    open(0, 10, 0);
    open(1, 10, 0);
    open(2, 10, 0);

    Replay.Result result = replay(bounded(1, WhenFull.CALLER_RUNS));
    assertThat(result.ranByCaller()).isTrue();
    assertThat(result.measures().sortedWaits()).containsExactly(0, 0, 9 * MILLI);
  }

  @Test
  void taskInLineGetsAPlaceWhenAnEighthIsFree() {
    open(0, 100, 0);
    for (int i = 1; i <= 17; i++) {
      open(i, 100, 0);
    }
    open(18, 100, -1);

    // The urgent one is let in at once, and the other one when two places are free.
    List<Integer> waits = waits(bounded(16, WhenFull.WAIT));
    assertThat(waits).hasSize(19).contains(100 - 18).contains(1800 - 17);
  }

  @Test
  void closedCallerPausesAfterTheEndOfItsTask() {
    // Each waits for the other one with one worker; each pauses for 5 ms.
    for (int i = 0; i < 40; i++) {
      tasks.add(ran(40L * i, i == 0 ? 0 : 10, 20, 1, 0));
      tasks.add(ran(10 + 40 * i, 10, 20, 2, 0));
    }
    Sample sample = sample();
    Sources sources = Sources.of(sample);
    Sources closed =
        new Sources(
            List.of(),
            List.of(
                sample.tasks().stream().filter(task -> task.caller() == 1).toList(),
                sample.tasks().stream().filter(task -> task.caller() == 2).toList()),
            List.of());
    assertThat(sources.maps()).isEmpty();

    Measures measures =
        Replay.run(sample, closed, new PoolModel(2), 1, new SplittableRandom(1)).measures();

    assertThat(measures.sortedWaits()).containsOnly(0);
    assertThat(measures.sortedWaits().length).isGreaterThan(80);
  }

  @Test
  void mapKeepsTwiceAsManyElementsUnderwayAsThereAreWorkers() {
    // Two workers: four elements come at once, and each further one when one ends.
    for (int i = 0; i < 12; i++) {
      long start = 10L * (i / 2);
      long arrival = i < 4 ? 0 : start - 10;
      tasks.add(ran(arrival, start - arrival, 10, 0, 7));
    }

    assertThat(waits(new PoolModel(2), 2))
        .containsExactly(0, 0, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
    // The last of the twelve comes when the sample has ended.
    assertThat(waits(new PoolModel(1), 2)).filteredOn(wait -> wait == 10).hasSize(10);
    assertThat(waits(new PoolModel(3), 2)).filteredOn(wait -> wait == 0).hasSize(3);
  }

  @Test
  void unknownServiceTimeIsDrawnFromTheKnownOnes() {
    open(0, 7, 0);
    tasks.add(new TaskRecord(20 * MILLI, 0, 0, 0, End.REJECTED, 0, 0, 0));
    open(21, 7, 0);

    assertThat(waits(1)).containsExactly(0, 0, 6);
  }

  @Test
  void utilisationIsTheBusyTimeWithinTheSample() {
    open(0, 40, 0);
    open(90, 40, 0);

    Measures measures = run(new PoolModel(2));
    assertThat(measures.utilisation(2)).isEqualTo(0.25);
    assertThat(measures.utilisation(2, 0)).isEqualTo(0.5);
    assertThat(measures.utilisation(2, 2)).isZero();
  }

  @Test
  void thinnedSampleIsFilledWithTasksInBetween() {
    open(0, 1, 0);
    open(30, 1, 0);
    open(80, 1, 0);

    List<TaskRecord> filled = Sources.filled(tasks, 16, new SplittableRandom(1));

    assertThat(filled).hasSize(33);
    assertThat(filled)
        .isSortedAccordingTo((a, b) -> Long.compare(a.arrivalNanos(), b.arrivalNanos()));
    assertThat(filled).filteredOn(task -> task.arrivalNanos() < 30 * MILLI).hasSize(16);
  }

  // ---- Short forms

  private void open(long arrival, long service, int priority) {
    tasks.add(new TaskRecord(arrival * MILLI, 0, service * MILLI, priority, End.RAN, 0, 0, 0));
  }

  private static TaskRecord ran(long arrival, long wait, long service, int caller, int map) {
    return new TaskRecord(
        arrival * MILLI, wait * MILLI, service * MILLI, 0, End.RAN, caller, map, 0);
  }

  private static PoolModel bounded(int capacity, WhenFull whenFull) {
    return new PoolModel(1, capacity, whenFull, Duration.ZERO, Duration.ZERO);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private Sample sample() {
    long last = tasks.stream().mapToLong(TaskRecord::arrivalNanos).max().orElseThrow();
    return new Sample(tasks, 0, Math.max(100 * MILLI, last + 1));
  }

  private List<Integer> waits(int workers) {
    return waits(new PoolModel(workers));
  }

  private List<Integer> waits(PoolModel pool) {
    return waits(pool, pool.workers());
  }

  private List<Integer> waits(PoolModel pool, int workersThen) {
    Sample sample = sample();
    Measures measures =
        Replay.run(sample, Sources.of(sample), pool, workersThen, new SplittableRandom(1))
            .measures();
    return java.util.Arrays.stream(measures.sortedWaits())
        .mapToObj(wait -> (int) (wait / MILLI))
        .toList();
  }

  private Measures run(PoolModel pool) {
    return replay(pool).measures();
  }

  private Replay.Result replay(PoolModel pool) {
    Sample sample = sample();
    return Replay.run(sample, Sources.of(sample), pool, pool.workers(), new SplittableRandom(1));
  }
}
