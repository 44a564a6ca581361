package dev.pools.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.PoolState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule speaks about its trouble, and is silent about all that looks like it. */
class TaskRulesTest {

  private final Looks.Tasks pool = new Looks.Tasks();
  private long nowNanos = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();
  private long cpuNanos;
  private final TaskRules rules = new TaskRules(() -> cpuNanos, 2);

  /** Looks several times; before each look the pool moves on. */
  private List<Finding> look(int times, int everySeconds, IntConsumer move) {
    for (int i = 0; i < times; i++) {
      nowNanos += Duration.ofSeconds(everySeconds).toNanos();
      move.accept(i);
      rules.add(rules.read(pool.stats(), nowNanos));
    }
    return rules.findings(nowNanos);
  }

  /** 13 tasks arrive and 10 finish in 7 s. */
  private void overload(int i) {
    pool.active = pool.maxWorkers;
    pool.submitted += 13;
    pool.completed += 10;
    pool.queued = 40 + 3 * i;
    pool.oldestWait = Duration.ofSeconds(9);
  }

  @Test
  void overloadedPoolIsSaturated_andTheNumberFollowsFromWhatCame() {
    assertThat(look(30, 7, this::overload))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.SATURATED);
              assertThat(Looks.settings(finding)).isEqualTo("max-workers=5");
              assertThat(finding.window()).isEqualTo(Duration.ofSeconds(203));
              assertThat(finding.figures())
                  .isEqualTo(
                      "In the last 3 min 23 s (30 looks) all 3 workers were busy and tasks waited in"
                          + " 100 % of the looks; 377 tasks arrived, 290 finished, and 0 were rejected or"
                          + " expired. 127 wait now, the oldest for 9 s.");
              assertThat(finding.cure()).startsWith("Set %s (now 3)");
            });
  }

  @Test
  void largeNumbersAreWrittenInOneWay_inEachLanguageOfTheMachine() {
    Locale usual = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);

      List<Finding> found =
          look(
              30,
              7,
              i -> {
                overload(i);
                pool.submitted += 1_300;
                pool.completed += 1_000;
                pool.rejected += 100;
                pool.queued = 4_000;
              });

      assertThat(found)
          .singleElement()
          .extracting(Finding::figures)
          .asString()
          .contains(
              "; 40,977 tasks arrived, 29,290 finished, and 2,900 were rejected or expired. 4,000 wait now");
    } finally {
      Locale.setDefault(usual);
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 100, 100, 5", "4, 900, 100, 8", "1, 1, 1, 2", "1000000, 9, 1, 1000000"})
  void proposalIsAtLeastOneMore_andAtMostTwice(int workers, long came, long ended, int proposed) {
    assertThat(SaturatedTasks.proposed(workers, came, ended)).isEqualTo(proposed);
  }

  @Test
  void busyProcessorsAreTold_insteadOfANumber() {
    assertThat(
            look(
                30,
                7,
                i -> {
                  overload(i);
                  cpuNanos += Duration.ofSeconds(13).toNanos();
                }))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.cure()).contains("uses 93 % of its processors");
            });
  }

  @Test
  void unknownProcessorTimeIsNotTakenForABusyProcessor() {
    cpuNanos = -1;
    assertThat(look(30, 7, this::overload))
        .singleElement()
        .extracting(Looks::settings)
        .isEqualTo("max-workers=5");
  }

  @Test
  void shortQueueThatMovesIsNoTrouble_unlessTasksAreLost() {
    assertThat(
            look(
                30,
                7,
                i -> {
                  overload(i);
                  pool.oldestWait = Duration.ofMillis(300);
                }))
        .isEmpty();
    assertThat(
            look(
                30,
                7,
                i -> {
                  overload(i);
                  pool.oldestWait = Duration.ofMillis(300);
                  pool.rejected += 2;
                }))
        .extracting(Finding::rule)
        .containsExactly(AdviceRule.SATURATED);
  }

  /** A map keeps twice as many elements underway as there are workers. */
  @Test
  void elementsOfAMapThatWaitForAsLongAsOneTakes_areNoTrouble() {
    pool.maxWorkers = 4;
    IntConsumer map =
        i -> {
          pool.active = 4;
          pool.submitted += 4;
          pool.completed += 4;
          pool.queued = 4;
          pool.oldestWait = Duration.ofSeconds(i % 2 == 0 ? 7 : 11);
        };
    assertThat(look(60, 7, map)).isEmpty();
  }

  @Test
  void tasksThatWereCancelledNeedNoWorkers() {
    assertThat(
            look(
                30,
                7,
                i -> {
                  overload(i);
                  pool.submitted += 20;
                  pool.cancelled += 20;
                }))
        .singleElement()
        .extracting(Looks::settings)
        .isEqualTo("max-workers=5");
  }

  @Test
  void secondWorkerIsProposedOnlyIfTasksMayRunAtTheSameTime() {
    pool.maxWorkers = 1;
    assertThat(look(30, 7, this::overload))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.cure())
                    .startsWith("Set %s (now 1) if the tasks may run at the same time"));
  }

  @Test
  void burstsWithPausesAreNoTrouble_andItIsOverWhenTheQueueIsEmpty() {
    assertThat(
            look(
                40,
                7,
                i -> {
                  overload(i);
                  pool.queued = i % 3 == 0 ? 0 : 50;
                }))
        .isEmpty();
    assertThat(look(50, 7, this::overload)).hasSize(1);
    assertThat(
            look(
                1,
                7,
                i -> {
                  overload(i);
                  pool.queued = 0;
                }))
        .isEmpty();
  }

  @Test
  void nothingIsSaidBeforeTwoMinutes_norOnFewLooks_norAfterAPause() {
    assertThat(look(23, 5, this::overload)).isEmpty();
    assertThat(look(3, 5, this::overload)).hasSize(1);
    assertThat(look(1, 75, this::overload)).as("after a pause").isEmpty();
    assertThat(look(5, 50, this::overload)).as("few looks").isEmpty();
  }

  @Test
  void resizeAndShutdownBeginAgain() {
    look(40, 5, this::overload);
    pool.maxWorkers = 4;
    assertThat(look(20, 5, this::overload)).isEmpty();
    assertThat(look(10, 5, this::overload)).hasSize(1);
    pool.state = PoolState.DRAINING;
    assertThat(look(1, 5, this::overload)).isEmpty();
  }

  @Test
  void poolWhoseWorkersWaitForItsTasksIsStarving_notSaturated() {
    assertThat(
            look(
                30,
                7,
                i -> {
                  overload(i);
                  pool.blocked = 2;
                }))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.STARVING);
              assertThat(Looks.settings(finding)).isEqualTo("max-workers=5");
              assertThat(finding.figures()).contains("up to 2 of 3 workers waited for other tasks");
            });
    assertThat(
            look(
                50,
                7,
                i -> {
                  overload(i);
                  pool.blocked = 1;
                }))
        .as("one of three waits: neither")
        .isEmpty();
  }

  @Test
  void stalledPoolIsStarvingWithoutANumber_andLongTasksAreNoTrouble() {
    IntConsumer nothingEnds =
        i -> {
          pool.active = 3;
          pool.queued = 12;
          pool.oldestWait = Duration.ofSeconds(7L * i);
        };
    assertThat(look(40, 7, nothingEnds)).as("long tasks").isEmpty();
    pool.stalled = true;
    assertThat(look(1, 7, nothingEnds))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.STARVING);
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.cure()).contains("max-run-time");
            });
    assertThat(
            look(
                1,
                7,
                i -> {
                  nothingEnds.accept(i);
                  pool.completed++;
                }))
        .as("one has ended")
        .isEmpty();
  }

  @Test
  void limitThatGoesBackAndForthIsFlapping_untilItRests() {
    int[] limits = {3, 9, 3, 9, 3};
    for (int limit : limits) {
      pool.maxWorkers = limit;
      look(60, 5, i -> {});
    }
    assertThat(rules.findings(nowNanos))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.FLAPPING);
              assertThat(Looks.settings(finding)).isEqualTo("max-workers=9");
              assertThat(finding.figures())
                  .isEqualTo(
                      "In the last 60 min max-workers was changed 4 times, back and forth between 3"
                          + " and 9; it is 3 now.");
            });
    assertThat(look(26 * 12, 5, i -> {})).as("it rests for half an hour").isEmpty();
  }

  @Test
  void limitThatOnlyGrows_orReturnsOnce_isNotFlapping() {
    for (int limit : new int[] {2, 3, 5, 8, 13, 21}) {
      pool.maxWorkers = limit;
      assertThat(look(12, 5, i -> {})).isEmpty();
    }
    pool.maxWorkers = 8;
    assertThat(look(12, 5, i -> {})).isEmpty();
  }

  @Test
  void idlePoolIsOversizedAfterADay_andOnlyThen() {
    pool.minWorkers = 20;
    pool.maxWorkers = 40;
    pool.workers = 20;
    IntConsumer fewTasks = i -> pool.active = i % 500 == 0 ? 4 : 1;
    assertThat(look(23 * 120, 30, fewTasks)).as("23 hours").isEmpty();
    assertThat(look(125, 30, fewTasks))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.OVERSIZED);
              assertThat(Looks.settings(finding)).isEqualTo("min-workers=8");
              assertThat(finding.figures()).contains("at most 4 of the 20 workers");
            });
    pool.queued = 1;
    assertThat(look(1, 30, fewTasks)).as("something waited").isEmpty();
  }

  @Test
  void poolIsNotOversizedIfItWasUsedOnce_orIsSmall_orCannotShrink_orWasRarelySeen() {
    pool.minWorkers = 20;
    pool.maxWorkers = 40;
    pool.workers = 20;
    assertThat(look(25 * 120, 30, i -> pool.active = i == 900 ? 6 : 1)).as("used once").isEmpty();
    pool.workers = 40;
    assertThat(look(30 * 120, 30, i -> pool.active = 1)).as("keeps more than its least").isEmpty();
    pool.workers = 7;
    pool.minWorkers = 7;
    assertThat(look(25 * 120, 30, i -> pool.active = 1)).as("small").isEmpty();
    pool.workers = 20;
    pool.minWorkers = 20;
    assertThat(look(25 * 12, 300, i -> pool.active = 1)).as("rarely seen").isEmpty();
    assertThat(look(1, 200_000, i -> pool.active = 1)).as("after two days").isEmpty();
  }
}
