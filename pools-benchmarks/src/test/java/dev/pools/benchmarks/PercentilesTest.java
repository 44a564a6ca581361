package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  private final Percentiles percentiles = new Percentiles();

  @Test
  void smallOnesAreExact() {
    for (int nanos = 0; nanos < 10; nanos++) {
      percentiles.record(nanos);
    }
    assertThat(percentiles.at(0.5)).isEqualTo(4);
    assertThat(percentiles.at(1)).isEqualTo(9);
  }

  @Test
  void largeOnesAreOffByOneStepAtMost() {
    for (int micros = 1; micros <= 1000; micros++) {
      percentiles.record(micros * 1000L);
    }
    assertThat(percentiles.at(0.5)).isCloseTo(500_000, Percentage.withPercentage(7));
    assertThat(percentiles.at(0.999)).isCloseTo(999_000, Percentage.withPercentage(7));
    assertThat(percentiles.max()).isEqualTo(1_000_000);
  }

  @Test
  void noneIsLostAtAnySize() {
    for (long nanos = 1; nanos > 0; nanos <<= 1) {
      Percentiles one = new Percentiles();
      one.record(nanos);
      one.record(nanos - 1);
      assertThat(one.at(1)).isEqualTo((double) nanos);
      assertThat(one.at(0.5)).isCloseTo((double) nanos, within(Math.max(1.0, nanos * 0.07)));
    }
    percentiles.record(Long.MAX_VALUE);
    assertThat(percentiles.at(1)).isEqualTo((double) Long.MAX_VALUE);
  }

  @Test
  void negativeOnesAreZero() {
    percentiles.record(-5);
    assertThat(percentiles.at(1)).isZero();
  }

  @Test
  void joinedTheyAreAsOne() {
    percentiles.record(1);
    Percentiles other = new Percentiles();
    other.record(3);
    other.record(3);
    percentiles.add(other);
    assertThat(percentiles.total()).isEqualTo(3);
    assertThat(percentiles.at(0.5)).isEqualTo(3);
    assertThat(percentiles.max()).isEqualTo(3);
  }

  @Test
  void clearedThereAreNone() {
    percentiles.record(1);
    percentiles.clear();
    assertThat(percentiles.total()).isZero();
    assertThat(percentiles.at(0.5)).isNaN();
  }
}
