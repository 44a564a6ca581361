package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.benchmarks.connection.ObjectPeer;
import dev.pools.benchmarks.task.TaskPeer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

class PlanTest {

  private static final Plan PLAN = Plan.full();

  @Test
  void everyCellOfJmhNamesABenchmarkThatThereIs() throws Exception {
    for (Mode mode : PLAN.modes()) {
      if (mode.benchmark() == null) {
        assertThat(mode.measurement()).as(mode.name()).isNotNull();
        continue;
      }
      for (Cell cell : mode.cells()) {
        String name = Fork.Jmh.benchmarkOf(mode, cell);
        String method = name.substring(name.lastIndexOf('.') + 1);
        assertThat(Arrays.stream(mode.benchmark().getMethods()))
            .as(cell.toString())
            .anyMatch(
                each -> each.getName().equals(method) && each.isAnnotationPresent(Benchmark.class));
      }
    }
  }

  @Test
  void everyParameterIsAFieldOfItsBenchmark() throws Exception {
    for (Mode mode : PLAN.modes()) {
      if (mode.benchmark() != null) {
        for (Cell cell : mode.cells()) {
          for (String name : Fork.Jmh.parametersOf(cell).keySet()) {
            assertThat(mode.benchmark().getField(name)).as(cell.toString()).isNotNull();
          }
        }
      }
    }
  }

  @Test
  void everyContenderIsAPeer() {
    for (Mode mode : PLAN.modes()) {
      for (String contender : mode.contenders()) {
        Enum<?> peer =
            mode.part().equals("tasks")
                ? TaskPeer.valueOf(contender)
                : ObjectPeer.valueOf(contender);
        assertThat(peer.name()).isEqualTo(contender);
      }
    }
  }

  @Test
  void twoLeasesAreNeverTakenByAsManyThreadsAsThereAreObjects() {
    for (Mode mode : PLAN.modes()) {
      if (mode.name().equals("twoLeases")) {
        assertThat(mode.cells())
            .isNotEmpty()
            .allMatch(cell -> cell.number("threads") < cell.number("objects"));
      }
    }
  }

  @Test
  void theCommandLineSelectsByPartAndPattern() {
    GridOptions options =
        GridOptions.parse(List.of("--part", "tasks", "--cells", "submitters=4/workers=2|queued"));
    assertThat(
            options.wants(Cell.parse("tasks/execute/on=platform/work=0us/submitters=4/workers=2")))
        .isTrue();
    assertThat(
            options.wants(Cell.parse("tasks/execute/on=platform/work=0us/submitters=1/workers=2")))
        .isFalse();
    assertThat(options.wants(Cell.parse("connections/async/objects=10/threads=1"))).isFalse();
  }

  @Test
  void onlyCellsThatAnswerAQuestionAreMeasured_unlessTheWholeGridIsAskedFor() {
    Cell cell = Cell.parse("tasks/queuedMemory/queued=5000000");
    assertThat(GridOptions.parse(List.of()).wants(cell)).isFalse();
    assertThat(GridOptions.parse(List.of("--full")).wants(cell)).isTrue();
  }

  @Test
  void fiveRoundsAreMeasured_withoutALimitOfTime() {
    GridOptions options = GridOptions.parse(List.of());
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.minutes()).isInfinite();
    assertThat(GridOptions.parse(List.of("--minutes", "35")).minutes()).isEqualTo(35);
  }

  @Test
  void mistypedOptionIsNamed() {
    assertThat(refusalOf("--round", "1")).contains("--round");
    assertThat(refusalOf("--rounds")).contains("--rounds");
    assertThat(refusalOf("--rounds", "0")).contains("at least 1");
    assertThat(refusalOf("--minutes", "soon")).contains("'soon'");
    assertThat(refusalOf("--part", "task")).contains("tasks or connections");
    assertThat(refusalOf("--cells", "(")).contains("--cells");
    assertThat(refusalOf("--resume", "missing.jsonl")).contains("missing.jsonl");
  }

  private static String refusalOf(String... arguments) {
    try {
      GridOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException refusal) {
      return refusal.getMessage();
    }
    return "";
  }
}
