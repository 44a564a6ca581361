package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SteadinessTest {

  private static final Steadiness RULE = Steadiness.STANDARD;

  @Test
  void warmUpTakesAtLeastThreeIterations() {
    assertThat(RULE.isOver(List.of())).isFalse();
    assertThat(RULE.isOver(List.of(10.0, 10.0))).isFalse();
    assertThat(RULE.isOver(List.of(10.0, 10.0, 10.0))).isTrue();
  }

  @Test
  void iterationsThatDifferByMoreThanATenth_goOn() {
    assertThat(RULE.isOver(List.of(10.0, 11.0, 11.1))).isFalse();
    assertThat(RULE.isOver(List.of(10.0, 11.0, 10.5))).isTrue();
  }

  @Test
  void onlyTheLastThreeIterationsMustAgree() {
    assertThat(RULE.isSteady(List.of(0.1, 1.0, 5.0, 10.0, 10.2, 10.4))).isTrue();
    assertThat(RULE.isSteady(List.of(10.0, 10.0, 10.0, 5.0, 10.0))).isFalse();
  }

  @Test
  void forkThatNeverBecomesSteady_isMeasuredAtTheLimit() {
    List<Double> rates = List.of(1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0);

    assertThat(RULE.isOver(rates.subList(0, 9))).isFalse();
    assertThat(RULE.isOver(rates)).isTrue();
    assertThat(RULE.isSteady(rates)).isFalse();
  }

  @Test
  void longerLeastWarmUp_isKept() {
    Steadiness longer = new Steadiness(5, 10, 3, 0.10);

    assertThat(longer.isOver(List.of(1.0, 1.0, 1.0, 1.0))).isFalse();
    assertThat(longer.isOver(List.of(1.0, 1.0, 1.0, 1.0, 1.0))).isTrue();
  }
}
