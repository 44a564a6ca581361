package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final String ONE = "tasks/execute/on=platform/work=0us/submitters=1/workers=2";
  private static final String FOUR = "tasks/execute/on=platform/work=0us/submitters=4/workers=2";
  private static final String LEASE = "connections/oneLease/hold=none/objects=1/threads=8";

  private final List<Reading> readings = new ArrayList<>();

  private void read(String cell, String peer, double... scores) {
    for (double score : scores) {
      readings.add(new Reading(cell, peer, readings.size() + 1, "17", score, true, Map.of(), null));
    }
  }

  private String table() {
    return Table.of(Plan.full(), readings);
  }

  @Test
  void oursAndTheBestPeerAreMediansOfTheirForks_withTheirRangeAndTheIntervalOfTheRatio() {
    read(ONE, "OURS", 6e6, 6.6e6, 6.3e6);
    read(ONE, "TPE", 4e6, 4.4e6, 4.2e6);
    read(ONE, "FJP", 2e6);
    assertThat(table())
        .contains(
            "| work 0us, submitters 1, workers 2 | 6.30 M (6.00 M to 6.60 M) | TPE 4.20 M"
                + " (4.00 M to 4.40 M) | **1.50** (1.36 to 1.65) |");
  }

  @Test
  void cellWhoseForksLieTooFarApart_hasNoNumber_andIsLeftOutOfTheMean() {
    read(ONE, "OURS", 1.3e6, 12e6, 16.3e6);
    read(ONE, "TPE", 4e6);
    read(FOUR, "OURS", 1e6);
    read(FOUR, "TPE", 4e6);
    assertThat(table())
        .contains("| unstable: 1.30 M to 16.3 M | TPE 4.00 M | unstable: ")
        .contains(
            "| tasks | execute, platform workers | 2 | 0.25 | 0.25 | work 0us, submitters 4,"
                + " workers 2 | 1 |");
  }

  @Test
  void theSummaryHasTheGeometricMeanAndTheLeastRatio() {
    read(ONE, "OURS", 8e6);
    read(ONE, "TPE", 2e6);
    read(FOUR, "OURS", 1e6);
    read(FOUR, "TPE", 4e6);
    assertThat(table())
        .contains(
            "| tasks | execute, platform workers | 2 | 1.00 | 0.25 | work 0us, submitters 4,"
                + " workers 2 | 0 |");
  }

  @Test
  void ratioAboveOneIsBetter_alsoWhereLessIsBetter() {
    read("tasks/queuedMemory/queued=5000000", "OURS", 50);
    read("tasks/queuedMemory/queued=5000000", "TPE", 100);
    read("tasks/queuedMemory/queued=5000000", "FJP", 200);
    assertThat(table()).contains("| queued 5000000 | 50.0 | TPE 100 | **2.00** (2.00 to 2.00) |");
  }

  @Test
  void noInversionsAgainstNoneIsEven() {
    read("connections/inversions", "OURS", 0);
    read("connections/inversions", "VIBUR_FAIR", 0);
    assertThat(table())
        .contains("| inversions | 0.00 | VIBUR_FAIR 0.00 | **1.00** (1.00 to 1.00) |");
  }

  @Test
  void theBestFairPeerStandsBesideTheBestOfAll() {
    read(LEASE, "OURS", 3e6);
    read(LEASE, "HIKARI_BAG", 6e6);
    read(LEASE, "ARRAY_QUEUE_FAIR", 1e6);
    assertThat(table())
        .contains(
            "| hold none, objects 1, threads 8 | 3.00 M | HIKARI_BAG 6.00 M | **0.50** (0.50 to"
                + " 0.50) | ARRAY_QUEUE_FAIR 1.00 M | **3.00** (3.00 to 3.00) |");
  }

  @Test
  void waitsAreComparedWithTheShortestOfAllPeers() {
    readings.add(new Reading(LEASE, "OURS", 1, "17", 3e6, true, Map.of(Waits.P999, 1000.0), null));
    readings.add(
        new Reading(LEASE, "HIKARI_BAG", 1, "17", 6e6, true, Map.of(Waits.P999, 9000.0), null));
    readings.add(
        new Reading(LEASE, "VIBUR_FAIR", 1, "17", 1e6, true, Map.of(Waits.P999, 500.0), null));
    assertThat(table()).contains("| 1000 | VIBUR_FAIR 500 |");
  }

  @Test
  void aForkThatFailedTakesItsPeerOutOfTheComparisonAndIsTold() {
    read(ONE, "OURS", 3e6);
    read(ONE, "TPE", 9e6);
    readings.add(Reading.failed(ONE, "TPE", 2, "hung for 150 s"));
    read(ONE, "FJP", 1e6);
    assertThat(table())
        .contains("| 3.00 M | FJP 1.00 M | **3.00** (3.00 to 3.00) |")
        .contains("- TPE in work 0us, submitters 1, workers 2: hung for 150 s");
  }

  @Test
  void oursThatFailedIsShownAndNotCompared() {
    readings.add(Reading.failed(ONE, "OURS", 1, "hung for 150 s"));
    read(ONE, "FJP", 1e6);
    assertThat(table()).contains("| work 0us, submitters 1, workers 2 | failed | FJP 1.00 M |  |");
  }

  @Test
  void peerThatPromisesLess_isShownAndNotCompared() {
    String cell = "tasks/execute/on=virtual/work=0us/submitters=1/workers=2";
    read(cell, "OURS", 2e6);
    read(cell, "VIRTUAL_PER_TASK", 8e6);
    read(cell, "VIRTUAL_SEMAPHORE", 1e6);
    assertThat(table())
        .contains("| 2.00 M | VIRTUAL_SEMAPHORE 1.00 M | **2.00** (2.00 to 2.00) |")
        .contains("| cell | OURS | VIRTUAL_SEMAPHORE | VIRTUAL_PER_TASK |");
  }

  @Test
  void theMedianOfAnEvenNumberIsInTheMiddle() {
    assertThat(Medians.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Medians.median(new double[0])).isNaN();
    assertThat(Medians.median(new double[] {1, Double.NaN, 2})).isNaN();
  }
}
