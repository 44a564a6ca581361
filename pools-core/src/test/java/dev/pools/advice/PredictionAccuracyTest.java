package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.JudgedRuns.Direction;
import dev.pools.advice.JudgedRuns.Fresh;
import dev.pools.advice.JudgedRuns.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Predictions against simulated pools, on runs that were not used to choose any constant. */
class PredictionAccuracyTest {

  private static final int RECORDS = 8000;

  @Test
  void replayIsRightWithTheSameArrivalsAndServiceTimes() {
    assertThat(sameArrivals(1).share()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  @Tag("heavy")
  void replayIsRightWithTheSameArrivalsAndServiceTimesForManySeeds() {
    assertThat(sameArrivals(6).share()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void rangesHoldWithFreshArrivals() {
    assertRangesHold(freshArrivals(1));
  }

  @Test
  @Tag("heavy")
  void rangesHoldWithFreshArrivalsForManySeeds() {
    assertRangesHold(freshArrivals(6));
  }

  @Test
  void fewTasksMakeARoughPrediction() {
    Prediction few = JudgedRuns.runs(Load.POISSON, 2000, 1).get(0).predict();

    assertThat(few.grade()).isEqualTo(Prediction.Grade.ROUGH);
    assertThat(few.reason()).contains("tasks are few");
  }

  static Score sameArrivals(int seeds) {
    List<Boolean> right = new ArrayList<>();
    for (Load load : Load.values()) {
      JudgedRuns.runs(load, RECORDS, seeds).forEach(run -> right.add(JudgedRuns.isRight(run)));
    }
    return Score.count(right);
  }

  static List<Fresh> freshArrivals(int seeds) {
    List<Fresh> results = new ArrayList<>();
    for (Load load : Load.values()) {
      JudgedRuns.runs(load, RECORDS, seeds).stream()
          .map(JudgedRuns::fresh)
          .filter(Objects::nonNull)
          .forEach(results::add);
    }
    return results;
  }

  private static void assertRangesHold(List<Fresh> all) {
    List<Fresh> graded = all.stream().filter(Fresh::graded).toList();
    assertThat(graded).hasSizeGreaterThan(all.size() / 3);
    assertThat(score(graded, Fresh::medianHeld).share()).isGreaterThanOrEqualTo(0.9);
    assertThat(score(graded, Fresh::p99Held).share()).isGreaterThanOrEqualTo(0.8);
    assertThat(score(graded, Fresh::utilisationHeld).share()).isGreaterThanOrEqualTo(0.9);
    assertThat(directions(all).share()).isGreaterThanOrEqualTo(0.98);
  }

  static Score directions(List<Fresh> all) {
    return score(
        all.stream().filter(fresh -> fresh.way() != Direction.NO_CHANGE).toList(),
        fresh -> fresh.way() == Direction.RIGHT);
  }

  static Score score(List<Fresh> all, Predicate<Fresh> held) {
    return Score.count(all.stream().map(held::test).toList());
  }
}
