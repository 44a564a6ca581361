package dev.pools.advice;

import static dev.pools.advice.JudgedRuns.NO_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.JudgedRuns.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What no prediction is given for, on runs that were not used to choose any constant. */
class RefusalTest {

  private static final int RECORDS = 8000;
  private static final int SEEDS = 10;
  private static final String LIMIT = "they share a limit behind this pool";

  // ---- Drift

  @ParameterizedTest
  @CsvSource({"0.7, 0", "0, 0.7", "-0.7, 0", "0, -0.7"})
  void driftIsRefused(double arrivals, double services) {
    Score refused =
        refusals(
            5,
            NO_LIMIT,
            0.55 * 5,
            RECORDS,
            (pool, size) -> new Load.Open(pool, size).drift(arrivals, services).start(),
            "in this time, by about");

    assertThat(refused.share()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void steadyLoadIsNotRefused() {
    Score refused =
        refusals(7, NO_LIMIT, 0.6 * 7, RECORDS, (p, s) -> new Load.Open(p, s).start(), "");

    assertThat(refused.held()).isZero();
  }

  // ---- A limit behind the pool

  @ParameterizedTest
  @CsvSource({"4, 2, 0.6", "6, 3, 0.75", "8, 4, 0.6", "8, 4, 0.8", "10, 5, 0.8"})
  void limitOfHalfTheWorkersIsRefused(int workers, int limit, double busy) {
    Score refused =
        refusals(
            workers,
            limit,
            busy * limit,
            RECORDS,
            (pool, size) -> new Load.Open(pool, size).start(),
            LIMIT);

    assertThat(refused.share()).isGreaterThanOrEqualTo(0.95);
  }

  @ParameterizedTest
  @CsvSource({"0.6", "0.8"})
  void limitOfThreeOfFourWorkersIsRefusedWithManyTasks(double busy) {
    Score refused =
        refusals(
            4, 3, busy * 3, 2 * RECORDS, (pool, size) -> new Load.Open(pool, size).start(), LIMIT);

    assertThat(refused.share()).isGreaterThanOrEqualTo(0.8);
  }

  @ParameterizedTest
  @CsvSource({"4, 0.5", "6, 0.65", "9, 0.8"})
  void brownOutIsNeverTakenForALimit(int workers, double busy) {
    Score taken =
        refusals(
            workers,
            NO_LIMIT,
            busy * workers,
            RECORDS,
            (pool, size) -> new Load.Open(pool, size).brownOut().start(),
            LIMIT);

    assertThat(taken.held()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Load.class)
  void loadWithoutALimitIsNeverTakenForOne(Load load) {
    for (JudgedRuns.Run run : JudgedRuns.runs(load, RECORDS, 1)) {
      Sample sample = run.sample();

      assertThat(Refusals.reason(sample, Sources.of(sample)))
          .satisfiesAnyOf(
              reason -> assertThat(reason).isNull(),
              reason -> assertThat(reason).doesNotContain(LIMIT));
    }
  }

  static Score refusals(
      int workers,
      int limit,
      double busyWorkers,
      long tasks,
      BiConsumer<SimulatedPool, Load.Size> load,
      String because) {
    List<Boolean> refused = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      Load.Size size = new Load.Size(seed % 2 == 0 ? 2.5 : 40, busyWorkers, tasks, 2001 + seed);
      Sample sample = JudgedRuns.sample(workers, limit, size, load);
      String reason = Refusals.reason(sample, Sources.of(sample));
      refused.add(reason != null && reason.contains(because));
    }
    return Score.count(refused);
  }

  // ---- What the pool itself knows

  @Test
  void sampleInWhichTheSizeChangedIsRefused() {
    assertThat(reason(1, Double.NaN, 0, true)).contains("the number of workers changed");
  }

  @Test
  void busyProcessorsAreRefused() {
    assertThat(reason(1, 0.9, 0, false)).contains("the processors are 90 % busy");
  }

  @Test
  void blockedWorkersAreRefused() {
    assertThat(reason(1, 0.1, 2, false)).contains("2 workers wait for other tasks of this pool");
  }

  @Test
  void mapsOfAThinnedSampleAreRefused() {
    Sample whole = JudgedRuns.runs(Load.MAP, RECORDS, 1).get(0).sample();
    Sample thinned =
        new Sample(whole.tasks(), whole.fromNanos(), whole.toNanos(), 16, Double.NaN, 0, false);

    assertThat(Refusals.reason(thinned, Sources.of(thinned))).contains("the pool runs maps");
  }

  @Test
  void tooFewTasksAreRefused() {
    Sample few = JudgedRuns.runs(Load.POISSON, 100, 1).get(0).sample();

    assertThat(Predictor.predict(few, new PoolModel(5), 9).sentence())
        .contains("cannot be said")
        .contains("too few");
  }

  @Test
  void sizeThatWouldBeTooFullIsRefused() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.POISSON, RECORDS, 1).get(0);

    assertThat(Predictor.predict(run.sample(), run.pool(), 2).reason())
        .contains("with 2 the pool would be too full");
  }

  private static String reason(int step, double cpuShare, int blocked, boolean resized) {
    Sample plain = JudgedRuns.runs(Load.POISSON, RECORDS, 1).get(0).sample();
    Sample sample =
        new Sample(
            plain.tasks(), plain.fromNanos(), plain.toNanos(), step, cpuShare, blocked, resized);
    Prediction prediction = Predictor.predict(sample, new PoolModel(5), 9);
    assertThat(prediction.grade()).isEqualTo(Prediction.Grade.NONE);
    assertThat(prediction.forecast()).isNull();
    return prediction.reason();
  }
}
