package dev.pools.boot.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pools.boot.endpoint.PoolType;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmOptionsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest
  @CsvSource({
    "QUEUE_AGE,   -1,   'alarms.queue-age is PT-1S, but must be positive.'",
    "QUEUE_AGE,   0,    'alarms.queue-age is PT0S, but must be positive.'",
    "SATURATION,  0,    'alarms.saturation is 0.0, but must be from 0.01 to 1.'",
    "SATURATION,  80,   'alarms.saturation is 80.0, but must be from 0.01 to 1.'",
    "REJECTIONS,  0,    'alarms.rejections is 0, but must be at least 1.'",
    "TIMEOUTS,    -5,   'alarms.timeouts is -5, but must be at least 1.'",
    "STUCK_TASKS, 0,    'alarms.stuck-tasks is 0, but must be at least 1.'",
    "LEAKS,       0,    'alarms.leaks is 0, but must be at least 1.'"
  })
  void thresholdsOutOfTheirRange_areNamedWithRangeAndCure(
      AlarmRule rule, double threshold, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AlarmOptions.of(Map.of(rule, threshold)))
        .withMessage(message + " Remove it to turn the alarm off.");
  }

  @Test
  void timesOutOfTheirRange_areNamedWithTheRange() {
    Duration tooLong = Duration.ofHours(1).plusNanos(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AlarmOptions(Map.of(), Duration.ZERO, MINUTE, MINUTE, 1))
        .withMessageStartingWith("alarms.window is PT0S, but must be from PT1S to PT1H.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AlarmOptions(Map.of(), MINUTE, tooLong, MINUTE, 1))
        .withMessageStartingWith("alarms.raise-after is PT1H0.000000001S, but must be from PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AlarmOptions(Map.of(), MINUTE, MINUTE, MINUTE.negated(), 1))
        .withMessageStartingWith("alarms.clear-after is PT-1M, but must be from PT0S to PT1H.");
    for (double share : new double[] {0, 1.1, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new AlarmOptions(Map.of(), MINUTE, MINUTE, MINUTE, share))
          .withMessageStartingWith("alarms.clear-at is " + share + ", but must be from 0.01 to 1.");
    }
    assertThat(AlarmOptions.NONE.isEmpty()).isTrue();
  }

  @Test
  void rulesSayWhichPoolsHaveThem() {
    for (AlarmRule rule : AlarmRule.values()) {
      assertThat(rule.appliesTo(PoolType.ADVANCED)).isEqualTo(rule != AlarmRule.LEAKS);
      assertThat(rule.appliesTo(PoolType.CONNECTION)).isEqualTo(rule != AlarmRule.STUCK_TASKS);
    }
    try (AdvancedPool pool = AdvancedPool.create()) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new AlarmedPool(
                      "tasks", pool, AlarmOptions.of(Map.of(AlarmRule.LEAKS, 1.0)), name -> name))
          .withMessage("alarms.leaks is set, but no advanced pool has this alarm. Remove it.");
    }
  }

  @Test
  void valuesHaveTheirUnit() {
    assertThat(AlarmRule.QUEUE_AGE.text(0.25)).isEqualTo("250 ms");
    assertThat(AlarmRule.QUEUE_AGE.text(12.34)).isEqualTo("12.34 s");
    assertThat(AlarmRule.SATURATION.text(1)).isEqualTo("100 %");
    assertThat(AlarmRule.SATURATION.text(0.955)).isEqualTo("95.5 %");
    assertThat(AlarmRule.LEAKS.text(3)).isEqualTo("3");
  }
}
