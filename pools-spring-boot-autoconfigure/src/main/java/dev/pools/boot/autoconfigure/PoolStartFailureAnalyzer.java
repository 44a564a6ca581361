package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.PoolStartException;
import dev.pools.internal.Faults;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows why a pool has no first connections in place of a stack trace. */
class PoolStartFailureAnalyzer extends AbstractFailureAnalyzer<PoolStartException> {

  private static final int DEEPEST_CAUSE = 16;

  private final BeanFactory beans;

  PoolStartFailureAnalyzer(BeanFactory beans) {
    this.beans = beans;
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, PoolStartException cause) {
    Throwable root = cause;
    for (int i = 0; i < DEEPEST_CAUSE && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String pool = cause.pool();
    return new FailureAnalysis(
        "The pool '%s' could not be started: its first connections cannot be made.%n%n    Cause: %s"
            .formatted(pool, Faults.describe(root)),
        action(pool, cause),
        cause);
  }

  private String action(String pool, PoolStartException cause) {
    String property = PoolKind.CONNECTION.property(pool, "on-start-failure");
    return isOfServer(cause)
        ? "Make its server reachable, or, to start without connections and go on trying, set %s=start-empty."
            .formatted(property)
        : "Correct %s, or what it needs. To start without connections and go on trying, set %s=start-empty."
            .formatted(factoryOf(pool), property);
  }

  private String factoryOf(String pool) {
    String factory =
        beans instanceof ConfigurableListableBeanFactory listable
            ? PoolBeanRegistrar.factoryOf(pool, listable)
            : null;
    return factory == null
        ? "its connection factory"
        : "the bean '%s', which opens its connections".formatted(factory);
  }

  /** Whether a server was not there, or did not answer; not whether it was asked wrongly. */
  private static boolean isOfServer(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
      if (cause instanceof SQLException sql) {
        return isOfServer(sql);
      }
      if (cause instanceof TimeoutException || isOfNetwork(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isOfServer(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLTransientConnectionException
        || failure instanceof SQLNonTransientConnectionException
        || failure instanceof SQLRecoverableException
        || (state != null && (state.startsWith("08") || state.startsWith("57P")))
        || (failure.getCause() != null && isOfServer(failure.getCause()));
  }

  private static boolean isOfNetwork(Throwable cause) {
    if (cause instanceof UnknownHostException || cause instanceof EOFException) {
      return true;
    }
    return cause instanceof IOException
        && !(cause instanceof FileSystemException)
        && !(cause instanceof FileNotFoundException)
        && !(cause instanceof ZipException)
        && !(cause instanceof SSLException);
  }
}
