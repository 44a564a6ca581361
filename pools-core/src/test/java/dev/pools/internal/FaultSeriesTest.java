package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultSeriesTest {

  /** A source of reports whose logger no other test uses. */
  private static final class Source {}

  private static final String LINE = "Pool '{}': a listener failed: {}";

  private final ManualTime time = new ManualTime();
  private final FaultSeries faults = new FaultSeries("series", time);
  private final LogOf log = new LogOf(Source.class);

  @AfterEach
  void stopListening() {
    log.close();
  }

  private void fail(Object code, @Nullable Throwable fault) {
    faults.error(Source.class, code, fault, LINE, faults.pool(), "it");
  }

  /** The warnings and errors. */
  private List<String> lines() {
    return log.warningsAbout("series");
  }

  @Test
  void firstOfAKindIsLoggedWithItsStack_andLaterOnesAreForDevelopers() {
    for (int i = 0; i < 1000; i++) {
      fail("code", new IllegalStateException("fault " + i));
    }

    assertThat(lines()).containsExactly("Pool 'series': a listener failed: it");
    ILoggingEvent first = log.about("series").get(0);
    assertThat(first.getLevel()).isEqualTo(Level.ERROR);
    assertThat(Objects.requireNonNull(first.getThrowableProxy()).getMessage()).isEqualTo("fault 0");
    assertThat(log.at(Level.DEBUG, "a listener failed: it")).hasSize(999);
  }

  @Test
  void lineAfterAMinuteSaysHowManyWereNotLogged() {
    for (int i = 0; i < 4; i++) {
      fail("code", new IllegalStateException());
    }
    time.advance(Duration.ofSeconds(59));
    fail("code", new IllegalStateException());
    assertThat(lines()).hasSize(1);

    time.advance(Duration.ofSeconds(1));
    fail("code", new IllegalStateException());
    fail("code", new IllegalStateException());
    time.advance(Duration.ofMinutes(1));
    fail("code", new IllegalStateException());

    assertThat(lines())
        .containsExactly(
            "Pool 'series': a listener failed: it",
            "Pool 'series': a listener failed: it. Since the last such line this has happened 4 more times, which is logged at DEBUG",
            "Pool 'series': a listener failed: it. Since the last such line this has happened 1 more time, which is logged at DEBUG");
  }

  @Test
  void faultThatIsRareIsLoggedEachTime() {
    for (int i = 0; i < 3; i++) {
      fail("code", new IllegalStateException());
      time.advance(Duration.ofMinutes(1));
    }

    assertThat(lines()).hasSize(3).allMatch(line -> line.endsWith("failed: it"));
  }

  @Test
  void otherCodeOtherFaultsAndOtherLinesAreOtherKinds() {
    fail("code", new IllegalStateException());
    fail(42, new IllegalStateException());
    fail("code", new IllegalArgumentException());
    faults.warn(Source.class, "code", new IllegalStateException(), "Pool '{}': more", "series");
    faults.warn(Source.class, null, null, "Pool '{}': no code, no fault", "series");

    assertThat(lines()).hasSize(5);
    assertThat(log.at(Level.WARN, "more")).hasSize(1);
  }

  @Test
  void kindsBeyondTheMostHaveOneInCommon_untilTheOthersAreOver() {
    for (int i = 0; i < 3 * FaultSeries.MOST_KINDS; i++) {
      faults.error(Source.class, null, null, "Pool '{}': line " + i, "series");
    }
    assertThat(lines()).hasSize(FaultSeries.MOST_KINDS + 1);

    time.advance(Duration.ofMinutes(1));
    faults.error(Source.class, null, null, "Pool '{}': one more", "series");
    faults.error(Source.class, null, null, "Pool '{}': another", "series");

    assertThat(lines()).hasSize(FaultSeries.MOST_KINDS + 3).contains("Pool 'series': another");
  }

  @Test
  void ofFaultsThatThreadsMeetTogetherOneIsLogged_andAllAreCounted() throws Exception {
    TestThreads.run(
        4,
        number -> {
          for (int fault = 0; fault < 1000; fault++) {
            fail("code", new IllegalStateException());
          }
        });
    time.advance(Duration.ofMinutes(1));
    fail("code", new IllegalStateException());

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("3999 more times");
  }

  @Test
  void reportThatFindsNoMemoryThrowsNothing() {
    FaultSeries without =
        new FaultSeries(
            "series",
            new ManualTime() {
              @Override
              public long nanoTime() {
                throw new OutOfMemoryError("a test");
              }
            });

    assertThatCode(() -> without.error(Source.class, null, null, "Pool '{}'", "series"))
        .doesNotThrowAnyException();
    assertThatCode(() -> without.warn(Source.class, null, null, "Pool '{}'", "series"))
        .doesNotThrowAnyException();
  }
}
