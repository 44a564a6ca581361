package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgreementTest {

  private static final String EXECUTE = "tasks/execute/on=platform/work=0us/submitters=4/workers=2";
  private static final String COLD = "tasks/coldStart/first=1000";

  private final List<Reading> first = new ArrayList<>();
  private final List<Reading> second = new ArrayList<>();

  private static void read(List<Reading> run, String cell, String peer, double... scores) {
    for (double score : scores) {
      run.add(new Reading(cell, peer, 1, "25", score, true, Map.of(), null));
    }
  }

  private List<Agreement.Pair> pairs() {
    return Agreement.pairs(first, second);
  }

  @Test
  void ratiosWithinFifteenPercentAgree_whateverTheSpeedOfTheMachine() {
    read(first, EXECUTE, "OURS", 100);
    read(first, EXECUTE, "FJP", 100);
    read(second, EXECUTE, "OURS", 57);
    read(second, EXECUTE, "FJP", 50);

    assertThat(pairs()).singleElement().matches(Agreement.Pair::agrees);
    assertThat(Agreement.table(pairs()))
        .contains("1 of 1 stable cells agree")
        .contains("| agrees |");
  }

  @Test
  void ratiosFurtherApartDiffer_whicheverIsHigher() {
    read(first, EXECUTE, "OURS", 100);
    read(first, EXECUTE, "FJP", 100);
    read(second, EXECUTE, "OURS", 80);
    read(second, EXECUTE, "FJP", 100);

    assertThat(pairs()).singleElement().matches(pair -> !pair.agrees());
    assertThat(Agreement.pairs(/* first= */ second, /* second= */ first))
        .singleElement()
        .matches(pair -> !pair.agrees());
    assertThat(Agreement.table(pairs()))
        .contains("0 of 1 stable cells agree")
        .contains("| **differs** |");
  }

  @Test
  void unstableCellIsNeitherOfBoth() {
    read(first, EXECUTE, "OURS", 100);
    read(first, EXECUTE, "FJP", 100);
    read(second, EXECUTE, "OURS", 20, 100);
    read(second, EXECUTE, "FJP", 100);

    assertThat(pairs()).singleElement().matches(pair -> !pair.isStable());
    assertThat(Agreement.table(pairs()))
        .contains("0 of 0 stable cells agree within 15 %; 1 cells are unstable.");
  }

  @Test
  void cellThatOnlyOneRunHas_isLeftOut() {
    read(first, EXECUTE, "OURS", 100);
    read(first, EXECUTE, "FJP", 100);
    read(first, COLD, "OURS", 10);
    read(first, COLD, "TPE", 10);
    read(second, COLD, "OURS", 20);
    read(second, COLD, "TPE", 20);

    assertThat(pairs()).extracting(pair -> pair.cell().toString()).containsExactly(COLD);
  }

  @Test
  void eachOfOurContendersIsCompared() {
    for (List<Reading> run : List.of(first, second)) {
      read(run, EXECUTE, "OURS", 100);
      read(run, EXECUTE, "OURS_RELAXED", 150);
      read(run, EXECUTE, "FJP", 100);
    }

    assertThat(pairs()).extracting(Agreement.Pair::ours).containsExactly("OURS", "OURS_RELAXED");
  }
}
