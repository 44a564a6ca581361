package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacedForksTest {

  private final Deque<Reading> runs = new ArrayDeque<>();

  private static Reading at(double before, double after) {
    return new Reading(
        "tasks/idle",
        "OURS",
        1,
        "25",
        1,
        true,
        Map.of(ProcessorDistance.BEFORE, before, ProcessorDistance.AFTER, after),
        null);
  }

  private Reading run(List<Reading> earlier, Reading... forks) throws Exception {
    runs.addAll(List.of(forks));
    return new PlacedForks(earlier).run(runs::remove);
  }

  private final List<Reading> usual =
      List.of(at(70, 72), at(69, 71), at(400, 400), at(70, 70), at(71, 68), at(66, 70));

  @Test
  void forkThatIsPlacedAsMostAreCounts() throws Exception {
    Reading fork = at(60, 80);

    assertThat(run(usual, fork, at(70, 70))).isSameAs(fork);
    assertThat(runs).hasSize(1);
  }

  @Test
  void forkThatIsPlacedElsewhereIsRunOnceMore() throws Exception {
    Reading fork = at(75, 75);

    assertThat(run(usual, at(400, 70), at(70, 35), fork)).isSameAs(fork);
  }

  @Test
  void lastOfSomeRunsCountsWhereverItIsPlaced() throws Exception {
    Reading last = at(430, 430);

    assertThat(run(usual, at(400, 400), at(410, 410), at(420, 420), last, at(70, 70)))
        .isSameAs(last);
    assertThat(runs).hasSize(1);
  }

  @Test
  void placeThatBecomesTheUsualOneIsAccepted() throws Exception {
    PlacedForks forks = new PlacedForks(List.of(at(70, 70)));

    for (int fork = 0; fork < PlacedForks.MOST_RUNS; fork++) {
      runs.add(at(400, 400));
    }
    forks.run(runs::remove);
    int leftOfTheFirst = runs.size();
    runs.clear();
    runs.add(at(400, 400));
    forks.run(runs::remove);

    assertThat(leftOfTheFirst).as("most are at 400 ns after the second run").isEqualTo(2);
    assertThat(runs).isEmpty();
  }

  @Test
  void forkThatDoesNotKnowItsDistanceCounts() throws Exception {
    Reading failed = Reading.failed("tasks/idle", "OURS", 1, "hung for 150 s");

    assertThat(run(usual, failed)).isSameAs(failed);
    assertThat(run(List.of(), at(Double.NaN, Double.NaN)).more()).hasSize(2);
  }

  @Test
  void distanceIsMeasuredWhereThereAreTwoProcessors() throws Exception {
    double nanos = ProcessorDistance.nanos();

    if (Runtime.getRuntime().availableProcessors() > 1) {
      assertThat(nanos).isPositive();
    } else {
      assertThat(nanos).isNaN();
    }
  }
}
