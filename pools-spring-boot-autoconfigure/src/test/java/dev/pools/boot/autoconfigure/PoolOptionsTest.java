package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.OptionChange;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Options of both kinds of pools change by their names. */
class PoolOptionsTest {

  @Test
  void changeOfAConnectionPoolIsPreviewed_madeAndUndone() {
    try (ConnectionPool<StringBuilder> pool =
        ConnectionPool.<StringBuilder>builder(arguments -> new StringBuilder())
            .minSize(0)
            .maxSize(4)
            .build()) {
      Map<String, Object> before = pool.options();
      Map<String, Object> wanted = Map.of("maxSize", 9, "acquireTimeout", Duration.ofSeconds(1));

      List<OptionChange> expected = PoolOptions.preview(pool, wanted);
      assertThat(expected).hasSize(2);
      assertThat(pool.options()).isEqualTo(before);

      List<OptionChange> made = PoolOptions.change(pool, wanted);
      assertThat(made).isEqualTo(expected);
      assertThat(pool.maxSize()).isEqualTo(9);

      PoolOptions.undo(pool, made);
      assertThat(pool.options()).isEqualTo(before);
    }
  }

  @Test
  void changeOfATaskPoolIsPreviewed_madeAndUndone() {
    AdvancedPool pool = AdvancedPool.builder().minWorkers(0).maxWorkers(4).build();
    try {
      Map<String, Object> before = pool.options();

      assertThat(PoolOptions.preview(pool, Map.of("maxWorkers", 4, "minWorkers", 1)))
          .containsExactly(new OptionChange("minWorkers", 0, 1));
      assertThatThrownBy(() -> PoolOptions.change(pool, Map.of("minWorkers", 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("minWorkers is 5, but must be from 0 to maxWorkers, which is 4.");
      assertThat(pool.options()).isEqualTo(before);

      List<OptionChange> made = PoolOptions.change(pool, Map.of("maxWorkers", 9));
      assertThat(pool.maxWorkers()).isEqualTo(9);

      PoolOptions.undo(pool, made);
      assertThat(pool.options()).isEqualTo(before);
      assertThat(PoolOptions.change(pool, Map.of("maxWorkers", 4))).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void changeThatOnePoolRejects_changesNone() {
    AdvancedPool first = AdvancedPool.builder().minWorkers(0).maxWorkers(4).build();
    AdvancedPool second = AdvancedPool.builder().minWorkers(0).maxWorkers(4).build();
    try {
      Map<Object, Map<String, Object>> wanted = new LinkedHashMap<>();
      wanted.put(first, Map.of("maxWorkers", 9));
      wanted.put(second, Map.of("minWorkers", 5));

      assertThatThrownBy(() -> PoolOptions.changeAll(wanted))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(first.maxWorkers()).isEqualTo(4);
      assertThat(second.minWorkers()).isZero();

      wanted.put(second, Map.of("minWorkers", 3));
      assertThat(PoolOptions.changeAll(wanted)).containsOnlyKeys(first, second);
      assertThat(first.maxWorkers()).isEqualTo(9);
      assertThat(second.minWorkers()).isEqualTo(3);
    } finally {
      first.shutdownNow();
      second.shutdownNow();
    }
  }
}
