package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CellTest {

  @Test
  void writtenCellIsReadBack() {
    String text = "tasks/execute/on=platform/work=1us/submitters=4/workers=2";
    Cell cell = Cell.parse(text);
    assertThat(cell.part()).isEqualTo("tasks");
    assertThat(cell.mode()).isEqualTo("execute");
    assertThat(cell.settings().keySet()).containsExactly("on", "work", "submitters", "workers");
    assertThat(cell.setting("on")).isEqualTo("platform");
    assertThat(cell.number("work")).isEqualTo(1);
    assertThat(cell.number("submitters")).isEqualTo(4);
    assertThat(cell).hasToString(text);
  }

  @Test
  void aCellMayHaveNoSettings() {
    assertThat(Cell.parse("connections/handOff")).hasToString("connections/handOff");
  }

  @Test
  void everyCellOfThePlanIsReadBackAsItself() {
    Plan plan = Plan.full();
    for (Mode mode : plan.modes()) {
      for (Cell cell : mode.cells()) {
        assertThat(Cell.parse(cell.toString())).isEqualTo(cell);
        assertThat(plan.modeOf(cell)).isSameAs(mode);
      }
    }
  }

  @Test
  void invalidCellIsRejectedWithAReason() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cell.parse("tasks"))
        .withMessageContaining("part/mode/name=value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cell.parse("tasks/execute/four"))
        .withMessageContaining("'four'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cell.parse("tasks/execute/work=0us/work=1us"))
        .withMessageContaining("twice");
    assertThatIllegalArgumentException().isThrownBy(() -> Cell.parse("tasks//work=0us"));
    assertThatIllegalArgumentException().isThrownBy(() -> Cell.parse("tasks/execute/work="));
  }

  @Test
  void aSettingThatIsNotThereOrNoNumberIsRefused() {
    Cell cell = Cell.parse("connections/oneLease/hold=none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cell.setting("threads"))
        .withMessageContaining("threads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cell.number("hold"))
        .withMessageContaining("'none'");
  }
}
