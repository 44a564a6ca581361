package dev.pools.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.Forecast;
import dev.pools.advice.Observed;
import dev.pools.advice.Prediction;
import dev.pools.advice.Prediction.Grade;
import dev.pools.advice.Scorecard;
import dev.pools.task.PoolStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AdvisedPoolTest {

  private final Looks.Tasks pool = new Looks.Tasks();
  private final List<Integer> asked = new ArrayList<>();
  private @Nullable Prediction answer;
  private @Nullable Scorecard card;
  private int cards;
  private int read;
  private long nowNanos;

  private final Deque<Runnable> later = new ArrayDeque<>();
  private boolean isLater;

  private final AdvisedPool advised =
      new AdvisedPool(
          "reports",
          pool,
          () -> {
            read++;
            return pool.stats();
          },
          new TaskRules(() -> -1, 2),
          new Proposals(
              setting -> "pools.advanced.instances.reports." + setting,
              workers -> {
                asked.add(workers);
                return answer;
              }),
          new ResizeFollowUp(
              () -> {
                cards++;
                return card;
              }),
          () -> nowNanos,
          work -> {
            later.add(work);
            if (!isLater) {
              later.remove().run();
            }
          });

  private static Prediction prediction(Grade grade, @Nullable Duration p99) {
    Duration past = Duration.ofSeconds(3);
    Observed observed =
        new Observed(3, Duration.ofMinutes(4), 9000, 1, past, past, 0, Duration.ofMillis(40), 3);
    Forecast forecast = p99 == null ? null : forecast(p99);
    return new Prediction(5, observed, grade, p99 == null ? "it drifts" : "", forecast);
  }

  private static Forecast forecast(Duration p99) {
    Forecast.Wait wait = new Forecast.Wait(p99, p99, p99);
    return new Forecast(new Forecast.Share(0.7, 0.8, 0.9), wait, wait, 0, null);
  }

  private void overload(int looks) {
    for (int i = 0; i < looks; i++) {
      nowNanos += Duration.ofSeconds(5).toNanos();
      pool.active = pool.maxWorkers;
      pool.submitted += 130;
      pool.completed += 100;
      pool.queued = 500;
      pool.oldestWait = Duration.ofSeconds(9);
      advised.look(pool.stats());
    }
  }

  private Advice only() {
    List<Advice> all = advised.advice();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  @Test
  void adviceNamesTheSettingWithItsValue_andWhatItWouldHaveDone() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    overload(30);
    Advice advice = only();
    assertThat(advice.property()).isEqualTo("pools.advanced.instances.reports.max-workers=5");
    assertThat(advice.prediction()).contains("With 5 it would have been 90 ms");
    assertThat(advice.sentence())
        .isEqualTo(advice.toString())
        .startsWith("saturated: In the last 2 min")
        .contains("Set pools.advanced.instances.reports.max-workers=5 (now 3) if");
    assertThat(advice.change()).isEqualTo(Map.of("maxWorkers", 5));
    assertThat(advice.current()).isEqualTo(Map.of("maxWorkers", 3));
    assertThat(advised.rules()).containsExactly(AdviceRule.SATURATED);
  }

  @Test
  void refusalIsToldWithItsReason() {
    answer = prediction(Grade.NONE, null);
    overload(30);
    assertThat(only().property()).endsWith("max-workers=5");
    assertThat(only().prediction()).contains("cannot be said: it drifts");
    assertThat(only().cure()).endsWith("Nothing confirms yet that this helps.");
  }

  @Test
  void numberThatWouldNotHaveHelpedIsNotProposed() {
    answer = prediction(Grade.GOOD, Duration.ofSeconds(3));
    overload(30);
    assertThat(only().property()).isNull();
    assertThat(only().change()).isEmpty();
    assertThat(only().cure()).startsWith("More workers would not have helped");
  }

  @Test
  void predictionIsComputedWhenItIsShown_andOnceInAWindow() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    overload(20);
    assertThat(asked).as("no advice yet").isEmpty();
    overload(10);
    assertThat(asked).as("the log").containsExactly(5);
    for (int i = 0; i < 20; i++) {
      overload(1);
      assertThat(advised.advice()).hasSize(1);
    }
    assertThat(asked).hasSize(1);
    overload(60);
    assertThat(asked).as("no one has asked").hasSize(1);
    advised.advice();
    assertThat(asked).hasSize(2);
  }

  @Test
  void healthDoesNotWaitForAPrediction_andHasItLater() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    isLater = true;
    overload(30);
    later.clear();
    for (int i = 0; i < 3; i++) {
      assertThat(advised.adviceSoFar())
          .singleElement()
          .satisfies(
              advice -> {
                assertThat(advice.property()).endsWith("max-workers=5");
                assertThat(advice.prediction()).isNull();
              });
    }
    assertThat(asked).isEmpty();
    assertThat(later).as("one thread at a time").hasSize(1);
    later.remove().run();
    assertThat(asked).containsExactly(5);
    assertThat(advised.adviceSoFar())
        .singleElement()
        .satisfies(advice -> assertThat(advice.prediction()).contains("it would have been 90 ms"));
    assertThat(later).isEmpty();
    overload(61);
    assertThat(advised.adviceSoFar())
        .as("the old one, until there is a new one")
        .singleElement()
        .satisfies(advice -> assertThat(advice.prediction()).isNotNull());
    assertThat(later).hasSize(1);
  }

  @Test
  void predictionThatNoOneComputesAgainIsDropped() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    overload(30);
    assertThat(first().prediction()).isNotNull();

    overload(12 * 14);
    assertThat(first().prediction()).as("the old one, until there is a new one").isNotNull();
    overload(12);
    assertThat(first().prediction()).as("of a quarter of an hour ago").isNull();
    assertThat(first().property()).endsWith("max-workers=5");
    assertThat(only().prediction()).as("a new one").isNotNull();
    assertThat(asked).hasSize(2);
  }

  private Advice first() {
    return Objects.requireNonNull(advised.first(rule -> true));
  }

  @Test
  void predictionOfAnotherSizeIsNotShown() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    isLater = true;
    overload(30);
    pool.maxWorkers = 4;
    advised.changed();
    later.remove().run();
    assertThat(asked).as("the log asks before the resize only").isEmpty();
    overload(30);
    assertThat(advised.adviceSoFar().get(0).prediction()).isNull();
  }

  @Test
  void predictionThatFailsIsReportedOnceInAWindow(CapturedOutput log) {
    AdvisedPool fails =
        new AdvisedPool(
            "fails",
            pool,
            pool::stats,
            new TaskRules(() -> -1, 2),
            new Proposals(
                setting -> setting,
                workers -> {
                  throw new IllegalStateException("no memory");
                }),
            null,
            () -> nowNanos,
            Runnable::run);
    for (int i = 0; i < 40; i++) {
      overload(1);
      fails.look(pool.stats());
      fails.adviceSoFar();
    }
    assertThat(fails.adviceSoFar()).hasSize(1);
    assertThat(log).containsOnlyOnce("Pool 'fails': a prediction for advice failed");
  }

  @Test
  void lookThatAnotherOneHasOvertakenIsLeftOut() {
    AdvisedPool slow =
        new AdvisedPool(
            "slow",
            pool,
            () -> {
              PoolStats old = pool.stats();
              nowNanos += Duration.ofSeconds(30).toNanos();
              pool.maxWorkers = 7 + read++ % 2;
              overtake();
              return old;
            },
            new TaskRules(() -> -1, 2),
            new Proposals(setting -> setting, workers -> null),
            null,
            () -> nowNanos,
            Runnable::run);
    overtaking = slow;
    for (int i = 0; i < 6; i++) {
      slow.look();
      nowNanos += Duration.ofSeconds(30).toNanos();
    }
    assertThat(slow.advice())
        .singleElement()
        .satisfies(flapping -> assertThat(flapping.figures()).contains("between 7 and 8"));
  }

  private @Nullable AdvisedPool overtaking;

  private void overtake() {
    Objects.requireNonNull(overtaking).look(pool.stats());
  }

  @Test
  void whatCanWaitIsLoggedOnceADay_asInformation(CapturedOutput log) {
    pool.minWorkers = 20;
    pool.maxWorkers = 40;
    pool.workers = 20;
    for (int i = 0; i < 26 * 120; i++) {
      nowNanos += Duration.ofSeconds(30).toNanos();
      advised.look(pool.stats());
    }
    assertThat(log.getOut().lines().filter(line -> line.contains("oversized: In the last 24 h")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("INFO").endsWith("when more are needed."));
    assertThat(only().change()).isEqualTo(Map.of("minWorkers", 1));
  }

  @Test
  void valueThatThePoolHasAlreadyIsNoChange() {
    for (int limit : List.of(9, 4, 9, 4, 9)) {
      pool.maxWorkers = limit;
      nowNanos += Duration.ofSeconds(30).toNanos();
      advised.look(pool.stats());
    }
    assertThat(only().property()).endsWith("max-workers=9");
    assertThat(only().change()).isEmpty();
  }

  @Test
  void changeThatWasPredictedAnnouncesItsComparison() {
    answer = prediction(Grade.GOOD, Duration.ofMillis(90));
    overload(30);
    pool.maxWorkers = 5;
    advised.changed();
    assertThat(only().sentence())
        .isEqualTo(
            "resized: max-workers is 5 now. The comparison with the prediction follows when 4,000"
                + " tasks have arrived; 0 have arrived so far.");
    assertThat(advised.rules()).containsExactly(AdviceRule.RESIZED);
    overload(10);
    assertThat(only().sentence()).contains("; 1,300 have arrived so far");
    pool.maxWorkers = 4;
    advised.changed();
    assertThat(advised.advice()).as("nothing was said about 4").isEmpty();
    assertThat(advised.rules()).isEmpty();
  }

  @Test
  void logHasEachRuleOnceAnHour(CapturedOutput log) {
    overload(12 * 59);
    assertThat(log.getOut().split("Pool 'reports': advice: saturated", -1)).hasSize(2);
    overload(12 * 5);
    assertThat(log.getOut().split("Pool 'reports': advice: saturated", -1)).hasSize(3);
  }

  @Test
  void looksThatFollowEachOtherClosely_doNotReadThePool() {
    for (int i = 0; i < 100; i++) {
      advised.look();
    }
    assertThat(read).isEqualTo(1);
    nowNanos += Duration.ofSeconds(4).toNanos();
    advised.advice();
    assertThat(read).isEqualTo(2);
  }

  @Test
  void adviceIsNotRepeatedWhenNoOneHasLookedForAMinute() {
    overload(30);
    assertThat(advised.rules()).isNotEmpty();
    nowNanos += Duration.ofSeconds(61).toNanos();
    assertThat(advised.rules()).isEmpty();
    assertThat(advised.advice()).isEmpty();
  }

  @Test
  void resizeAsksForTheScorecard_onceEnoughTasksHaveCome(CapturedOutput log) {
    overload(30);
    pool.maxWorkers = 5;
    overload(10);
    assertThat(cards).as("a minute has not passed").isZero();
    overload(19);
    assertThat(cards).as("too few tasks").isZero();
    overload(3);
    assertThat(cards).isEqualTo(1);
    card =
        new Scorecard(
            prediction(Grade.GOOD, Duration.ofMillis(90)),
            prediction(Grade.GOOD, Duration.ofMillis(90)).observed(),
            false,
            false,
            false,
            0.64,
            true);
    overload(12);
    assertThat(advised.advice())
        .last()
        .satisfies(
            advice -> {
              assertThat(advice.rule()).isEqualTo(AdviceRule.RESIZED);
              assertThat(advice.sentence())
                  .startsWith("resized: With 5 workers instead of 3: predicted")
                  .contains("they share a limit behind this pool");
            });
    assertThat(advised.rules()).last().isEqualTo(AdviceRule.RESIZED);
    assertThat(log).contains("Pool 'reports': after the resize: With 5 workers");
    overload(40);
    assertThat(cards).as("asked until it was there").isEqualTo(2);
    nowNanos += Duration.ofDays(1).toNanos();
    assertThat(advised.advice()).as("of yesterday").isEmpty();
    pool.maxWorkers = 6;
    overload(1);
    assertThat(advised.advice()).as("that of another size").isEmpty();
  }

  @Test
  void scorecardThatIsNeverThereIsNotAskedForForLong() {
    overload(1);
    pool.maxWorkers = 5;
    overload(12 * 180);
    assertThat(cards).isEqualTo(60);
  }

  @Test
  void standInOfATestHasNoAdvice() {
    AdvisedPool none =
        new AdvisedPool(
            "none",
            this,
            () -> null,
            new TaskRules(() -> -1, 2),
            new Proposals(setting -> setting, workers -> null),
            null,
            () -> nowNanos,
            Runnable::run);
    none.look();
    assertThat(none.advice()).isEmpty();
    assertThat(none.rules()).isEmpty();
    assertThat(none.isOf(this)).isTrue();
  }

  @Test
  void settingOfABuilderIsNamedAsACall() {
    assertThat(Words.property("maxWorkers of its builder", 8))
        .isEqualTo("maxWorkers of its builder to 8");
    assertThat(Words.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    assertThat(Words.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
  }
}
