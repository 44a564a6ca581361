package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoresTest {

  private static Scores scores(double... values) {
    return new Scores(values, 0);
  }

  @Test
  void forksHaveAMedianAndARange() {
    Scores scores = scores(30, 10, 20);

    assertThat(scores.lowest()).isEqualTo(10);
    assertThat(scores.median()).isEqualTo(20);
    assertThat(scores.highest()).isEqualTo(30);
  }

  @Test
  void forksThatDifferByMoreThanAHalf_areUnstable() {
    assertThat(scores(10, 12, 15).isUnstable()).isFalse();
    assertThat(scores(10, 12, 15.1).isUnstable()).isTrue();
    assertThat(scores(10).isUnstable()).isFalse();
    assertThat(scores().isUnstable()).isFalse();
    assertThat(scores(0, 0).isUnstable()).isFalse();
  }

  @Test
  void variationIsTheDeviationOverTheMean() {
    assertThat(scores(9, 10, 11).variation()).isCloseTo(0.1, within(1e-9));
    assertThat(scores(7, 7, 7).variation()).isZero();
    assertThat(scores(0, 0).variation()).isZero();
    assertThat(scores(7).variation()).isNaN();
  }

  @Test
  void unstableScoresAreWrittenAsARange_neverAsOneNumber() {
    assertThat(Figures.of(scores(1.3e6, 12e6, 16.3e6))).isEqualTo("unstable: 1.30 M to 16.3 M");
    assertThat(Figures.of(scores(10e6, 12e6, 11e6))).isEqualTo("11.0 M (10.0 M to 12.0 M)");
    assertThat(Figures.of(scores(10e6))).isEqualTo("10.0 M");
    assertThat(Figures.of(Scores.NONE)).isEmpty();
  }

  @Test
  void scoresOfForksThatWereNotSteady_areMarked() {
    assertThat(Figures.of(new Scores(new double[] {10, 11}, 1)))
        .isEqualTo("10.5 (10.0 to 11.0), not steady");
  }

  @Test
  void numbersAreShort() {
    assertThat(Figures.number(0.123)).isEqualTo("0.12");
    assertThat(Figures.number(12.34)).isEqualTo("12.3");
    assertThat(Figures.number(9999)).isEqualTo("9999");
    assertThat(Figures.number(12_345)).isEqualTo("12.3 k");
    assertThat(Figures.number(1_234_567)).isEqualTo("1.23 M");
    assertThat(Figures.number(Double.NaN)).isEmpty();
  }
}
