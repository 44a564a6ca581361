package dev.pools.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThresholdScalingTest {

  @Test
  void theSeedsThresholdsSayHowManyAtOnce() {
    ScalingPolicy policy = ScalingPolicy.thresholds();

    assertThat(policy.grown(new ScalingPolicy.Load(10, 16, 6, 1, 100))).isEqualTo(15);
    assertThat(policy.grown(new ScalingPolicy.Load(10, 15, 5, 1, 100))).isEqualTo(11);
    assertThat(policy.grown(new ScalingPolicy.Load(10, 16, 6, 1, 12))).isEqualTo(12);
    assertThat(policy.grown(new ScalingPolicy.Load(0, 1, 1, 0, 12))).isEqualTo(1);
    assertThat(policy.shrunk(new ScalingPolicy.Load(10, 4, 0, 1, 100))).isEqualTo(7);
    assertThat(policy.shrunk(new ScalingPolicy.Load(10, 5, 0, 1, 100))).isEqualTo(10);
    assertThat(policy.shrunk(new ScalingPolicy.Load(10, 0, 0, 9, 100))).isEqualTo(9);
    assertThat(policy.shrunk(new ScalingPolicy.Load(1, 0, 0, 0, 100))).isEqualTo(0);
  }
}
