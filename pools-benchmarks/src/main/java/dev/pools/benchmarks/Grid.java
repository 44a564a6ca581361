package dev.pools.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures both pools and their peers, and writes the results as JSON and as a Markdown table.
 *
 * <p>Peers take turns, mode by mode, and then all forks again, so that whatever happens on the
 * machine meanwhile befalls them alike.
 */
public final class Grid {

  /** How long a JVM takes to start and to end, and JMH between two cells. */
  private static final double FORK_SECONDS = 1.2;

  private static final double CELL_SECONDS = 0.2;

  /** What a measurement takes that JMH does not do. */
  private static final double MEASUREMENT_SECONDS = 5;

  /**
   * What is kept of a run.
   *
   * @param started when
   * @param machine on what
   * @param settings how long each was measured
   * @param readings what came out
   */
  record Results(String started, String machine, Fork.Settings settings, List<Reading> readings) {}

  private record Turn(Mode mode, List<Cell> cells, String peer, int fork) {}

  private final GridOptions options;
  private final PrintStream console;
  private final Plan plan;
  private final JsonMapper json = JsonMapper.builder().build();
  private final List<Reading> readings = new ArrayList<>();
  private final LocalDateTime started =
      LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);

  private Grid(GridOptions options, PrintStream console) {
    this.options = options;
    this.console = console;
    this.plan = Plan.full().where(options::wants);
  }

  /** Runs the grid as the arguments say; see {@link GridOptions#HELP}. */
  public static void main(String[] arguments) throws Exception {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.print(GridOptions.HELP);
      return;
    }
    GridOptions options;
    try {
      options = GridOptions.parse(Arrays.asList(arguments));
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    new Grid(options, System.out).run();
  }

  private void run() throws Exception {
    if (!options.tables().isEmpty()) {
      for (Path results : options.tables()) {
        readings.addAll(json.readValue(results.toFile(), Results.class).readings());
      }
      console.print(Table.of(Plan.full(), readings));
      return;
    }
    boolean virtual = ForkProcess.featureOf(options.java()) >= 21;
    List<Turn> turns = turns(virtual);
    announce(turns);
    if (options.listing() || turns.isEmpty()) {
      return;
    }
    Path out = out();
    double tokens = Work.calibrate();
    long begin = System.nanoTime();
    for (int turn = 0; turn < turns.size(); turn++) {
      take(turns.get(turn), tokens);
      write(out);
      console.printf(
          "%3d %% %5d s  %s %s%n",
          100 * (turn + 1) / turns.size(),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
          turns.get(turn).mode().part() + "/" + turns.get(turn).mode().name(),
          turns.get(turn).peer());
    }
    console.println();
    console.print(Table.of(plan, readings));
    console.println("Written to " + out + ".json and " + out + ".md");
  }

  private List<Turn> turns(boolean virtual) {
    List<Turn> turns = new ArrayList<>();
    for (int fork = 1; fork <= options.forks(); fork++) {
      for (Mode mode : plan.modes()) {
        List<Cell> cells =
            mode.cells().stream().filter(cell -> virtual || !mode.isVirtual(cell)).toList();
        for (String peer : mode.contenders()) {
          // Stormpot is compiled for the first JDK that has virtual threads.
          boolean runs = virtual || !peer.startsWith("STORMPOT");
          if (runs && !cells.isEmpty() && options.peers().matcher(peer).matches()) {
            turns.add(new Turn(mode, cells, peer, fork));
          }
        }
      }
    }
    return turns;
  }

  private void announce(List<Turn> turns) {
    if (options.listing()) {
      for (Mode mode : plan.modes()) {
        console.println(mode.part() + "/" + mode.name() + ": " + mode.contenders());
        mode.cells().forEach(cell -> console.println("  " + cell));
      }
    }
    double seconds = turns.stream().mapToDouble(this::seconds).sum();
    int cells = turns.stream().mapToInt(turn -> turn.cells().size()).sum();
    console.printf(
        "%d measurements in %d JVMs: some %.0f minutes on an otherwise idle machine%n",
        cells, turns.size(), Math.ceil(seconds / 60));
  }

  private double seconds(Turn turn) {
    if (turn.mode().measurement() != null) {
      return turn.cells().size() * (FORK_SECONDS + MEASUREMENT_SECONDS);
    }
    Fork.Settings settings = options.settings();
    double iteration = settings.millis() / 1000.0;
    return FORK_SECONDS
        + 2 * settings.warmUps() * iteration
        + turn.cells().size()
            * (CELL_SECONDS + (settings.warmUps() + settings.iterations()) * iteration);
  }

  /** Measures the cells of a turn; one that hangs or fails is noted, and the others go on. */
  private void take(Turn turn, double tokens) throws IOException, InterruptedException {
    ForkProcess process =
        new ForkProcess(options.java(), Beside.classPath(), options.jvmArguments(), tokens);
    List<Cell> left = new ArrayList<>(turn.cells());
    while (!left.isEmpty()) {
      // A measurement changes its JVM for good, so that each has one of its own.
      List<Cell> ordered =
          turn.mode().measurement() == null ? List.copyOf(left) : List.of(left.get(0));
      ForkProcess.Outcome outcome =
          process.run(turn.mode(), ordered, turn.peer(), turn.fork(), options.settings());
      List<Reading> read = outcome.readings();
      readings.addAll(read);
      left = new ArrayList<>(left.subList(read.size(), left.size()));
      boolean told = !read.isEmpty() && read.get(read.size() - 1).failure() != null;
      if (told) {
        Reading failed = read.get(read.size() - 1);
        console.printf("FAILED %s %s: %s%n", failed.cell(), failed.peer(), failed.failure());
      } else if (outcome.failure() != null) {
        Cell failed = left.remove(0);
        console.printf("FAILED %s %s: %s%n", failed, turn.peer(), outcome.failure());
        readings.add(
            Reading.failed(failed.toString(), turn.peer(), turn.fork(), outcome.failure()));
      }
    }
  }

  private Path out() throws IOException {
    Path out = options.out();
    if (out == null) {
      String time = started.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
      out = Beside.theJar("results").resolve("grid-" + time);
    }
    Files.createDirectories(out.toAbsolutePath().getParent());
    return out;
  }

  private void write(Path out) throws IOException {
    json.writerWithDefaultPrettyPrinter()
        .writeValue(
            Path.of(out + ".json").toFile(),
            new Results(started.toString(), machine(), options.settings(), readings));
    Files.writeString(
        Path.of(out + ".md"),
        "%s, %s, JDK %s, %d forks of %d x %d ms%n%n%s"
            .formatted(
                started,
                machine(),
                String.join(", ", readings.stream().map(Reading::jdk).distinct().toList()),
                options.forks(),
                options.settings().iterations(),
                options.settings().millis(),
                Table.of(plan, readings)));
  }

  private static String machine() {
    return "%d processors, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
