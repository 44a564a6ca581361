package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How figures are told. */
class SentencesTest {

  @Test
  void durationsHaveTheUnitThatFits() {
    assertThat(Sentences.duration(Duration.ofNanos(900))).isEqualTo("0 ms");
    assertThat(Sentences.duration(Duration.ofNanos(7_000))).isEqualTo("7 µs");
    assertThat(Sentences.duration(Duration.ofMillis(42))).isEqualTo("42 ms");
    assertThat(Sentences.duration(Duration.ofMillis(2_500))).isEqualTo("2.5 s");
    assertThat(Sentences.duration(Duration.ofSeconds(119))).isEqualTo("119 s");
    assertThat(Sentences.duration(Duration.ofMinutes(4))).isEqualTo("4 min");
  }

  @Test
  void rangeOfEqualFiguresIsOneFigure() {
    Duration wait = Duration.ofMillis(3);

    assertThat(Sentences.range(new Forecast.Wait(wait, wait, wait))).isEqualTo("3 ms");
    assertThat(Sentences.range(new Forecast.Wait(wait, wait, wait.multipliedBy(2))))
        .isEqualTo("3 ms to 6 ms");
    assertThat(Sentences.range(new Forecast.Share(0.5, 0.5, 0.501))).isEqualTo("50 %");
    assertThat(Sentences.range(new Forecast.Share(0.5, 0.5, 0.7))).isEqualTo("50 % to 70 %");
  }
}
