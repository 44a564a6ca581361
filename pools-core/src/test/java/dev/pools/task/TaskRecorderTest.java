package dev.pools.task;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.advice.Sample;
import dev.pools.advice.TaskRecord;
import dev.pools.advice.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskRecorderTest extends PoolTestBase {

  private AdvancedPoolBuilder recording() {
    return builder().minWorkers(1).maxWorkers(1).adviceWindow(Duration.ofMinutes(5));
  }

  private static TaskRecorder recorder(AdvancedPool pool) {
    return requireNonNull(pool.parts.factory.recorder());
  }

  private static RecordedSample recorded(AdvancedPool pool) {
    return RecordedSample.of(pool.parts.core, recorder(pool));
  }

  private static Sample sample(AdvancedPool pool) {
    return recorded(pool).sample();
  }

  private static void awaitRecords(AdvancedPool pool, long number) {
    await().until(() -> recorder(pool).ring().count() == number);
  }

  private void passes(long millis) {
    time.advance(Duration.ofMillis(millis));
  }

  // ---- What is recorded

  @Test
  void recordSaysWhenATaskCameHowLongItWaitedAndHowLongItRan() {
    AdvancedPool pool = build(recording());
    long begin = time.nanoTime();
    passes(1);
    Gate first = new Gate();
    pool.execute(first);
    first.awaitEntered();
    passes(10);
    Gate second = new Gate();
    pool.execute(second, 7);
    passes(20);
    first.open();
    second.awaitEntered();
    passes(5);
    second.open();
    awaitRecords(pool, 2);

    List<TaskRecord> tasks = sample(pool).tasks();

    assertThat(tasks).hasSize(2);
    TaskRecord one = tasks.get(0);
    assertThat(one.arrivalNanos() - begin).isEqualTo(1_000_000);
    assertThat(one.waitNanos()).isZero();
    assertThat(one.serviceNanos()).isEqualTo(30_000_000);
    assertThat(one.end()).isEqualTo(TaskRecord.End.RAN);
    assertThat(one.running()).isEqualTo(1);
    TaskRecord two = tasks.get(1);
    assertThat(two.arrivalNanos() - begin).isEqualTo(11_000_000);
    assertThat(two.waitNanos()).isEqualTo(20_000_000);
    assertThat(two.serviceNanos()).isEqualTo(5_000_000);
    assertThat(two.priority()).isEqualTo(7);
    assertThat(two.caller()).isEqualTo(one.caller()).isNotZero();
    assertThat(two.map()).isZero();
  }

  @Test
  void tasksWithoutAFutureAreRecorded_withAndWithoutListeners() {
    for (boolean listens : new boolean[] {false, true}) {
      AdvancedPoolBuilder builder = recording();
      if (listens) {
        builder.listener(new PoolListener() {});
      }
      AdvancedPool pool = build(builder);
      for (int i = 0; i < 3; i++) {
        pool.execute(() -> {});
      }
      awaitRecords(pool, 3);

      assertThat(sample(pool).tasks())
          .extracting(TaskRecord::end)
          .containsOnly(TaskRecord.End.RAN)
          .hasSize(3);
    }
  }

  @Test
  void otherThreadIsAnotherCaller() {
    AdvancedPool pool = build(recording());
    pool.submit(() -> 1).join();
    CompletableFuture.runAsync(() -> pool.submit(() -> 1).join(), run -> new Thread(run).start())
        .join();
    awaitRecords(pool, 2);

    assertThat(sample(pool).tasks()).extracting(TaskRecord::caller).doesNotHaveDuplicates();
  }

  @Test
  void elementsCarryTheNumberOfTheirMap() {
    AdvancedPool pool = build(recording());
    get(pool.map(x -> x, List.of(1, 2, 3)));
    get(pool.map(x -> x, List.of(4, 5)));
    awaitRecords(pool, 5);

    List<Integer> maps = sample(pool).tasks().stream().map(TaskRecord::map).toList();

    assertThat(maps).doesNotContain(0);
    assertThat(maps.stream().distinct()).hasSize(2);
  }

  @Test
  void taskThatExpiresOrIsDisplacedOrRejectedIsRecordedAsThat() {
    AdvancedPool pool =
        build(
            recording()
                .queueCapacity(1)
                .overflow(OverflowPolicy.DISCARD_OLDEST)
                .maxQueueTime(Duration.ofSeconds(1)));
    Gate gate = occupy(pool);
    pool.submit(() -> 1);
    pool.submit(() -> 2);
    assertThatThrownBy(() -> pool.submitNowait(() -> 3)).isInstanceOf(PoolFullException.class);
    passes(2_000);
    gate.open();
    awaitRecords(pool, 4);

    assertThat(sample(pool).tasks())
        .extracting(TaskRecord::end)
        .containsExactlyInAnyOrder(
            TaskRecord.End.RAN,
            TaskRecord.End.REJECTED,
            TaskRecord.End.REJECTED,
            TaskRecord.End.EXPIRED);
  }

  @Test
  void newestThatIsDiscardedCountsAsRejected() {
    AdvancedPool pool = build(recording().queueCapacity(0).overflow(OverflowPolicy.DISCARD_NEWEST));
    occupy(pool);
    assertThat(pool.submit(() -> 1)).isCancelled();

    assertThat(sample(pool).tasks())
        .extracting(TaskRecord::end)
        .containsExactlyInAnyOrder(TaskRecord.End.RUNNING, TaskRecord.End.REJECTED);
  }

  @Test
  void taskThatItsSubmitterRunsIsRecordedAsThat() {
    AdvancedPool pool = build(recording().queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate gate = occupy(pool);
    pool.submit(() -> passes(3));
    pool.execute(() -> passes(4));
    gate.open();
    awaitRecords(pool, 3);

    assertThat(sample(pool).tasks())
        .filteredOn(task -> task.end() == TaskRecord.End.RAN_BY_CALLER)
        .extracting(TaskRecord::serviceNanos)
        .containsExactlyInAnyOrder(3_000_000L, 4_000_000L);
  }

  @Test
  void taskThatHasWaitedForAPlaceIsOfItsSubmitter() {
    AdvancedPool pool = build(recording().queueCapacity(0));
    Gate gate = occupy(pool);
    pool.submit(() -> 1);
    passes(6);
    gate.open();
    awaitRecords(pool, 2);

    List<TaskRecord> tasks = sample(pool).tasks();

    assertThat(tasks.get(1).waitNanos()).isEqualTo(6_000_000);
    assertThat(tasks.get(1).caller()).isEqualTo(tasks.get(0).caller());
  }

  @Test
  void cancelledTasksAreNoTasksOfTheSample_andManyOfThemAreAReasonToRefuse() {
    AdvancedPool pool = build(recording());
    Gate gate = occupy(pool);
    List<PoolFuture<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(pool.submit(() -> 1));
    }
    waiting.subList(0, 9).forEach(task -> task.cancel(false));
    gate.open();
    awaitRecords(pool, 11);

    assertThat(sample(pool).tasks()).hasSize(2);
    assertThat(recorded(pool).cancelledShare()).isEqualTo(9.0 / 11);
    assertThat(pool.whatIf(2).reason()).contains("82 % of the tasks were cancelled");
  }

  @Test
  void sampleHasTheTasksThatRunAndThoseThatWait() {
    AdvancedPool pool = build(recording().queueCapacity(2));
    Gate gate = occupy(pool);
    passes(4);
    for (int i = 0; i < 4; i++) {
      pool.submit(() -> 1);
    }
    passes(3);

    Sample sample = sample(pool);

    assertThat(sample.tasks())
        .extracting(TaskRecord::end)
        .containsExactly(
            TaskRecord.End.RUNNING,
            TaskRecord.End.WAITING,
            TaskRecord.End.WAITING,
            TaskRecord.End.WAITING,
            TaskRecord.End.WAITING);
    assertThat(sample.tasks().get(0).serviceNanos()).isEqualTo(7_000_000);
    assertThat(sample.tasks().get(4).waitNanos()).isEqualTo(3_000_000);
    gate.open();
  }

  // ---- How many are recorded

  @Test
  void ofManyTasksOneInSixteenIsRecorded_andOfFewEach() {
    AdvancedPool pool = build(recording());
    TaskRecorder recorder = recorder(pool);
    IntStream.range(0, 100).forEach(i -> get(pool.submit(() -> i)));
    await().until(() -> !recorder.recordsEach());
    long before = recorder.ring().count();

    IntStream.range(0, 1_600).forEach(i -> get(pool.submit(() -> i)));
    await().until(() -> recorder.ring().count() >= before + 99);

    assertThat(recorder.ring().count()).isLessThanOrEqualTo(before + 101);
    assertThat(sample(pool).step()).isEqualTo(RecordRing.STEP);
    assertThat(sample(pool).tasks()).hasSizeBetween(100, 120);

    await()
        .until(
            () -> {
              passes(100);
              get(pool.submit(() -> 1));
              return recorder.recordsEach();
            });
  }

  @Test
  void sampleCoversTheWindow() {
    AdvancedPool pool = build(recording().adviceWindow(Duration.ofSeconds(10)));
    get(pool.submit(() -> 1));
    awaitRecords(pool, 1);
    passes(20_000);
    get(pool.submit(() -> 2));
    awaitRecords(pool, 2);

    Sample sample = sample(pool);

    assertThat(sample.tasks()).hasSize(1);
    assertThat(sample.toNanos() - sample.fromNanos()).isEqualTo(10_000_000_000L);
  }

  @Test
  void sampleStartsAtTheLastResize_andIsUnfitUntilEnoughTasksCame() {
    AdvancedPool pool = build(recording());
    passes(1_000);
    pool.resize(1, 2);
    passes(500);

    Sample sample = sample(pool);

    assertThat(sample.resized()).isTrue();
    assertThat(sample.toNanos() - sample.fromNanos()).isEqualTo(500_000_000);
    assertThat(pool.whatIf(3).reason()).contains("changed within this time");
  }

  // ---- Without records

  @Test
  void poolWithoutTheOptionRecordsNothing_andSaysSo() {
    AdvancedPool pool = build(builder());

    assertThat(pool.parts.factory.recorder()).isNull();
    assertThat(pool.scorecard()).isNull();
    assertThat(pool.whatIf(8).sentence())
        .isEqualTo(
            "What 8 workers would have done cannot be said: the pool records no tasks; set adviceWindow to some minutes, as in PT5M.");
  }

  @Test
  void numberOfWorkersIsChecked() {
    AdvancedPool pool = build(recording());

    assertThatThrownBy(() -> pool.whatIf(0)).hasMessageContaining("maxWorkers is 0");
  }

  @Test
  void windowIsChecked() {
    assertThatThrownBy(() -> builder().adviceWindow(Duration.ofMillis(5)).build())
        .hasMessageContaining("adviceWindow is PT0.005S, but must be zero");
    assertThatThrownBy(() -> builder().adviceWindow(Duration.ofSeconds(-5)).build())
        .hasMessageContaining("adviceWindow is PT-5S");
  }

  @Test
  void modelHasTheOptionsOfThePool() {
    assertThat(PoolAdvice.whenFull(OverflowPolicy.WAIT)).isEqualTo(WhenFull.WAIT);
    assertThat(PoolAdvice.whenFull(OverflowPolicy.REJECT)).isEqualTo(WhenFull.REJECT);
    assertThat(PoolAdvice.whenFull(OverflowPolicy.DISCARD_NEWEST)).isEqualTo(WhenFull.REJECT);
    assertThat(PoolAdvice.whenFull(OverflowPolicy.CALLER_RUNS)).isEqualTo(WhenFull.CALLER_RUNS);
    assertThat(PoolAdvice.whenFull(OverflowPolicy.DISCARD_OLDEST))
        .isEqualTo(WhenFull.DISCARD_OLDEST);
    AdvancedPool pool =
        build(
            recording()
                .maxWorkers(3)
                .queueCapacity(9)
                .aging(Duration.ofSeconds(2))
                .maxQueueTime(Duration.ofSeconds(4)));

    assertThat(PoolAdvice.model(pool.parts.core).workers()).isEqualTo(3);
    assertThat(PoolAdvice.model(pool.parts.core).queueCapacity()).isEqualTo(9);
    assertThat(PoolAdvice.model(pool.parts.core).aging()).isEqualTo(Duration.ofSeconds(2));
    assertThat(PoolAdvice.model(pool.parts.core).maxQueueTime()).isEqualTo(Duration.ofSeconds(4));
  }
}
