package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpeedRatioTest {

  @Test
  void equalScoresGiveOne_andNoDoubt() {
    double[] scores = {10, 10, 10};

    assertThat(new SpeedRatio(scores, scores)).isEqualTo(new SpeedRatio(1, 1, 1));
  }

  @Test
  void isTheRatioOfTheMedians_whateverTheOrderOfTheRounds() {
    SpeedRatio ratio = new SpeedRatio(new double[] {10, 30, 20}, new double[] {15, 5, 10});

    assertThat(ratio.value()).isEqualTo(0.5);
  }

  @Test
  void scoresThatDifferFromForkToFork_leaveTheRatioInDoubt() {
    double[] before = {10, 20, 10, 20, 10};
    double[] after = {20, 10, 10, 20, 10};

    SpeedRatio ratio = new SpeedRatio(before, after);

    assertThat(ratio.value()).isEqualTo(1);
    assertThat(ratio.low()).isEqualTo(0.5);
    assertThat(ratio.high()).isEqualTo(2);
  }

  @Test
  void steadyScores_leaveLittleDoubt() {
    SpeedRatio ratio =
        new SpeedRatio(new double[] {100, 101, 99, 100, 102}, new double[] {50, 51, 49, 50, 52});

    assertThat(ratio.low()).isGreaterThan(0.45);
    assertThat(ratio.high()).isLessThan(0.55);
  }
}
