package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pools.benchmarks.RunFile.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {

  private static final Session SESSION =
      new Session("2026-11-26T07:25:00", "2 processors", Fork.Settings.standard(2), 412.5);

  private static final Reading READING =
      new Reading(
          "tasks/coldStart/first=pool", "OURS", 1, "25", 17.5, false, Map.of("p50", 3.5), null);

  @TempDir Path folder;

  private RunFile file;

  @BeforeEach
  void open() {
    file = new RunFile(folder.resolve("run.jsonl"));
  }

  @Test
  void whatIsAddedIsReadBack() throws IOException {
    Load load = new Load("2026-11-26T07:25:00", 0, 0.25, 1000, 10);
    file.add(SESSION);
    file.add(load);
    file.add(READING);
    file.add(Reading.failed("tasks/idle/workers=8", "TPE", 1, "hung for 150 s"));

    RunFile.Content content = file.read();

    assertThat(content.session()).isEqualTo(SESSION);
    assertThat(content.loads()).containsExactly(load);
    assertThat(content.readings()).hasSize(2).startsWith(READING);
    assertThat(content.readings().get(1).failure()).isEqualTo("hung for 150 s");
  }

  @Test
  void lineThatWasCutOff_doesNotCount_andMoreCanBeAdded() throws IOException {
    file.add(SESSION);
    file.add(READING);
    Files.writeString(file.path(), "{\"reading\":{\"cell\":\"ta", StandardOpenOption.APPEND);

    assertThat(file.read().readings()).containsExactly(READING);

    file.mend();
    file.add(READING);

    assertThat(file.read().readings()).containsExactly(READING, READING);
  }

  @Test
  void sessionThatGoesOn_leavesTheSettingsOfTheFirst() throws IOException {
    Session other =
        new Session("2026-11-27T07:25:00", "2 processors", Fork.Settings.standard(9), 1);
    file.add(SESSION);
    file.add(other);

    assertThat(file.read().session()).isEqualTo(SESSION);
    assertThat(file.read().sessions()).isEqualTo(List.of(SESSION, other));
  }

  @Test
  void fileOfSomethingElse_isRejected() throws IOException {
    Files.writeString(file.path(), "{\"other\":1}\n");
    assertThatIllegalArgumentException()
        .isThrownBy(file::read)
        .withMessageContaining("no result of the grid");

    Files.writeString(file.path(), "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file.read().session())
        .withMessageContaining("no result of the grid");
  }
}
