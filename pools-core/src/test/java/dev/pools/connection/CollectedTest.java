package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.time.Duration;
import org.awaitility.Awaitility;

/** What nothing holds any more is collected. */
class CollectedTest extends ConnectionTestBase {

  static void assertCollected(Reference<?> reference) {
    Awaitility.await("the garbage collector takes it")
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              System.gc();
              return reference.get() == null;
            });
    assertThat(reference.get()).isNull();
  }
}
