package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.advice.TaskRecord.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PredictorTest {

  private static final long MICRO = 1_000L;

  @Test
  void sentenceSaysWhatWasAndWhatWouldHaveBeen() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.POISSON, 8000, 1).get(0);

    assertThat(run.predict().sentence())
        .startsWith("In the last ")
        .contains(" tasks) the p99 wait was ")
        .contains(" with 5 workers, p50 ")
        .contains("With 9 it would have been ")
        .endsWith("if the tasks take no longer with 9 at a time (so far at most 5 ran).");
  }

  @Test
  void sentenceIsTheSameInEachLanguageOfTheMachine() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.POISSON, 8000, 1).get(0);
    Locale usual = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);

      assertThat(run.predict().sentence()).containsPattern("\\([0-9]+,[0-9]{3} tasks\\)");
    } finally {
      Locale.setDefault(usual);
    }
  }

  @Test
  void fewerWorkersNeedNoCondition() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.POISSON, 8000, 1).get(1);

    assertThat(run.predict().sentence())
        .contains("With 4 it would have been ")
        .doesNotContain("if the tasks take no longer");
  }

  @Test
  void roughPredictionSaysNoWaits() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.POISSON, 1000, 1).get(1);

    assertThat(run.predict().sentence())
        .contains("With 4 waits would have been longer (roughly, because ")
        .doesNotContain("it would have been");
  }

  @Test
  void durationOfMapsIsSaidWithIt() {
    JudgedRuns.Run run = JudgedRuns.runs(Load.MAP, 8000, 1).get(2);

    Forecast forecast = run.predict().forecast();
    assertThat(forecast).isNotNull();
    assertThat(forecast.medianMapDuration()).isNotNull();
  }

  @Test
  void waitsThatAFreeWorkerDoesNotAvoidStay() {
    List<TaskRecord> tasks = new ArrayList<>();
    for (int i = 0; i < 8000; i++) {
      // Ten milliseconds apart, 200 µs until the worker is awake, 1 ms of work.
      tasks.add(
          new TaskRecord(
              i * 10_000L * MICRO,
              200 * MICRO,
              1000 * MICRO,
              0,
              End.RAN,
              0,
              0,
              i % 100 == 0 ? 2 : 1));
    }
    Sample sample = new Sample(tasks, 0, 80_000_000 * MICRO);

    Forecast forecast = Predictor.predict(sample, new PoolModel(2), 4).forecast();

    assertThat(forecast).isNotNull();
    assertThat(forecast.p99Wait().likely()).isEqualTo(Duration.ofNanos(200 * MICRO));
  }

  @Test
  void waitsThatNoQueueExplainsAreRefused() {
    List<TaskRecord> tasks = new ArrayList<>();
    for (int i = 0; i < 8000; i++) {
      tasks.add(
          new TaskRecord(i * 10_000L * MICRO, 50_000 * MICRO, 1000 * MICRO, 0, End.RAN, 0, 0, 2));
    }
    Sample sample = new Sample(tasks, 0, 80_000_000 * MICRO);

    assertThat(Predictor.predict(sample, new PoolModel(2), 4).reason())
        .isEqualTo("the waits in this time are not those of a queue");
  }

  @Test
  void tasksThatStillWaitCount() {
    // All that has ended met a free worker; what waits tells of the overload.
    List<TaskRecord> tasks = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      long arrival = i * 1000L * MICRO;
      boolean ran = i < 2500;
      tasks.add(
          new TaskRecord(
              arrival,
              ran ? arrival : 5_000_000 * MICRO - arrival,
              ran ? 2000 * MICRO : 0,
              0,
              ran ? End.RAN : End.WAITING,
              0,
              0,
              ran ? 1 : 0));
    }
    Sample sample = new Sample(tasks, 0, 5_000_000 * MICRO);

    assertThat(Predictor.predict(sample, new PoolModel(1), 4).forecast())
        .satisfies(forecast -> assertThat(forecast.utilisation().likely()).isBetween(0.49, 0.51));
  }

  @Test
  void thinnedSampleStandsForAllTasks() {
    JudgedRuns.Run run = new JudgedRuns.Run(Load.POISSON, new Load.Size(1, 3, 100_000, 1007), 4, 6);
    Sample whole = run.sample();
    List<TaskRecord> thin = new ArrayList<>();
    for (int i = 0; i < whole.tasks().size(); i += 16) {
      thin.add(whole.tasks().get(i));
    }
    Prediction said =
        Predictor.predict(
            new Sample(thin, 0, whole.toNanos(), 16, Double.NaN, 0, false), run.pool(), 6);

    assertThat(said.observed().tasks()).isBetween(99_000L, 101_000L);
    assertThat(said.forecast()).isNotNull();
    SimulatedPool other = run.other(run.size().seed());
    Duration p99 = Duration.ofNanos(Measures.quantile(other.waits(run.size().until()), 0.99));
    assertThat(said.forecast().p99Wait().contains(p99)).isTrue();
  }

  @Test
  void impossibleInputNamesWhatIsWrong() {
    assertThatThrownBy(() -> new PoolModel(0)).hasMessageContaining("workers is 0");
    assertThatThrownBy(() -> new PoolModel(1).withWorkers(-1))
        .hasMessageContaining("workers is -1");
    assertThatThrownBy(() -> new PoolModel(1, -1, WhenFull.WAIT, Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("queueCapacity is -1");
    assertThatThrownBy(() -> new TaskRecord(0, -1, 0, 0, End.RAN, 0, 0, 0))
        .hasMessageContaining("waitNanos is -1");
    assertThatThrownBy(() -> new Sample(List.of(), 5, 5)).hasMessageContaining("toNanos is 5");
    assertThatThrownBy(() -> new Sample(List.of(), 0, 5, 0, 0, 0, false))
        .hasMessageContaining("step is 0");
  }
}
