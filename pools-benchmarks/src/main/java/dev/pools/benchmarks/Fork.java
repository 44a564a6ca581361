package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JVM that measures one peer in one cell, so that neither another peer nor another cell has a
 * part in what its compiler has learned.
 */
public final class Fork {

  /**
   * What a fork is asked to do.
   *
   * @param cell to measure
   * @param peer to be measured
   * @param number of the fork, from 1
   * @param settings how long
   * @param into file of the reading
   */
  record Order(String cell, String peer, int number, Settings settings, String into) {}

  /**
   * How long is measured.
   *
   * @param warmUp how many iterations come before those that count
   * @param iterations how many count
   * @param millis how long each takes
   */
  record Settings(Steadiness warmUp, int iterations, int millis) {

    /** Iterations of a second, after the standard warm-up. */
    static Settings standard(int iterations) {
      return new Settings(Steadiness.STANDARD, iterations, 1000);
    }
  }

  private Fork() {}

  /** Measures what the file given as the only argument asks for. */
  public static void main(String[] arguments) throws IOException {
    JsonMapper json = JsonMapper.shared();
    Order order = json.readValue(Path.of(arguments[0]).toFile(), Order.class);
    Reading reading = read(order);
    Files.writeString(Path.of(order.into()), json.writeValueAsString(reading));
    // Threads that a pool has left must not hold the fork.
    System.exit(reading.failure() == null ? 0 : 1);
  }

  private static Reading read(Order order) {
    try {
      Cell cell = Cell.parse(order.cell());
      Mode mode = Plan.full().modeOf(cell);
      if (mode == null) {
        throw new IllegalArgumentException("No mode has the cell '" + order.cell() + "'.");
      }
      return measure(mode, cell, order);
    } catch (Throwable failure) {
      return Reading.failed(order.cell(), order.peer(), order.number(), rootOf(failure).toString());
    }
  }

  /** JMH hangs what its threads threw onto its own as suppressed. */
  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null || root.getSuppressed().length > 0) {
      root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
    }
    return root;
  }

  private static Reading measure(Mode mode, Cell cell, Order order) throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    boolean steady = true;
    figures.put(ProcessorDistance.BEFORE, ProcessorDistance.nanos());
    if (mode.measurement() != null) {
      figures.putAll(mode.measurement().measure(order.peer(), cell.settings()));
    } else {
      WarmUp.begin(order.settings().warmUp());
      figures.putAll(run(mode, cell, order));
      List<Double> rates = WarmUp.rates();
      steady = order.settings().warmUp().isSteady(rates);
      figures.put(Reading.WARM_UPS, (double) rates.size());
    }
    figures.put(ProcessorDistance.AFTER, ProcessorDistance.nanos());
    Double score = figures.remove(Measurement.SCORE);
    if (score == null) {
      return Reading.failed(cell.toString(), order.peer(), order.number(), "no score");
    }
    return new Reading(
        cell.toString(),
        order.peer(),
        order.number(),
        Runtime.version().toString(),
        score,
        steady,
        figures,
        null);
  }

  @SuppressWarnings("rawtypes") // So JMH returns them.
  private static Map<String, Double> run(Mode mode, Cell cell, Order order) throws Exception {
    Settings settings = order.settings();
    TimeValue time = TimeValue.milliseconds(settings.millis());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Jmh.benchmarkOf(mode, cell).replace(".", "\\.") + "$")
            // This JVM is the fork.
            .forks(0)
            .threads(Jmh.threadsOf(cell))
            .warmupIterations(settings.warmUp().most())
            .warmupTime(time)
            .measurementIterations(settings.iterations())
            .measurementTime(time)
            // Threads that an unfair pool lets wait would hold up the end for as long as others go
            // on.
            .syncIterations(false)
            .timeout(TimeValue.seconds(60))
            .shouldFailOnError(true)
            .addProfiler(GCProfiler.class)
            .addProfiler(WakeUps.class)
            .addProfiler(Rate.class)
            .addProfiler(WarmUp.class)
            .addProfiler(Waits.class)
            .verbosity(VerboseMode.SILENT)
            .param("peer", order.peer());
    Jmh.parametersOf(cell).forEach((name, value) -> options.param(name, value));
    Collection<RunResult> results = new Runner(options.build()).run();
    Map<String, Double> figures = new LinkedHashMap<>();
    for (RunResult result : results) {
      figures.put(Measurement.SCORE, result.getPrimaryResult().getScore());
      for (Map.Entry<String, Result> other : result.getSecondaryResults().entrySet()) {
        String name = other.getKey().replace("·", "");
        if (name.equals(Rate.NAME)) {
          figures.put(Measurement.SCORE, other.getValue().getScore());
        } else if (KEPT.contains(name)) {
          figures.put(name, other.getValue().getScore());
        }
      }
    }
    return figures;
  }

  /** Bytes allocated for each operation, as JMH calls it. */
  static final String ALLOCATED = "gc.alloc.rate.norm";

  private static final List<String> KEPT =
      List.of(ALLOCATED, WakeUps.NAME, Waits.MEDIAN, Waits.P999);

  /** How a cell becomes a call of JMH. */
  static final class Jmh {

    private Jmh() {}

    /** The method; where tasks are long there is one with shorter bursts. */
    static String benchmarkOf(Mode mode, Cell cell) {
      Class<?> type = mode.benchmark();
      if (type == null) {
        throw new IllegalArgumentException("Mode " + mode.name() + " is none of JMH's.");
      }
      String method =
          switch (mode.name()) {
            case "lone" -> "roundTrip";
            case "listeners" -> "execute";
            case "execute", "submit", "supplyAsync", "priorities" ->
                cell.number("work") >= 50 ? mode.name() + "Short" : mode.name();
            default -> mode.name();
          };
      return type.getName() + "." + method;
    }

    static int threadsOf(Cell cell) {
      for (String name : List.of("submitters", "threads")) {
        if (cell.settings().containsKey(name)) {
          return cell.number(name);
        }
      }
      return 1;
    }

    static Map<String, String> parametersOf(Cell cell) {
      Map<String, String> parameters = new LinkedHashMap<>();
      cell.settings()
          .forEach(
              (name, value) -> {
                switch (name) {
                  case "on" -> parameters.put("threads", value.toUpperCase(Locale.ROOT));
                  case "work" -> parameters.put("work", String.valueOf(cell.number("work")));
                  case "hold" ->
                      parameters.put(
                          "hold",
                          switch (value) {
                            case "none" -> "NONE";
                            case "1us" -> "BUSY_1US";
                            default -> "PARK_100US";
                          });
                  case "submitters", "threads" -> {
                    // They are JMH's own threads.
                  }
                  default -> parameters.put(name, value);
                }
              });
      return parameters;
    }
  }

  /** The options that a JVM must have to be a fork of JMH's, besides those of the mode. */
  static List<String> jvmArguments() {
    List<String> hints = new ArrayList<>();
    org.openjdk.jmh.runner.CompilerHints.addCompilerHints(hints);
    return hints;
  }
}
