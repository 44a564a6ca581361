package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.StateTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the tests read the tables of transitions. */
class StateTableTest {

  private static final String[] IDLE_WORKERS = {"(gone)", "FREE", "IDLE", "BUSY"};

  /** A table of other states needs a test that walks it. */
  @Test
  void eachTableIsWalkedByATest() throws Exception {
    assertThat(StateTable.all().stream().map(table -> table.file().getFileName().toString()))
        .hasSize(8)
        .contains("TaskLifecycle.java", "IdleWorkers.java", "TaskContext.java", "IdleWait.java")
        .contains("RunNote.java", "InterruptibleCode.java", "OverdueCalls.java");
  }

  /** Of the class that the table stands in, or of the class that it names. */
  @Test
  void eachMethodOfATableExists() throws Exception {
    for (StateTable table : StateTable.all()) {
      for (String method : table.methods()) {
        String[] parts = method.split("\\.", -1);
        String type =
            parts.length == 1 ? table.file().getFileName().toString() : parts[0] + ".java";
        Pattern declaration = Pattern.compile(" " + parts[parts.length - 1] + "\\([^;]*\\{");
        assertThat(textOf(type)).as("%s in %s", method, table.file()).containsPattern(declaration);
      }
    }
  }

  private static String textOf(String type) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      return Files.readString(files.filter(file -> file.endsWith(type)).findFirst().orElseThrow());
    }
  }

  @Test
  void rowThatNamesTwoStatesCountsForBoth() throws Exception {
    StateTable table = StateTable.of(IDLE_WORKERS);

    assertThat(table.rows())
        .contains(new Row("FREE", "(gone)", "leave"), new Row("BUSY", "(gone)", "leave"));
    assertThat(table.after("BUSY")).containsExactly("(gone)", "FREE");
    assertThat(table.after("IDLE", "claim")).isEqualTo("FREE");
    assertThat(table.after("BUSY", "claim")).isNull();
  }

  @Test
  void lineWithoutAStateGoesOnWithTheRowAbove() throws Exception {
    assertThat(StateTable.of(IDLE_WORKERS).rows()).hasSize(8);
  }

  @Test
  void tableOfUnknownStatesIsMissed() {
    assertThatThrownBy(() -> StateTable.of("OPEN", "SHUT"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("tables with the states [OPEN, SHUT]");
  }
}
