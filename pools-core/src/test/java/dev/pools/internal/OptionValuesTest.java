package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Fairness;
import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionValuesTest {

  private record Group(int inner, Object object) {}

  private record Options(
      String name, Duration time, boolean flag, Fairness choice, Group group, List<String> list) {}

  @Test
  void plainValuesAreReadAlsoFromGroups_andNoObjectsOfTheUser() {
    Options options =
        new Options(
            "n", Duration.ofSeconds(1), true, Fairness.STRICT, new Group(3, "secret"), List.of());

    assertThat(OptionValues.of(options))
        .containsExactly(
            entry("time", Duration.ofSeconds(1)),
            entry("flag", true),
            entry("choice", Fairness.STRICT),
            entry("inner", 3));
  }

  @Test
  void optionsOfATaskPoolAreThoseOfItsBuilder_andFollowAResize() {
    try (AdvancedPool pool =
        AdvancedPool.builder()
            .maxWorkers(4)
            .queueCapacity(9)
            .keepAlive(Duration.ofSeconds(7))
            .overflow(OverflowPolicy.REJECT)
            .build()) {
      assertThat(pool.options())
          .containsEntry("minWorkers", 1)
          .containsEntry("maxWorkers", 4)
          .containsEntry("queueCapacity", 9)
          .containsEntry("keepAlive", Duration.ofSeconds(7))
          .containsEntry("overflow", OverflowPolicy.REJECT)
          .containsEntry("killAtExit", false);

      pool.resize(2, 3).join();

      assertThat(pool.options()).containsEntry("minWorkers", 2).containsEntry("maxWorkers", 3);
    }
  }

  @Test
  void optionsOfAConnectionPoolAreThoseOfItsBuilder_andFollowAResize() {
    try (ConnectionPool<Object> pool =
        ConnectionPool.<Object>builder(arguments -> new Object())
            .maxSize(4)
            .acquireTimeout(Duration.ofSeconds(7))
            .leakThreshold(Duration.ofSeconds(8))
            .build()) {
      assertThat(pool.options())
          .containsEntry("minSize", 1)
          .containsEntry("maxSize", 4)
          .containsEntry("acquireTimeout", Duration.ofSeconds(7))
          .containsEntry("leakThreshold", Duration.ofSeconds(8))
          .containsEntry("fairness", Fairness.STRICT)
          .doesNotContainKey("factory");

      pool.resize(2, 3).join();

      assertThat(pool.options()).containsEntry("minSize", 2).containsEntry("maxSize", 3);
    }
  }
}
