package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way to use a pool, with the cells in which it is measured and those who take part.
 *
 * @param part {@code tasks} or {@code connections}
 * @param name what cells call it
 * @param benchmark the class of the JMH benchmark, whose method has the mode's name; null for a
 *     measurement
 * @param measurement what measures where JMH does not
 * @param unit of the score
 * @param better which score wins
 * @param ours whose ratio to the best peer is told
 * @param peers with whom it is compared
 * @param besides who is measured and shown, but not compared: ours in another setting, and those
 *     who promise so much less that it would be no comparison
 * @param jvmArguments for the JVM that measures
 * @param cells where it is measured
 */
record Mode(
    String part,
    String name,
    @Nullable Class<?> benchmark,
    @Nullable Measurement measurement,
    String unit,
    Better better,
    String ours,
    List<String> peers,
    List<String> besides,
    List<String> jvmArguments,
    List<Cell> cells) {

  /** Everyone who is measured, in the order in which they are. */
  List<String> contenders() {
    List<String> all = new ArrayList<>();
    all.add(ours);
    all.addAll(peers);
    all.addAll(besides);
    return all;
  }

  /** The same with other cells. */
  Mode with(List<Cell> others) {
    return new Mode(
        part,
        name,
        benchmark,
        measurement,
        unit,
        better,
        ours,
        peers,
        besides,
        jvmArguments,
        List.copyOf(others));
  }

  /** Whether that cell needs a JDK that has virtual threads. */
  boolean isVirtual(Cell cell) {
    return name.startsWith("virtual") || "virtual".equals(cell.settings().get("on"));
  }

  /** The two parts. */
  static Set<String> parts() {
    return Set.of("tasks", "connections");
  }
}
