package dev.pools.benchmarks;

import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Measures two jars of pools-core against each other: whether a change has kept the speed.
 *
 * <p>Each cell gets a JVM of its own for each jar and round, with the jar before everything else on
 * its class path. The jars take turns, and the jar that runs first changes with each round, so that
 * a disturbance of the machine hits both alike. The ratio of a cell is the median of the new scores
 * over the median of the old ones. JVMs of the same jar differ, in some cells by a factor of two;
 * the table shows how far the ratio could differ for that reason alone, see {@link SpeedRatio}.
 */
public final class Compare {

  static final String HELP =
      """
      java -jar benchmarks.jar compare OLD.jar NEW.jar [options]
        --cells REGEX      only cells in which this is found, as 'connections/oneLease'
        --rounds N         how often both are measured (5)
        --iterations N     iterations of 1 s that count, after the warm-up (3)
        --java PATH        the java program of the forks (the one that runs this)
        --scores FILE      reads the scores of earlier rounds from it, and adds those of each new one
        --out FILE         where the table goes, besides the console
      """;

  /** A cell for each mode that users notice; with several where the load changes what is used. */
  static final List<String> CELLS =
      List.of(
          "tasks/execute/on=platform/work=0us/submitters=1/workers=2",
          "tasks/execute/on=platform/work=0us/submitters=4/workers=2",
          "tasks/submit/on=platform/work=0us/submitters=4/workers=2",
          "tasks/supplyAsync/on=platform/work=0us/submitters=4/workers=2",
          "tasks/roundTrip/on=platform/work=0us/submitters=4/workers=2",
          "tasks/priorities/on=platform/work=0us/submitters=4/workers=2",
          "tasks/bounded/on=platform/work=0us/submitters=4/workers=2",
          "tasks/callerRuns/on=platform/work=0us/submitters=4/workers=2",
          "tasks/execute/on=virtual/work=0us/submitters=4/workers=2",
          "tasks/submit/on=virtual/work=0us/submitters=4/workers=2",
          "tasks/lone/submitters=1/workers=1",
          "tasks/cancel/submitters=1/workers=2",
          "tasks/listeners/work=1us/submitters=4/workers=2",
          "tasks/virtualSubmitters/workers=2",
          "connections/oneLease/hold=none/objects=10/threads=1",
          "connections/oneLease/hold=none/objects=10/threads=2",
          "connections/oneLease/hold=none/objects=10/threads=32",
          "connections/twoLeases/hold=none/objects=10/threads=2",
          "connections/otherThread/hold=none/objects=10/threads=8",
          "connections/virtualBorrowers/hold=none/objects=50",
          "connections/async/objects=10/threads=1",
          "connections/asyncInLine/objects=10/threads=1",
          "connections/halfCancelled/objects=10/threads=1");

  /** No mode may fall below this, and the mean of all not below the next. */
  private static final double LEAST_RATIO = 0.95;

  private static final double LEAST_MEAN = 0.98;

  private record Options(
      Path before,
      Path after,
      Pattern cells,
      int rounds,
      int iterations,
      String java,
      @Nullable ComparedScores scores,
      Path out) {}

  private final Options options;
  private final PrintStream console;
  private final PlacedForks forks = new PlacedForks(List.of());

  /** For each cell, old and new scores of each round. */
  private final Map<Cell, List<double[]>> scores = new LinkedHashMap<>();

  private Compare(Options options, PrintStream console) {
    this.options = options;
    this.console = console;
  }

  /** Compares as the arguments say; see {@link #HELP}. */
  public static void main(String[] arguments) throws Exception {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.print(HELP);
      return;
    }
    Options options;
    try {
      options = parse(Arrays.asList(arguments));
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    boolean kept = new Compare(options, System.out).run();
    System.exit(kept ? 0 : 1);
  }

  private static Options parse(List<String> arguments) {
    List<Path> jars = new ArrayList<>();
    String cells = "";
    int rounds = 5;
    int iterations = 3;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ComparedScores scores = null;
    Path out = Beside.theJar("results").resolve("compare.md");
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case "--cells" -> cells = GridOptions.value(argument, rest, HELP);
        case "--rounds" -> rounds = GridOptions.number(argument, rest, 1, HELP);
        case "--iterations" -> iterations = GridOptions.number(argument, rest, 1, HELP);
        case "--java" -> java = GridOptions.value(argument, rest, HELP);
        case "--scores" ->
            scores = new ComparedScores(Path.of(GridOptions.value(argument, rest, HELP)));
        case "--out" -> out = Path.of(GridOptions.value(argument, rest, HELP));
        default -> jars.add(jar(argument));
      }
    }
    if (jars.size() != 2) {
      throw new IllegalArgumentException(
          "compare takes two jars, but got %d.%n%s".formatted(jars.size(), HELP));
    }
    return new Options(
        jars.get(0),
        jars.get(1),
        GridOptions.pattern("--cells", cells),
        rounds,
        iterations,
        java,
        scores,
        out);
  }

  private static Path jar(String argument) {
    Path jar = Path.of(argument).toAbsolutePath();
    if (argument.startsWith("--") || !Files.isRegularFile(jar)) {
      throw new IllegalArgumentException(
          "'%s' is neither a jar nor an option.%n%s".formatted(argument, HELP));
    }
    return jar;
  }

  /** Whether the speed was kept. */
  private boolean run() throws Exception {
    boolean virtual = ForkProcess.featureOf(options.java()) >= 21;
    List<Cell> cells = new ArrayList<>();
    for (String text : CELLS) {
      Cell cell = Cell.parse(text);
      if (options.cells().matcher(text).find() && (virtual || !modeOf(cell).isVirtual(cell))) {
        cells.add(cell);
        scores.put(cell, new ArrayList<>());
      }
    }
    ComparedScores file = options.scores();
    if (file != null) {
      file.readInto(scores);
    }
    double tokens = Work.calibrate();
    ForkProcess before = process(options.before(), tokens);
    ForkProcess after = process(options.after(), tokens);
    for (int round = 1; round <= options.rounds(); round++) {
      for (Cell cell : cells) {
        boolean oldFirst = round % 2 == 1;
        double first = score(oldFirst ? before : after, cell, round);
        double second = score(oldFirst ? after : before, cell, round);
        double[] pair = oldFirst ? new double[] {first, second} : new double[] {second, first};
        scoresOf(cell).add(pair);
        if (file != null) {
          file.add(cell, pair);
        }
        console.printf("%d/%d %s %.2f%n", round, options.rounds(), cell, pair[1] / pair[0]);
      }
    }
    String table = table(cells);
    console.print(table);
    Files.createDirectories(options.out().toAbsolutePath().getParent());
    Files.writeString(options.out(), table);
    return isKept(cells);
  }

  private List<double[]> scoresOf(Cell cell) {
    return scores.computeIfAbsent(cell, unknown -> new ArrayList<>());
  }

  private ForkProcess process(Path jar, double tokens) {
    return new ForkProcess(
        options.java(), jar + File.pathSeparator + Beside.classPath(), List.of(), tokens);
  }

  private static Mode modeOf(Cell cell) {
    Mode mode = Plan.full().modeOf(cell);
    if (mode == null) {
      throw new IllegalStateException("No mode has the cell '" + cell + "'.");
    }
    return mode;
  }

  private double score(ForkProcess process, Cell cell, int round) throws Exception {
    Mode mode = modeOf(cell);
    Reading reading =
        forks.run(
            () ->
                process.run(
                    mode, cell, mode.ours(), round, Fork.Settings.standard(options.iterations())));
    if (reading.failure() != null) {
      throw new IllegalStateException("%s failed: %s".formatted(cell, reading.failure()));
    }
    return reading.score();
  }

  private double ratio(Cell cell) {
    return speedRatio(cell).value();
  }

  private SpeedRatio speedRatio(Cell cell) {
    return new SpeedRatio(column(cell, 0), column(cell, 1));
  }

  /** The scores of one of the jars, one for each round. */
  private double[] column(Cell cell, int jar) {
    return scoresOf(cell).stream().mapToDouble(pair -> pair[jar]).toArray();
  }

  private double mean(List<Cell> cells) {
    return Medians.geometricMean(cells.stream().map(this::ratio).toList());
  }

  private boolean isKept(List<Cell> cells) {
    return cells.stream().allMatch(cell -> ratio(cell) >= LEAST_RATIO) && mean(cells) >= LEAST_MEAN;
  }

  /** What a cell below the bar means: that it is slower, or that more rounds must tell. */
  private static String verdict(SpeedRatio ratio) {
    if (ratio.value() >= LEAST_RATIO) {
      return "";
    }
    return ratio.high() < LEAST_RATIO ? "slower" : "undecided: more rounds";
  }

  private String table(List<Cell> cells) {
    StringBuilder text = new StringBuilder();
    text.append("| cell | old, median | new, median | new/old | from | to | |\n");
    text.append("| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for (Cell cell : cells) {
      SpeedRatio ratio = speedRatio(cell);
      text.append(
          "| %s | %,.0f | %,.0f | %.2f | %.2f | %.2f | %s |%n"
              .formatted(
                  cell,
                  Medians.median(column(cell, 0)),
                  Medians.median(column(cell, 1)),
                  ratio.value(),
                  ratio.low(),
                  ratio.high(),
                  verdict(ratio)));
    }
    text.append("| **geometric mean** | | | **%.2f** | | | |%n".formatted(mean(cells)));
    return text.toString();
  }
}
