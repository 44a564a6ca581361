package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTest {

  @Test
  void timesAreThoseOfAllProcessors() {
    assertThat(
            Load.times(
                List.of(
                    "cpu  7200 152 679 1633 6 0 6 247 0 0", "cpu0 3584 73 334 842 1 0 2 122 0 0")))
        .containsExactly(7200, 152, 679, 1633, 6, 0, 6, 247, 0, 0);
    assertThat(Load.times(List.of("intr 1"))).isEmpty();
  }
}
