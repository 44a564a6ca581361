package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.benchmarks.Rounds.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private static final Fork.Settings SETTINGS = Fork.Settings.standard(2);

  private static Rounds chosen(boolean virtual) {
    return Rounds.of(
        Plan.full().where(cell -> Question.contenders().containsKey(cell)),
        Question.contenders(),
        peer -> true,
        virtual,
        SETTINGS);
  }

  private static Reading reading(Turn turn, int round) {
    return new Reading(turn.cell().toString(), turn.peer(), round, "25", 1, true, Map.of(), null);
  }

  @Test
  void contendersOfACellFollowOneAnother() {
    List<Turn> turns = chosen(true).turns();
    List<Cell> cells = new ArrayList<>();
    for (Turn turn : turns) {
      if (cells.isEmpty() || !cells.get(cells.size() - 1).equals(turn.cell())) {
        cells.add(turn.cell());
      }
    }

    assertThat(cells).doesNotHaveDuplicates().hasSameElementsAs(Question.contenders().keySet());
    for (Map.Entry<Cell, List<String>> entry : Question.contenders().entrySet()) {
      assertThat(
              turns.stream()
                  .filter(turn -> turn.cell().equals(entry.getKey()))
                  .map(Turn::peer)
                  .toList())
          .isEqualTo(entry.getValue());
    }
  }

  @Test
  void roundThatWasCutOff_goesOnWithWhatIsMissing() {
    Rounds rounds = chosen(true);
    List<Reading> readings = new ArrayList<>();
    rounds.turns().forEach(turn -> readings.add(reading(turn, 1)));
    rounds.turns().subList(0, 5).forEach(turn -> readings.add(reading(turn, 2)));

    assertThat(rounds.left(1, readings)).isEmpty();
    assertThat(rounds.left(2, readings))
        .isEqualTo(rounds.turns().subList(5, rounds.turns().size()));
    assertThat(rounds.left(3, readings)).isEqualTo(rounds.turns());
  }

  @Test
  void forkThatFailed_isNotMeasuredAgainInItsRound() {
    Rounds rounds = chosen(true);
    Turn first = rounds.turns().get(0);
    List<Reading> readings =
        List.of(Reading.failed(first.cell().toString(), first.peer(), 1, "hung for 150 s"));

    assertThat(rounds.left(1, readings)).doesNotContain(first);
    assertThat(rounds.left(2, readings)).contains(first);
  }

  @Test
  void onlyWholeRoundsFit() {
    Rounds rounds = chosen(true);
    double round = rounds.seconds(rounds.turns());

    assertThat(rounds.fitting(1, 5, List.of(), 0.9 * round)).isZero();
    assertThat(rounds.fitting(1, 5, List.of(), 2.5 * round)).isEqualTo(2);
    assertThat(rounds.fitting(1, 5, List.of(), 100 * round)).isEqualTo(5);
  }

  @Test
  void roundThatHasBegun_needsLessTime() {
    Rounds rounds = chosen(true);
    List<Reading> readings = new ArrayList<>();
    int half = rounds.turns().size() / 2;
    rounds.turns().subList(0, half).forEach(turn -> readings.add(reading(turn, 1)));

    assertThat(rounds.fitting(1, 1, readings, 0.7 * rounds.seconds(rounds.turns()))).isEqualTo(1);
  }

  @Test
  void jdkWithoutVirtualThreads_leavesTheirCellsAndPeersOut() {
    assertThat(chosen(false).turns())
        .isNotEmpty()
        .noneMatch(turn -> turn.mode().isVirtual(turn.cell()))
        .noneMatch(turn -> turn.peer().startsWith("STORMPOT"));
  }

  @Test
  void wholeGridMeasuresEveryContender() {
    Rounds full = Rounds.of(Plan.full(), Map.of(), peer -> true, true, SETTINGS);

    for (Mode mode : Plan.full().modes()) {
      for (Cell cell : mode.cells()) {
        assertThat(full.turns().stream().filter(turn -> turn.cell().equals(cell)))
            .hasSize(mode.contenders().size());
      }
    }
  }
}
