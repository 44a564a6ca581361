package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class LongerThanTest {

  private static final long USUAL = 20_000_000;

  @Test
  void limitIsReadInEachUnitThatSettingsKnow() {
    assertThat(LongerThan.nanos("7 ns")).isEqualTo(7);
    assertThat(LongerThan.nanos("7us")).isEqualTo(7_000);
    assertThat(LongerThan.nanos(" 7 ms ")).isEqualTo(7_000_000);
    assertThat(LongerThan.nanos("7 s")).isEqualTo(7_000_000_000L);
    assertThat(LongerThan.nanos("2 m")).isEqualTo(120_000_000_000L);
    assertThat(LongerThan.nanos("1 h")).isEqualTo(3_600_000_000_000L);
    assertThat(LongerThan.nanos("1 d")).isEqualTo(86_400_000_000_000L);
  }

  @Test
  void whatIsNoDurationIsTheUsualLimit() {
    assertThat(LongerThan.nanos("")).isEqualTo(USUAL);
    assertThat(LongerThan.nanos("soon")).isEqualTo(USUAL);
    assertThat(LongerThan.nanos("7 weeks")).isEqualTo(USUAL);
    assertThat(LongerThan.nanos("1111111111111111111111 ms")).isEqualTo(USUAL);
  }

  @Test
  void ofSeveralRecordingsTheLeastLimitCounts() {
    LongerThan limit = new LongerThan();
    assertThat(limit.getValue()).isEqualTo("20 ms");
    assertThat(limit.nanos()).isEqualTo(USUAL);
    assertThat(limit.combine(Set.of("1 s", "3 ms", "9 ms"))).isEqualTo("3 ms");
    assertThat(limit.combine(Set.of())).isEqualTo("20 ms");
    limit.setValue("3 ms");
    assertThat(limit.getValue()).isEqualTo("3 ms");
    assertThat(limit.nanos()).isEqualTo(3_000_000);
  }
}
