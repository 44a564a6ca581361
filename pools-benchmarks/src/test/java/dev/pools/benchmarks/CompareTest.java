package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompareTest {

  @Test
  void eachCellIsOneOfThePlan_whereMoreIsBetter() {
    for (String text : Compare.CELLS) {
      Cell cell = Cell.parse(text);
      Mode mode = Plan.full().modeOf(cell);

      assertThat(mode).as(text).isNotNull();
      assertThat(mode.cells()).as(text).contains(cell);
      assertThat(mode.better()).as(text).isEqualTo(Better.HIGHER);
    }
  }

  @Test
  void eachModeOfThroughputHasACell() {
    List<String> compared =
        Compare.CELLS.stream().map(text -> Cell.parse(text)).map(cell -> cell.mode()).toList();

    for (Mode mode : Plan.full().modes()) {
      if (mode.benchmark() != null) {
        assertThat(compared).contains(mode.name());
      }
    }
  }
}
