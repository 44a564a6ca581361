package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {

  private static final String EXECUTE = "tasks/execute/on=platform/work=0us/submitters=4/workers=2";
  private static final String FIRST_TASKS = "tasks/coldStart/first=1000";
  private static final String FIRST_POOL = "tasks/coldStart/first=pool";

  private final List<Reading> readings = new ArrayList<>();

  private void read(String cell, String peer, double... scores) {
    for (double score : scores) {
      readings.add(
          new Reading(
              cell,
              peer,
              readings.size() + 1,
              "25",
              score,
              true,
              Map.of(Fork.ALLOCATED, 8.04),
              null));
    }
  }

  private String lineOf(String goal, String cell) {
    return Goals.of(List.of(readings))
        .lines()
        .filter(line -> line.startsWith("| " + goal) && line.contains(cell))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ratioThatReachesTheLimitIsMet() {
    read(EXECUTE, "OURS", 8, 8);
    read(EXECUTE, "FJP", 10, 10);
    read(EXECUTE, "EQE", 7, 7);
    read(EXECUTE, "TPE", 5, 5);

    assertThat(lineOf("strict order: 0.8", EXECUTE)).endsWith("| **0.80** (0.80 to 0.80) | met |");
    assertThat(lineOf("strict order: 1.2", EXECUTE))
        .endsWith("| **1.14** (1.14 to 1.14) | **missed** |");
  }

  @Test
  void timesAsLongIsMetBelowTheLimit() {
    read(FIRST_TASKS, "OURS", 28);
    read(FIRST_TASKS, "TPE", 20);

    assertThat(lineOf("first 1,000", FIRST_TASKS))
        .endsWith("| **1.40** (1.40 to 1.40) times as long | met |");
  }

  @Test
  void amountsAreOfOursAlone() {
    read(FIRST_POOL, "OURS", 26);
    read(FIRST_POOL, "TPE", 5);
    read(EXECUTE, "OURS", 8);

    assertThat(lineOf("first pool", FIRST_POOL)).endsWith("| 26.0 ms | **missed** |");
    assertThat(lineOf("8 B", EXECUTE)).endsWith("| 8.04 | met |");
  }

  @Test
  void unstableCellMeetsItsGoalOnlyWithItsWholeInterval() {
    read(EXECUTE, "OURS", 5, 10, 10, 10, 10);
    read(EXECUTE, "FJP", 10, 10, 10, 10, 10);

    assertThat(lineOf("strict order: 0.8", EXECUTE))
        .contains("unstable: ")
        .endsWith("**missed** |");
  }

  @Test
  void goalWithoutReadings_isNotMeasured() {
    assertThat(lineOf("strict order: 0.8", EXECUTE)).endsWith("| | not measured |");
    assertThat(lineOf("forks vary", "each cell")).endsWith("| not measured |");
  }

  @Test
  void forksThatVaryTooMuchAreNamed() {
    read(EXECUTE, "OURS", 10, 10);
    read(EXECUTE, "OURS_RELAXED", 10, 20);

    assertThat(lineOf("forks vary", "each cell"))
        .contains("1 of 2 cells; not: " + EXECUTE + " OURS_RELAXED 47.1 %")
        .endsWith("**missed** |");
  }
}
