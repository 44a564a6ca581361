package dev.pools.benchmarks.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WarmUpTimeTest {

  private static double[] steadyAfter(int tenths) {
    double[] rates = new double[40];
    Arrays.fill(rates, 10);
    Arrays.fill(rates, 0, tenths, 1);
    return rates;
  }

  @Test
  void timeEndsWithTheFirstTenthAtTheShareOfTheSteadyRate() {
    assertThat(WarmUpTime.tenthsTo(0.8, steadyAfter(5))).isEqualTo(5);
    assertThat(WarmUpTime.tenthsTo(0.8, steadyAfter(0))).isEqualTo(1);
  }

  @Test
  void oneLuckyTenthDoesNotCount() {
    double[] rates = steadyAfter(10);
    rates[3] = 10;

    assertThat(WarmUpTime.tenthsTo(0.8, rates)).isEqualTo(10);
  }
}
