package dev.pools.boot.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.alarm.AlarmState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Raised at 10 after 15 s, cleared below 8 after 60 s. */
class AlarmStateTest {

  private static final Instant START = Instant.parse("2026-11-26T05:00:00Z");
  private static final double HIGH = 10;
  private static final double BETWEEN = 9;
  private static final double LOW = 7;

  private final AlarmState alarm = alarm(AlarmOptions.of(Map.of(AlarmRule.STUCK_TASKS, 10.0)));
  private int second;

  private static AlarmState alarm(AlarmOptions options) {
    AlarmRule rule = options.thresholds().keySet().iterator().next();
    return new AlarmState(rule, options.thresholds().get(rule), options);
  }

  private PoolAlarmEvent.@Nullable State look(AlarmState state, int after, double value) {
    second += after;
    return state.look(START.plusSeconds(second), TimeUnit.SECONDS.toNanos(second), value);
  }

  private void bringTo(Phase phase) {
    switch (phase) {
      case QUIET -> look(alarm, 0, LOW);
      case RISING -> look(alarm, 0, HIGH);
      case RAISED -> {
        bringTo(Phase.RISING);
        assertThat(look(alarm, 15, HIGH)).isEqualTo(PoolAlarmEvent.State.RAISED);
      }
      case FALLING -> {
        bringTo(Phase.RAISED);
        look(alarm, 5, LOW);
      }
    }
    assertThat(alarm.phase()).isEqualTo(phase);
  }

  /** Each phase, with each level, after a time that is too short and after one that is not. */
  @ParameterizedTest
  @CsvSource({
    "QUIET,   7,  5, QUIET,  ",
    "QUIET,   7, 99, QUIET,  ",
    "QUIET,   9, 99, QUIET,  ",
    "QUIET,  10,  5, RISING, ",
    "QUIET,  10, 99, RISING, ",
    "RISING,  7,  5, QUIET,  ",
    "RISING,  7, 99, QUIET,  ",
    "RISING,  9,  5, QUIET,  ",
    "RISING,  9, 99, QUIET,  ",
    "RISING, 10, 14, RISING, ",
    "RISING, 10, 15, RAISED, RAISED",
    "RAISED, 10, 99, RAISED, ",
    "RAISED,  9, 99, RAISED, ",
    "RAISED,  8, 99, RAISED, ",
    "RAISED,  7,  5, FALLING,",
    "RAISED,  7, 99, FALLING,",
    "FALLING,10, 99, RAISED, ",
    "FALLING, 9, 99, RAISED, ",
    "FALLING, 7, 59, FALLING,",
    "FALLING, 7, 60, QUIET,  CLEARED"
  })
  void eachPhaseWithEachValue(
      Phase from, double value, int after, Phase to, PoolAlarmEvent.@Nullable State told) {
    bringTo(from);
    assertThat(look(alarm, after, value)).isEqualTo(told);
    assertThat(alarm.phase()).isEqualTo(to);
  }

  /** A time without looks is no time for which a value has held. */
  @ParameterizedTest
  @CsvSource({
    "QUIET,   10, QUIET,  RISING",
    "RISING,  10, QUIET,  RISING",
    "RAISED,   7, RAISED, FALLING",
    "FALLING,  7, RAISED, FALLING"
  })
  void watchThatBeginsAnew(Phase from, double value, Phase to, Phase afterALook) {
    bringTo(from);
    alarm.beginAnew();
    assertThat(alarm.phase()).isEqualTo(to);
    assertThat(look(alarm, 3600, value)).isNull();
    assertThat(alarm.phase()).isEqualTo(afterALook);
  }

  @Test
  void peakThatEndsInTime_isNotTold() {
    for (int i = 0; i < 10; i++) {
      assertThat(look(alarm, 5, HIGH)).isNull();
      assertThat(look(alarm, 5, HIGH)).isNull();
      assertThat(look(alarm, 5, BETWEEN)).isNull();
    }
  }

  @Test
  void valueThatSwingsAroundItsThreshold_isToldOnce() {
    bringTo(Phase.RAISED);
    for (int i = 0; i < 10; i++) {
      assertThat(look(alarm, 30, BETWEEN)).isNull();
      assertThat(look(alarm, 30, HIGH)).isNull();
      assertThat(look(alarm, 30, LOW)).isNull();
    }
    assertThat(look(alarm, 60, LOW)).isEqualTo(PoolAlarmEvent.State.CLEARED);
    assertThat(look(alarm, 60, LOW)).isNull();
  }

  @Test
  void beginIsTheFirstLookAtTheThreshold_alsoForTheEnd() {
    look(alarm, 10, HIGH);
    look(alarm, 15, HIGH + 1);
    assertThat(alarm.since()).isEqualTo(START.plusSeconds(10));
    look(alarm, 5, LOW);
    look(alarm, 60, LOW);
    assertThat(alarm.since()).isEqualTo(START.plusSeconds(10));
    assertThat(alarm.lasted(START.plusSeconds(90))).isEqualTo(Duration.ofSeconds(80));
    assertThat(alarm.value()).isEqualTo(LOW);
  }

  @Test
  void timesOfZero_raiseAndClearWithOneLook() {
    AlarmState once =
        alarm(
            new AlarmOptions(
                Map.of(AlarmRule.SATURATION, 1.0),
                Duration.ofMinutes(1),
                Duration.ZERO,
                Duration.ZERO,
                1));
    assertThat(look(once, 0, 1)).isEqualTo(PoolAlarmEvent.State.RAISED);
    assertThat(look(once, 0, 0.99)).isEqualTo(PoolAlarmEvent.State.CLEARED);
  }

  @Test
  void countsAreThoseOfTheWindow() {
    WindowCount count = new WindowCount(TimeUnit.SECONDS.toNanos(60));
    assertThat(count.growth(0, 100)).as("nothing is known of the time before").isZero();
    assertThat(count.growth(seconds(5), 103)).isEqualTo(3);
    assertThat(count.growth(seconds(10), 104)).isEqualTo(4);
    assertThat(count.growth(seconds(60), 104)).isEqualTo(4);
    assertThat(count.growth(seconds(65), 104)).as("those of the first 5 s are out").isEqualTo(1);
    assertThat(count.growth(seconds(71), 104)).isZero();
    assertThat(count.growth(seconds(500), 110)).as("since the last look").isEqualTo(6);
  }

  @Test
  void countsOfAPoolThatIsNewAreThoseSinceItsCreation() {
    WindowCount count = new WindowCount(TimeUnit.SECONDS.toNanos(60));
    count.countFromZero();
    assertThat(count.growth(seconds(5), 6)).isEqualTo(6);
    assertThat(count.growth(seconds(10), 7)).isEqualTo(7);
    assertThat(count.growth(seconds(64), 7)).isEqualTo(7);
    assertThat(count.growth(seconds(65), 7)).as("those before the first look are out").isEqualTo(1);
    assertThat(count.growth(seconds(71), 7)).isZero();
  }

  @Test
  void counterThatBeginsAgain_addsToWhatWasCountedBefore() {
    WindowCount count = new WindowCount(TimeUnit.SECONDS.toNanos(60));
    count.growth(0, 100);
    assertThat(count.growth(seconds(5), 104)).isEqualTo(4);
    assertThat(count.growth(TimeUnit.MILLISECONDS.toNanos(5_100), 106)).isEqualTo(6);
    assertThat(count.growth(seconds(10), 105)).isEqualTo(6 + 105);
    assertThat(count.growth(seconds(15), 2)).isEqualTo(6 + 105 + 2);
    assertThat(count.growth(seconds(65), 2)).isEqualTo(2 + 105 + 2);
    assertThat(count.growth(seconds(75), 2)).isZero();
  }

  @Test
  void manyLooksWithinAWindow_areCountedCompletely() {
    WindowCount count = new WindowCount(TimeUnit.SECONDS.toNanos(60));
    for (int i = 0; i <= 600; i++) {
      long growth = count.growth(TimeUnit.MILLISECONDS.toNanos(100L * i), i);
      assertThat(growth).isEqualTo(i);
    }
    assertThat(count.growth(seconds(90), 600)).isBetween(299L, 311L);
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void otherOptions_goOnWithARaisedAlarm() {
    bringTo(Phase.RAISED);
    AlarmState higher = alarm(AlarmOptions.of(Map.of(AlarmRule.STUCK_TASKS, 100.0)));
    higher.follow(alarm);

    assertThat(higher.isRaised()).isTrue();
    assertThat(higher.since()).isEqualTo(alarm.since());
    assertThat(higher.value()).isEqualTo(HIGH);
    assertThat(look(higher, 5, HIGH)).isNull();
    assertThat(higher.phase()).isEqualTo(Phase.FALLING);
    assertThat(look(higher, 60, HIGH)).isEqualTo(PoolAlarmEvent.State.CLEARED);
    assertThat(higher.isRaised()).isFalse();
  }

  @Test
  void windowOfTheSameLength_goesOn_andAnotherOneBeginsAnew() {
    AlarmOptions options = AlarmOptions.of(Map.of(AlarmRule.LEAKS, 10.0));
    AlarmState counting = alarm(options);
    look(counting, 0, 0);
    look(counting, 5, 4);
    AlarmState same = alarm(options);
    same.follow(counting);
    AlarmState shorter =
        alarm(
            new AlarmOptions(
                options.thresholds(),
                Duration.ofSeconds(30),
                options.raiseAfter(),
                options.clearAfter(),
                options.clearAt()));
    shorter.follow(counting);

    look(same, 5, 6);
    look(shorter, 0, 6);
    assertThat(same.value()).isEqualTo(6);
    assertThat(shorter.value()).isZero();
  }
}
