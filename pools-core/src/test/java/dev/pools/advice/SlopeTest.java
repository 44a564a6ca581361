package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How far a slope is above zero. */
class SlopeTest {

  @Test
  void slopeIsComparedWithItsError() {
    assertThat(new Slope.Line(6, 2).t()).isEqualTo(3);
  }

  @Test
  void slopeWithoutErrorIsCertain() {
    assertThat(new Slope.Line(6, 0).t()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(new Slope.Line(0, 0).t()).isZero();
  }
}
