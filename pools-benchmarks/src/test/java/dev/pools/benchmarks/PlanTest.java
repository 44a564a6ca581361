package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.benchmarks.connection.ObjectPeer;
import dev.pools.benchmarks.task.TaskPeer;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
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
  void everyPartOfTheQuickSelectionSelectsSomething() {
    for (Pattern part : Plan.QUICK) {
      assertThat(PLAN.where(cell -> part.matcher(cell.toString()).matches()).modes())
          .as(part.pattern())
          .isNotEmpty();
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
        GridOptions.parse(
            List.of("--part", "tasks", "--cells", "submitters=4/workers=2|queued", "--quick"));
    assertThat(
            options.wants(Cell.parse("tasks/execute/on=platform/work=0us/submitters=4/workers=2")))
        .isTrue();
    assertThat(
            options.wants(Cell.parse("tasks/execute/on=platform/work=0us/submitters=4/workers=8")))
        .isFalse();
    assertThat(options.wants(Cell.parse("tasks/queuedMemory/queued=5000000"))).isFalse();
    assertThat(options.wants(Cell.parse("connections/async/objects=10/threads=1"))).isFalse();
    assertThat(options.forks()).isEqualTo(1);
    assertThat(GridOptions.parse(List.of("--quick", "--forks", "2")).forks()).isEqualTo(2);
  }

  @Test
  void mistypedOptionIsNamed() {
    assertThat(refusalOf("--fork", "1")).contains("--fork");
    assertThat(refusalOf("--forks")).contains("--forks");
    assertThat(refusalOf("--forks", "0")).contains("at least 1");
    assertThat(refusalOf("--time", "soon")).contains("'soon'");
    assertThat(refusalOf("--part", "task")).contains("tasks or connections");
    assertThat(refusalOf("--cells", "(")).contains("--cells");
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
