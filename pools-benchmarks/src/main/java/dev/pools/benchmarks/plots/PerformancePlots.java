package dev.pools.benchmarks.plots;

import dev.pools.benchmarks.plots.BarChart.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws the plots of {@code docs/performance.md}. Each one shows cells of one published table. */
public final class PerformancePlots {

  /**
   * A plot.
   *
   * @param file the name of its file
   * @param mode the heading of the table
   * @param axis what the length of a bar means
   * @param peers the bars of each group
   * @param cells the groups
   */
  private record Plot(
      String file,
      String mode,
      String title,
      String axis,
      Scale scale,
      List<String> peers,
      List<String> cells) {}

  private static final List<Plot> PLOTS =
      List.of(
          new Plot(
              "performance-tasks.svg",
              "tasks: submit, platform workers",
              "Empty tasks with a future, submitted in bursts",
              "tasks per second, more is better",
              Scale.LINEAR,
              List.of("OURS", "FJP", "EQE", "TPE", "JETTY", "TOMCAT"),
              List.of(
                  "work 0us, submitters 1, workers 2",
                  "work 0us, submitters 1, workers 8",
                  "work 0us, submitters 4, workers 2",
                  "work 0us, submitters 4, workers 8",
                  "work 0us, submitters 16, workers 2",
                  "work 0us, submitters 16, workers 8")),
          new Plot(
              "performance-round-trips.svg",
              "tasks: roundTrip, platform workers",
              "One task at a time for each submitter, which waits for its result",
              "tasks per second, more is better",
              Scale.LINEAR,
              List.of("OURS", "FJP", "TOMCAT", "JETTY", "TPE", "EQE"),
              List.of(
                  "work 0us, submitters 1, workers 2",
                  "work 0us, submitters 1, workers 8",
                  "work 0us, submitters 4, workers 2",
                  "work 0us, submitters 4, workers 8",
                  "work 0us, submitters 16, workers 2",
                  "work 0us, submitters 16, workers 8")),
          new Plot(
              "performance-priorities.svg",
              "tasks: priorities, platform workers",
              "Empty tasks with mixed priorities",
              "tasks per second, more is better",
              Scale.LINEAR,
              List.of("OURS", "TPE_PRIORITY_UNTIED", "TPE_PRIORITY"),
              List.of(
                  "work 0us, submitters 1, workers 2",
                  "work 0us, submitters 1, workers 8",
                  "work 0us, submitters 4, workers 2",
                  "work 0us, submitters 4, workers 8",
                  "work 0us, submitters 16, workers 2",
                  "work 0us, submitters 16, workers 8")),
          new Plot(
              "performance-leases.svg",
              "connections: oneLease",
              "10 connections, each acquired and released at once",
              "leases per second, more is better",
              Scale.LINEAR,
              List.of(
                  "OURS",
                  "HIKARI_BAG",
                  "ARRAY_QUEUE",
                  "HIKARI",
                  "STORMPOT",
                  "AGROAL",
                  "VIBUR_FAIR",
                  "COMMONS_POOL"),
              List.of(
                  "hold none, objects 10, threads 1",
                  "hold none, objects 10, threads 2",
                  "hold none, objects 10, threads 8",
                  "hold none, objects 10, threads 32",
                  "hold none, objects 10, threads 256")),
          new Plot(
              "performance-one-connection.svg",
              "connections: oneLease",
              "One connection, acquired and released at once",
              "leases per second, more is better; logarithmic scale",
              Scale.LOGARITHMIC,
              List.of(
                  "OURS",
                  "OURS_THROUGHPUT",
                  "HIKARI",
                  "STORMPOT",
                  "VIBUR_FAIR",
                  "ARRAY_QUEUE_FAIR",
                  "REACTOR_POOL",
                  "COMMONS_POOL_FAIR"),
              List.of(
                  "hold none, objects 1, threads 1",
                  "hold none, objects 1, threads 2",
                  "hold none, objects 1, threads 8",
                  "hold none, objects 1, threads 32",
                  "hold none, objects 1, threads 256")),
          new Plot(
              "performance-hand-off.svg",
              "connections: handOff",
              "From a release until the waiting thread has the connection",
              "microseconds at p99, less is better",
              Scale.LINEAR,
              List.of(
                  "OURS",
                  "REACTOR_POOL",
                  "HIKARI",
                  "COMMONS_POOL_FAIR",
                  "COMMONS_POOL",
                  "VIBUR",
                  "VIBUR_FAIR",
                  "AGROAL",
                  "HIKARI_BAG",
                  "ARRAY_QUEUE",
                  "ARRAY_QUEUE_FAIR"),
              List.of("handOff")));

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("FJP", "ForkJoinPool"),
          Map.entry("TPE", "ThreadPoolExecutor"),
          Map.entry("EQE", "EnhancedQueueExecutor"),
          Map.entry("JETTY", "Jetty QueuedThreadPool"),
          Map.entry("TOMCAT", "Tomcat executor"),
          Map.entry("TPE_PRIORITY", "ThreadPoolExecutor, ties ordered"),
          Map.entry("TPE_PRIORITY_UNTIED", "ThreadPoolExecutor, no tie order"),
          Map.entry("OURS_THROUGHPUT", "ConnectionPool, throughput"),
          Map.entry("HIKARI_BAG", "HikariCP's ConcurrentBag"),
          Map.entry("HIKARI", "HikariCP"),
          Map.entry("STORMPOT", "Stormpot"),
          Map.entry("AGROAL", "Agroal"),
          Map.entry("COMMONS_POOL", "commons-pool2"),
          Map.entry("COMMONS_POOL_FAIR", "commons-pool2, fair"),
          Map.entry("VIBUR", "Vibur"),
          Map.entry("VIBUR_FAIR", "Vibur, fair"),
          Map.entry("REACTOR_POOL", "reactor-pool (fair)"),
          Map.entry("ARRAY_QUEUE", "ArrayBlockingQueue"),
          Map.entry("ARRAY_QUEUE_FAIR", "ArrayBlockingQueue, fair"));

  private static final String HELP =
      """
      java -jar benchmarks.jar plots GRID.md FOLDER   draws the plots of the published figures
      """;

  private PerformancePlots() {}

  /** Writes all plots: {@code plots docs/performance-grid.md docs}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.print(HELP);
      System.exit(2);
    }
    List<String> grid = Files.readAllLines(Path.of(arguments[0]));
    for (Map.Entry<String, String> plot : drawAll(grid).entrySet()) {
      Files.writeString(Path.of(arguments[1], plot.getKey()), plot.getValue());
    }
  }

  /** Returns each plot by the name of its file. */
  static Map<String, String> drawAll(List<String> grid) {
    Map<String, String> drawn = new LinkedHashMap<>();
    for (Plot plot : PLOTS) {
      drawn.put(plot.file(), draw(plot, grid));
    }
    return drawn;
  }

  private static String draw(Plot plot, List<String> grid) {
    PublishedFigures figures = PublishedFigures.read(grid, plot.mode());
    BarChart chart = new BarChart(plot.title(), plot.axis(), plot.scale());
    for (String cell : plot.cells()) {
      chart.addGroup(label(cell));
      for (String peer : plot.peers()) {
        chart.addBar(name(plot, peer), figures.get(cell, peer));
      }
    }
    return chart.draw();
  }

  private static String name(Plot plot, String peer) {
    if (peer.equals("OURS")) {
      return plot.mode().startsWith("tasks") ? "AdvancedPool" : "ConnectionPool";
    }
    return NAMES.getOrDefault(peer, peer);
  }

  /** Returns the settings in which the cells of a plot differ, such as {@code 4 submitters}. */
  private static String label(String cell) {
    List<String> parts = Arrays.asList(cell.split(", ", -1));
    return parts.size() == 1
        ? ""
        : String.join(
            ", ",
            parts.stream()
                .filter(part -> !part.startsWith("work ") && !part.startsWith("hold "))
                .filter(part -> !part.startsWith("objects "))
                .map(PerformancePlots::readable)
                .toList());
  }

  /** Turns {@code submitters 4} into {@code 4 submitters}. */
  private static String readable(String setting) {
    String[] parts = setting.split(" ", 2);
    String name = parts[1].equals("1") ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
    return parts[1] + " " + name;
  }
}
