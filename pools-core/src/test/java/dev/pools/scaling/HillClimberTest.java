package dev.pools.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HillClimberTest {

  private static final double QUIET = 0.05;
  private static final double NOISY = 0.2;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private static final Workload TWO_PROCESSORS = Workload.cpuBound(2, 200);
  private static final Workload EIGHT_PROCESSORS = Workload.cpuBound(8, 200);
  private static final Workload KNEE_AT_16 = Workload.waiting(16, 0.05, 0.5);
  private static final Workload KNEE_AT_24 = Workload.waiting(24, 0.05, 0.5);
  private static final Workload PLATEAU_FROM_16 = Workload.waiting(16, 0.05, 0);

  // ---- Converging

  @Test
  void workThatComputesGetsAWorkerAProcessor() {
    assertThat(new ClimberRun(2, 0, 1).run(TWO_PROCESSORS, 30).target()).isEqualTo(2);
    assertThat(new ClimberRun(8, 0, 1).run(TWO_PROCESSORS, 30).target()).isEqualTo(2);
    assertThat(new ClimberRun(1, 0, 1).run(EIGHT_PROCESSORS, 30).target()).isBetween(7, 8);
    assertThat(new ClimberRun(64, 0, 1).run(EIGHT_PROCESSORS, 30).target()).isBetween(7, 9);
  }

  @Test
  void workThatWaitsGetsWorkersUpToTheKnee() {
    assertThat(new ClimberRun(2, 0, 1).run(KNEE_AT_16, 30).target()).isBetween(14, 18);
    assertThat(new ClimberRun(64, 0, 1).run(KNEE_AT_16, 30).target()).isBetween(14, 18);
    assertThat(new ClimberRun(2, 0, 1).run(KNEE_AT_24, 30).target()).isBetween(21, 27);
  }

  @Test
  void onAPlateauThereAreNoMoreWorkersThanCompleteMore() {
    assertThat(new ClimberRun(2, 0, 1).run(PLATEAU_FROM_16, 30).target()).isBetween(14, 18);
    assertThat(new ClimberRun(64, 0, 1).run(PLATEAU_FROM_16, 30).target()).isBetween(14, 18);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void climberIsNearTheOptimumAfterHalfAMinute(long seed) {
    for (Workload work : new Workload[] {EIGHT_PROCESSORS, KNEE_AT_16, KNEE_AT_24}) {
      ClimberRun run = new ClimberRun(2, QUIET, seed).run(work, 90);

      assertThat(run.efficiency(60)).as("after 30 s").isGreaterThan(0.9);
      assertThat(run.efficiency(90)).as("on the whole").isGreaterThan(0.85);
    }
  }

  @Test
  void noiseOfAFifthInEachTickCostsLittle() {
    for (Workload work : new Workload[] {TWO_PROCESSORS, EIGHT_PROCESSORS, KNEE_AT_16}) {
      double late = 0;
      int seeds = 20;
      for (int seed = 1; seed <= seeds; seed++) {
        ClimberRun run = new ClimberRun(2, NOISY, seed).run(work, 90);
        assertThat(run.efficiency(60)).as("after 30 s").isGreaterThan(0.85);
        assertThat(run.efficiency(90)).as("on the whole").isGreaterThan(0.85);
        late += run.efficiency(60);
      }
      assertThat(late / seeds).as("on average").isGreaterThan(0.95);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void climberFollowsAWorkloadThatChanges(long seed) {
    ClimberRun run = new ClimberRun(2, QUIET, seed);
    for (Workload work :
        new Workload[] {TWO_PROCESSORS, KNEE_AT_16, TWO_PROCESSORS, KNEE_AT_24, TWO_PROCESSORS}) {
      run.run(work, 40);

      assertThat(run.efficiency(10)).as("30 s after the change").isGreaterThan(0.9);
    }
    assertThat(run.efficiency(200)).as("on the whole").isGreaterThan(0.85);
  }

  @Test
  void climberNoticesAnotherWorkloadOfTheSameThroughput() {
    ClimberRun run = new ClimberRun(2, QUIET, 1).run(KNEE_AT_16, 40);

    run.run(Workload.cpuBound(2, 160), 30);

    assertThat(run.target()).isBetween(2, 3);
  }

  @Test
  void climberFindsRoomThatAppearsWithoutASign() {
    ClimberRun run = new ClimberRun(2, QUIET, 1).run(KNEE_AT_16, 60);

    run.run(Workload.waiting(48, 0.05, 0.5), 30);

    assertThat(run.target()).isBetween(40, 56);
  }

  @Test
  void theUseOfTheProcessorsNeedNotBeKnown() {
    ClimberRun run = new ClimberRun(2, QUIET, 1).run(KNEE_AT_16.withUnknownCpu(), 40);
    assertThat(run.target()).isBetween(14, 18);

    run.run(Workload.cpuBound(2, 400).withUnknownCpu(), 40);
    assertThat(run.target()).isBetween(2, 4);
  }

  @Test
  void theSameSeedFindsTheSameWay() {
    ClimberRun one = new ClimberRun(2, NOISY, 7).run(KNEE_AT_24, 60);
    ClimberRun same = new ClimberRun(2, NOISY, 7).run(KNEE_AT_24, 60);
    ClimberRun other = new ClimberRun(2, NOISY, 8).run(KNEE_AT_24, 60);

    assertThat(same.targets(60)).isEqualTo(one.targets(60));
    assertThat(other.targets(60)).isNotEqualTo(one.targets(60));
  }

  // ---- Holding

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void steadyWorkloadStaysWithinTwoSteps(long seed) {
    // A step is an eighth of the level.
    assertThat(new ClimberRun(2, QUIET, seed).run(KNEE_AT_16, 150).targets(120))
        .allMatch(target -> target >= 14 && target <= 18);
    assertThat(new ClimberRun(2, QUIET, seed).run(TWO_PROCESSORS, 150).targets(120))
        .allMatch(target -> target == 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void tasksThatEndTogetherAreNoNoise(long seed) {
    // Of 51 ms: one batch in a tick, or two.
    Workload work = Workload.waiting(16, 0.051, 0.5);

    ClimberRun run = new ClimberRun(2, 0, seed).together().run(work, 150);

    assertThat(run.targets(120)).allMatch(target -> target >= 14 && target <= 18);
  }

  @Test
  void withoutWaitingWorkNothingMoves() {
    HillClimber climber = new HillClimber(4, 1, 64, new SplittableRandom(1));
    SplittableRandom completions = new SplittableRandom(2);
    long wellBelowNote = 1_000_000L;

    for (int tick = 0; tick < 10_000; tick++) {
      boolean queued = tick % 3 == 0;
      LoadSample sample =
          new LoadSample(
              SECOND_NANOS / 10,
              completions.nextInt(1_000),
              4,
              queued ? 100 : 0,
              0,
              queued ? wellBelowNote : 0,
              0.1,
              1,
              64);
      assertThat(climber.next(sample)).isEqualTo(4);
    }
  }

  @Test
  void rejectedTasksCountAsWaitingWork() {
    HillClimber climber = new HillClimber(4, 1, 64, new SplittableRandom(1));
    for (int tick = 0; tick < 20; tick++) {
      climber.next(new LoadSample(SECOND_NANOS / 10, 400, climber.target(), 0, 1, 0, 0.1, 1, 64));
    }

    assertThat(climber.target()).isNotEqualTo(4);
  }

  // ---- Guards

  @Test
  void whileTheProcessorsAreBusyNoMoreAreTried() {
    Workload gains =
        new Workload() {
          @Override
          public double perSecond(int workers) {
            return 100 * workers;
          }

          @Override
          public double cpuShare(int workers) {
            return 0.96;
          }
        };

    ClimberRun run = new ClimberRun(4, QUIET, 1).run(gains, 120);

    assertThat(run.targets(120)).allMatch(target -> target <= 4);
  }

  @Test
  void aTrialThatBreaksDownIsOverSoon() {
    ClimberRun run = new ClimberRun(16, 0, 1).run(Workload.waiting(16, 0.05, 5), 30);

    assertThat(run.targets(30).stream().filter(target -> target > 24).count())
        .as("ticks with half as many again or more")
        .isLessThan(ClimberRun.TICKS_A_SECOND);
    assertThat(run.efficiency(30)).isGreaterThan(0.85);
  }

  @Test
  void climberGrowsToTheMaximumWhenNoTaskEnds() {
    ClimberRun run = new ClimberRun(2, 0, 1).run(Workload.hung(0), 6);

    assertThat(run.target()).isEqualTo(ClimberRun.MAX);
  }

  @Test
  void climberAddsNoWorkersWhenTasksComputeAndNoneEnds() {
    ClimberRun run = new ClimberRun(2, 0, 1).run(Workload.hung(1), 60);

    assertThat(run.targets(60)).containsOnly(2);
  }

  @Test
  void workThatHangsAfterItRanWellBringsMoreOnlySlowly() {
    ClimberRun run = new ClimberRun(2, 0, 1).run(KNEE_AT_16, 40);

    assertThat(run.run(Workload.hung(0), 4).target()).isLessThanOrEqualTo(18);
    assertThat(run.run(Workload.hung(0), 30).target()).isGreaterThan(24);
  }

  // ---- Limits

  @Test
  void climberNeverLeavesItsLimitsWhenTheyChange() {
    SplittableRandom random = new SplittableRandom(3);
    HillClimber climber = new HillClimber(8, 1, 64, random.split());
    for (int tick = 0; tick < 2_000; tick++) {
      int max = random.nextInt(1, 100);
      int min = random.nextInt(0, max + 1);
      for (int same = random.nextInt(40); same >= 0; same--) {
        LoadSample sample =
            new LoadSample(
                SECOND_NANOS / 10,
                random.nextInt(climber.target() * 20),
                climber.target(),
                random.nextInt(3),
                random.nextInt(2),
                SECOND_NANOS,
                random.nextDouble(),
                min,
                max);
        assertThat(climber.next(sample)).isBetween(Math.max(1, min), max);
      }
    }
  }

  @Test
  void newLimitsHoldFromTheNextTick() {
    ClimberRun run = new ClimberRun(2, 0, 1).run(KNEE_AT_16, 40);
    assertThat(run.target()).isGreaterThan(12);

    assertThat(run.climber().next(idle(run.target(), 1, 5))).isEqualTo(5);
    assertThat(run.climber().next(idle(5, 9, 12))).isEqualTo(9);
  }

  private static LoadSample idle(int workers, int min, int max) {
    return new LoadSample(SECOND_NANOS / 10, 0, workers, 0, 0, 0, 0, min, max);
  }

  @Test
  void aHigherLimitIsUsedWhereItPays() {
    HillClimber climber = new HillClimber(4, 1, 4, new SplittableRandom(1));
    for (int tick = 0; tick < 300; tick++) {
      int workers = climber.target();
      int max = tick < 100 ? 4 : 64;
      climber.next(
          new LoadSample(SECOND_NANOS / 10, workers * 2L, workers, 9, 0, SECOND_NANOS, 0, 1, max));
      assertThat(climber.target()).isLessThanOrEqualTo(max);
    }

    assertThat(climber.target()).isEqualTo(64);
  }
}
