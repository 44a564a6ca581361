package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.PoolStartException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a pool has no first connections in place of a stack trace. */
class PoolStartFailureAnalyzer extends AbstractFailureAnalyzer<PoolStartException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, PoolStartException cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new FailureAnalysis(
        "%s%n%n    Cause: %s".formatted(cause.getMessage(), root),
        "Make its server reachable, or, to start without connections and go on trying, set pools.connection.instances.%s.on-start-failure=start-empty."
            .formatted(cause.pool()),
        cause);
  }
}
