package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

  private static void assertRefused(AdvancedPoolBuilder builder, String... parts) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void badOptionsNameTheOptionTheValueTheRangeAndTheCure() {
    assertRefused(AdvancedPool.builder().maxWorkers(0), "maxWorkers is 0", "from 1 to", "Use 1");
    assertRefused(AdvancedPool.builder().maxWorkers(1_000_001), "maxWorkers is 1000001");
    assertRefused(AdvancedPool.builder().minWorkers(-1), "minWorkers is -1", "from 0");
    assertRefused(AdvancedPool.builder().minWorkers(6), "minWorkers is 6", "which is 5", "Lower");
    assertRefused(AdvancedPool.builder().queueCapacity(-1), "queueCapacity is -1", "from 0");
    assertRefused(AdvancedPool.builder().keepAlive(Duration.ZERO), "keepAlive is PT0S", "positive");
    assertRefused(AdvancedPool.builder().aging(Duration.ofSeconds(-1)), "aging is PT-1S", "zero");
    assertRefused(
        AdvancedPool.builder().maxQueueTime(Duration.ofSeconds(-1)), "maxQueueTime is PT-1S");
    assertRefused(AdvancedPool.builder().name(" "), "name is blank");
    assertThatThrownBy(() -> TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(-1)))
        .hasMessageContaining("maxQueueTime is PT-1S");
    assertThatThrownBy(() -> ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ofSeconds(-1)))
        .hasMessageContaining("idleTimeout is PT-1S");
    assertThatThrownBy(() -> ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ofSeconds(-1)))
        .hasMessageContaining("totalTimeout is PT-1S");
  }

  @Test
  void theDefaultsAreThoseOfTheSeed() {
    try (AdvancedPool pool = AdvancedPool.create()) {
      assertThat(pool.minWorkers()).isEqualTo(1);
      assertThat(pool.maxWorkers()).isEqualTo(5);
      assertThat(pool.queueCapacity()).isEqualTo(AdvancedPoolBuilder.UNBOUNDED);
      assertThat(pool.name()).startsWith("pool-");
    }
  }

  @Test
  void hugeDurationsMeanForEver() {
    try (AdvancedPool pool =
        AdvancedPool.builder()
            .keepAlive(Duration.ofSeconds(Long.MAX_VALUE))
            .maxQueueTime(Duration.ofSeconds(Long.MAX_VALUE))
            .aging(Duration.ofSeconds(Long.MAX_VALUE))
            .build()) {
      assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    }
  }
}
