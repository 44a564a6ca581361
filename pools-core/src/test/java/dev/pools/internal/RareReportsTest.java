package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What could be logged for each call is logged once in a minute. */
class RareReportsTest {

  private final ManualTime time = new ManualTime();
  private final RareReports reports = new RareReports(time);

  @Test
  void oneReportInAMinute_saysHowManyWereLeftOut() {
    assertThat(reports.next()).isZero();
    assertThat(reports.next()).isEqualTo(RareReports.LEFT_OUT);
    time.advance(Duration.ofSeconds(59));
    assertThat(reports.next()).isEqualTo(RareReports.LEFT_OUT);

    time.advance(Duration.ofSeconds(1));

    assertThat(reports.next()).isEqualTo(2);
    time.advance(Duration.ofMinutes(1));
    assertThat(reports.next()).isZero();
  }

  @Test
  void warningsThatAreLeftOut_areLoggedForDevelopersAndCounted() {
    try (LogOf log = new LogOf(RareReportsTest.class)) {
      for (int minute = 0; minute < 2; minute++) {
        for (int i = 0; i < 3; i++) {
          reports.warn(RareReportsTest.class, null, "Pool '{}' failed", "p");
        }
        time.advance(Duration.ofMinutes(1));
      }
      reports.error(RareReportsTest.class, null, "Pool '{}' failed", "p");

      assertThat(log.at(Level.DEBUG, "")).hasSize(4).containsOnly("Pool 'p' failed");
      assertThat(log.at(Level.WARN, ""))
          .containsExactly(
              "Pool 'p' failed",
              "Pool 'p' failed. Since the last such line this has happened 2 more times, which is logged at DEBUG");
      assertThat(log.at(Level.ERROR, "2 more times")).hasSize(1);
    }
  }
}
