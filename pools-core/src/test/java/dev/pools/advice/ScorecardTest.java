package dev.pools.advice;

import static dev.pools.advice.JudgedRuns.NO_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScorecardTest {

  private static final int SEEDS = 5;

  @ParameterizedTest
  @CsvSource({"4, 8, 0.85", "5, 8, 0.9", "3, 7, 0.8"})
  void limitThatTasksDidNotFeelBeforeIsNamedAfterTheChange(int before, int after, double busy) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Prediction said = predict(before, after, before, busy, seed);
      Scorecard scorecard = Scorecard.of(said, sampleAfter(before, after, before, busy, seed));

      assertThat(said.sentence())
          .contains("if the tasks take no longer with %d at a time".formatted(after))
          .contains("so far at most %d ran".formatted(before));
      assertThat(scorecard.hiddenLimit()).isTrue();
      assertThat(scorecard.p99Held()).isFalse();
      assertThat(scorecard.sentence()).contains("they share a limit behind this pool");
    }
  }

  @Test
  void numberThatWasAsGoodIsNamed() {
    Prediction said = predict(4, 8, 4, 0.95, 0);
    Scorecard scorecard = Scorecard.of(said, sampleAfter(4, 8, 4, 0.99, 1));

    assertThat(scorecard.sentence()).contains("and 4 workers were as good");
  }

  @ParameterizedTest
  @EnumSource(Load.class)
  void noLimitIsNamedWhereThereIsNone(Load load) {
    for (JudgedRuns.Run run : JudgedRuns.runs(load, 8000, 1)) {
      Prediction said = run.predict();
      if (said.forecast() != null) {
        SimulatedPool other = run.other(run.size().seed() + 9000);

        assertThat(Scorecard.of(said, other.sample(0)).hiddenLimit()).isFalse();
      }
    }
  }

  @Test
  void predictionThatHoldsIsSaidWithoutAReason() {
    Prediction said = predict(5, 9, NO_LIMIT, 0.7, 3);
    Scorecard scorecard = Scorecard.of(said, sampleAfter(5, 9, NO_LIMIT, 0.7, 3));

    assertThat(scorecard.utilisationHeld()).isTrue();
    assertThat(scorecard.medianHeld()).isTrue();
    assertThat(scorecard.p99Held()).isTrue();
    assertThat(scorecard.sentence())
        .startsWith("With 9 workers instead of 5: predicted ")
        .doesNotContain("longer");
  }

  @Test
  void refusalHasNothingToCompare() {
    Sample sample = sampleAfter(5, 9, NO_LIMIT, 0.7, 3);
    Prediction refusal = Predictor.predict(sample, new PoolModel(9), 2);

    assertThatThrownBy(() -> Scorecard.of(refusal, sample))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no forecast to compare");
  }

  private static Prediction predict(int before, int after, int limit, double busy, long seed) {
    Load.Size size = new Load.Size(2.5, busy * before, 8000, 4001 + seed);
    Sample sample =
        JudgedRuns.sample(before, limit, size, (pool, s) -> new Load.Open(pool, s).start());
    return Predictor.predict(sample, new PoolModel(before), after);
  }

  private static Sample sampleAfter(int before, int after, int limit, double busy, long seed) {
    Load.Size size = new Load.Size(2.5, busy * before, Scorecard.ENOUGH_TASKS, 5001 + seed);
    return JudgedRuns.sample(after, limit, size, (pool, s) -> new Load.Open(pool, s).start());
  }
}
