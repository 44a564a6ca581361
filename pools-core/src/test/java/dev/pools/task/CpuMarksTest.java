package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.ProcessCpu;
import org.junit.jupiter.api.Test;

class CpuMarksTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void shareIsAtMostAllProcessors_andUnknownOverAShortTime() {
    CpuMarks marks = new CpuMarks();
    for (long at = 0; at < 400 * SECOND; at += SECOND) {
      marks.mark(at);
    }

    assertThat(marks.share(390 * SECOND, 390 * SECOND + 1)).isNaN();
    double share = marks.share(200 * SECOND, 400 * SECOND);
    if (ProcessCpu.nanos() >= 0) {
      assertThat(share).isBetween(0.0, 1.0);
    }
  }
}
