package dev.pools.benchmarks;

import dev.pools.benchmarks.BarChart.Scale;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots of {@code docs/performance.md}. Each one shows cells of one question. */
final class Plots {

  /**
   * A plot.
   *
   * @param question whose cells are drawn
   * @param modes which of them
   * @param title what was done
   * @param axis what the length of a bar means
   * @param scale of the axis
   * @param text what readers get who do not see it
   */
  record Plot(
      String question, List<String> modes, String title, String axis, Scale scale, String text) {

    String file() {
      return "performance-" + question + ".svg";
    }
  }

  private static final String TASKS = "tasks per second, more is better; lines: range of the forks";

  static final List<Plot> ALL =
      List.of(
          new Plot(
              "many-submitters",
              List.of("execute", "submit", "supplyAsync"),
              "Empty tasks, submitted in bursts by several threads",
              TASKS,
              Scale.LINEAR,
              "tasks per second of AdvancedPool in both orders and of other executors"),
          new Plot(
              "round-trips",
              List.of("roundTrip"),
              "One task at a time for each submitter, which waits for its result",
              TASKS,
              Scale.LINEAR,
              "round trips per second of AdvancedPool and of other executors"),
          new Plot(
              "priorities",
              List.of("priorities"),
              "Empty tasks with 8 priorities",
              TASKS,
              Scale.LINEAR,
              "tasks per second with priorities, of AdvancedPool and ThreadPoolExecutor"),
          new Plot(
              "start",
              List.of("coldStart"),
              "Cold start: the first pool of a JVM, and its first tasks",
              "milliseconds, less is better; lines: range of the forks",
              Scale.LINEAR,
              "time for the first pool and the first tasks of AdvancedPool and ThreadPoolExecutor"),
          new Plot(
              "virtual-workers",
              List.of("execute", "submit", "supplyAsync", "roundTrip", "bounded"),
              "Empty tasks on virtual threads, two at a time",
              TASKS,
              Scale.LINEAR,
              "tasks per second on virtual threads, of AdvancedPool and a semaphore"),
          new Plot(
              "leases",
              List.of("oneLease"),
              "10 connections, each acquired and released at once",
              "leases per second, more is better; lines: range of the forks",
              Scale.LINEAR,
              "leases per second of ConnectionPool and of other pools"),
          new Plot(
              "more-threads",
              List.of("oneLease"),
              "More threads than connections",
              "leases per second, more is better; logarithmic; lines: range of the forks",
              Scale.LOGARITHMIC,
              "leases per second of ConnectionPool and other pools with more threads"));

  private Plots() {}

  /** The plots that a run has figures for, by question. */
  static Map<Plot, String> draw(List<Reading> readings) {
    Medians medians = new Medians(readings);
    Map<Plot, String> drawn = new LinkedHashMap<>();
    for (Plot plot : ALL) {
      BarChart chart = new BarChart(plot.title(), plot.axis(), plot.scale());
      for (Question question : Question.ALL) {
        if (question.id().equals(plot.question())) {
          question.asked().stream()
              .filter(asked -> plot.modes().contains(asked.cell().mode()))
              .forEach(asked -> add(chart, asked, medians));
        }
      }
      if (!chart.isEmpty()) {
        drawn.put(plot, chart.draw());
      }
    }
    return drawn;
  }

  private static void add(BarChart chart, Question.Asked asked, Medians medians) {
    boolean begun = false;
    for (String contender : asked.contenders()) {
      Scores scores = medians.scores(asked.cell(), contender);
      if (scores.isEmpty()) {
        continue;
      }
      if (!begun) {
        chart.addGroup(asked.label().replace("`", ""));
        begun = true;
      }
      chart.addBar(Names.of(asked.cell().part(), contender), scores, Names.isOurs(contender));
    }
  }
}
