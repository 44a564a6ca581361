package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller whose call finds no memory inside of a pool gets its error, and the pool lives on. */
@Tag("heavy")
class FullHeapTest {

  private static final long MOST_MINUTES = 8;

  /** A JVM without memory gives no guarantee inside of its own classes. */
  private static final int MOST_BROKEN_CALLS = 2;

  @Test
  @Timeout(value = MOST_MINUTES + 1, unit = TimeUnit.MINUTES)
  void poolLivesOnAfterCallsThatFindNoMemory() throws Exception {
    List<String> lines =
        ChildJvm.run(
                FullHeap.class,
                Duration.ofMinutes(MOST_MINUTES),
                List.of("-Xmx8m", "-XX:+UseSerialGC"))
            .lines();

    assertThat(lines).anyMatch(line -> line.contains("all tried"));
    assertThat(lines.stream().filter(line -> line.contains("broken by ")))
        .hasSizeLessThanOrEqualTo(MOST_BROKEN_CALLS);
  }
}
