package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class QuestionTest {

  @Test
  void eachCellIsOneOfThePlan_andEachContenderOneOfItsMode() {
    for (Question question : Question.ALL) {
      for (Question.Asked asked : question.asked()) {
        Mode mode = Plan.full().modeOf(asked.cell());

        assertThat(mode).as(asked.label()).isNotNull();
        assertThat(mode.cells()).contains(asked.cell());
        assertThat(mode.contenders()).as(asked.label()).containsAll(asked.contenders());
        assertThat(asked.contenders()).as(asked.label()).contains(mode.ours());
      }
    }
  }

  @Test
  void noCellIsAskedTwice() {
    assertThat(Question.ALL.stream().flatMap(question -> question.asked().stream()))
        .extracting(Question.Asked::cell)
        .doesNotHaveDuplicates();
  }

  @Test
  void eachGoalIsAboutCellsThatAreMeasured() {
    Map<Cell, java.util.List<String>> contenders = Question.contenders();
    for (Goal goal : Goal.ALL) {
      assertThat(goal.cells()).as(goal.text()).isNotEmpty();
      for (String cell : goal.cells()) {
        assertThat(contenders).as(goal.text()).containsKey(Cell.parse(cell));
        assertThat(contenders.get(Cell.parse(cell))).as(goal.text()).contains(goal.ours());
        if (!goal.against().isEmpty()) {
          assertThat(contenders.get(Cell.parse(cell)))
              .as(goal.text())
              .containsAnyElementsOf(goal.against());
        }
      }
    }
  }

  @Test
  void eachPlotShowsCellsOfAQuestion() {
    for (Plots.Plot plot : Plots.ALL) {
      assertThat(Question.ALL)
          .anyMatch(
              question ->
                  question.id().equals(plot.question())
                      && question.asked().stream()
                          .anyMatch(asked -> plot.modes().contains(asked.cell().mode())));
    }
  }
}
