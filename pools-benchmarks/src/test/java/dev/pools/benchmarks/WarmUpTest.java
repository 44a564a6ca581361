package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.runner.options.TimeValue;

class WarmUpTest {

  @Test
  void jmhEndsTheWarmUpAfterTheIterationThatIsSteady() {
    IterationParams warmUp = new IterationParams(IterationType.WARMUP, 10, TimeValue.seconds(1), 1);

    WarmUp.endAfter(4, warmUp);

    assertThat(warmUp.getCount()).isEqualTo(4);
  }
}
