package dev.pools.test;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;

/**
 * Assertions about pools, to be imported statically beside those of AssertJ:
 *
 * <pre>{@code
 * import static org.assertj.core.api.Assertions.assertThat;
 * import static dev.pools.test.PoolAssertions.assertThat;
 *
 * assertThat(pool).hasNoLeaks().hasTimeouts(0);
 * }</pre>
 */
public final class PoolAssertions {

  private PoolAssertions() {}

  /** Starts assertions about a task pool. */
  public static TaskPoolAssert assertThat(AdvancedPool actual) {
    return new TaskPoolAssert(actual);
  }

  /** Starts assertions about the pool of a {@link ManualTaskPool}. */
  public static TaskPoolAssert assertThat(ManualTaskPool actual) {
    return new TaskPoolAssert(actual.pool());
  }

  /** Starts assertions about a connection pool. */
  public static ConnectionPoolAssert assertThat(ConnectionPool<?> actual) {
    return new ConnectionPoolAssert(actual);
  }
}
