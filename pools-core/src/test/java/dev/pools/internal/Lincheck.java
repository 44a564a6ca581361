package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * What the tests with Lincheck share: where it can work at all, and bugs that it must find, because
 * a checker that cannot look into the code would report success.
 */
public final class Lincheck {

  /** More than enough: the search ends when the bug is found. */
  private static final int ITERATIONS = 100;

  private Lincheck() {}

  /**
   * Before 21 the JDK forgets the names of parameters when a class is instrumented (JDK-8240908),
   * and with them what other tests in the same JVM bind by.
   */
  public static void assumeNamesSurvive() {
    assumeTrue(Runtime.version().feature() >= 21, "instrumenting spoils other tests before JDK 21");
  }

  /** A walk through the interleavings finds the bug. */
  public static void assertFinds(ModelCheckingOptions interleavings, Class<?> withBug) {
    ModelCheckingOptions options =
        interleavings.iterations(ITERATIONS).minimizeFailedScenario(false);
    assertThatThrownBy(() -> options.check(withBug)).isInstanceOf(LincheckAssertionError.class);
  }

  /** A race of threads finds the bug. */
  public static void assertFinds(StressOptions races, Class<?> withBug) {
    StressOptions options =
        races.iterations(ITERATIONS).invocationsPerIteration(10_000).minimizeFailedScenario(false);
    assertThatThrownBy(() -> options.check(withBug)).isInstanceOf(LincheckAssertionError.class);
  }
}
