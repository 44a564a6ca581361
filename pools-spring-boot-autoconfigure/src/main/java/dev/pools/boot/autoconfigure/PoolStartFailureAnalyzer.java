package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.PoolStartException;
import dev.pools.connection.StartFailure;
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
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Shows why a pool has no first connections in place of a stack trace. */
class PoolStartFailureAnalyzer extends AbstractFailureAnalyzer<PoolStartException> {

  private static final int DEEPEST_CAUSE = 16;

  private final BeanFactory beans;
  private final Environment environment;

  PoolStartFailureAnalyzer(BeanFactory beans, Environment environment) {
    this.beans = beans;
    this.environment = environment;
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, PoolStartException cause) {
    Throwable root = cause;
    for (int i = 0; i < DEEPEST_CAUSE && root.getCause() != null; i++) {
      root = root.getCause();
    }
    String pool = cause.pool();
    if (cause.getCause() instanceof InterruptedException) {
      return new FailureAnalysis(
          "The application was stopped while its start waited for the first connections of the pool '%s'."
              .formatted(pool),
          "No action is needed.",
          cause);
    }
    return new FailureAnalysis(
        "The pool '%s' could not be started: its first connections cannot be opened.%n%n    Cause: %s"
            .formatted(pool, Faults.describe(root)),
        action(pool, cause),
        cause);
  }

  private String action(String pool, PoolStartException cause) {
    String property = PoolKind.CONNECTION.property(pool, "on-start-failure");
    String empty =
        "to start without connections and keep trying, set " + property + "=start-empty.";
    if (!isOfServer(cause)) {
      return "Correct %s, or what it needs. Or, %s".formatted(factoryOf(pool), empty);
    }
    ConnectionPoolProperties settings = settings(pool);
    return settings != null && settings.getOnStartFailure() == StartFailure.WAIT
        ? "Make its server reachable. To wait longer, raise %s (now %s); %s"
            .formatted(
                PoolKind.CONNECTION.property(pool, "start-timeout"),
                DurationStyle.SIMPLE.print(settings.getStartTimeout(), unit(settings)),
                empty)
        : "Make its server reachable. To wait for it, set %s=wait; %s".formatted(property, empty);
  }

  private static ChronoUnit unit(ConnectionPoolProperties settings) {
    return settings.getStartTimeout().toMillisPart() == 0 ? ChronoUnit.SECONDS : ChronoUnit.MILLIS;
  }

  /**
   * Binds again, because the beans of an application that failed to start do not exist any more.
   */
  private @Nullable ConnectionPoolProperties settings(String pool) {
    try {
      return new PoolsBinding(environment, PresentPools.NONE)
          .properties()
          .getConnection()
          .getInstances()
          .get(pool);
    } catch (RuntimeException unreadable) {
      return null;
    }
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
