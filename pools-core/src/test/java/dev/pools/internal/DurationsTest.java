package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S,               0 s",
    "PT0.00000001S,      0 ms",
    "PT0.0005S,          0.5 ms",
    "PT0.001S,           1 ms",
    "PT0.8509S,          850 ms",
    "PT1S,               1 s",
    "PT12.5S,            12.5 s",
    "PT1M59S,            119 s",
    "PT2M,               2 min",
    "PT3M20.9S,          3 min 20 s",
    "PT1H,               60 min",
    "PT2H,               2 h",
    "PT26H5M9S,          26 h 5 min",
    "PT48H,              2 d",
    "PT51H59M,           2 d 3 h",
    "PT-1S,              -1 s"
  })
  void durationIsWrittenInTheLargestUnitsThatFit(Duration duration, String text) {
    assertThat(Durations.text(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT1.25S, 1.25 s", "PT1.251S, 1.251 s", "PT1.2512S, 1.3 s", "PT30.000987S, 30 s"})
  void wholeMillisecondsAreExact_andWhatWasMeasuredIsRounded(Duration duration, String text) {
    assertThat(Durations.text(duration)).isEqualTo(text);
  }

  @Test
  void longestDurationHasAText() {
    assertThat(Durations.text(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999)))
        .isEqualTo("106751991167300 d 15 h");
    assertThat(Durations.ofNanos(Long.MIN_VALUE)).isEqualTo("-106751 d 23 h");
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,         0s",
    "PT0.5S,       500ms",
    "PT-0.001S,    -1ms",
    "PT5S,         5s",
    "PT10M,        10m",
    "PT2H,         2h",
    "PT0.000001S,  1000ns",
    "PT1.0000001S, PT1.0000001S"
  })
  void durationIsTypedAsSettingsAre(Duration duration, String typed) {
    assertThat(Durations.typed(duration)).isEqualTo(typed);
  }

  @Test
  void whatCannotBeTypedStaysAsItIs() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 1_000_000);
    assertThat(Durations.typed(longest)).isEqualTo(longest.toString());
    assertThat(Durations.withTyped("is PT-5S, not PTS, but must be from PT1S to PT1H."))
        .isEqualTo("is -5s, not PTS, but must be from 1s to 1h.");
  }
}
