package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessCpuTest {

  @Test
  void thisProcessUsesProcessorsWhereTheSystemSaysSo() {
    long before = ProcessCpu.nanos();
    long sum = 0;
    while (before >= 0 && ProcessCpu.nanos() == before) {
      sum++;
    }

    assertThat(ProcessCpu.nanos()).isGreaterThanOrEqualTo(before);
    assertThat(sum).isNotNegative();
  }
}
