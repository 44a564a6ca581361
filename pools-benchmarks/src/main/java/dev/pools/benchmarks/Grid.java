package dev.pools.benchmarks;

import dev.pools.benchmarks.Rounds.Turn;
import dev.pools.benchmarks.RunFile.Session;
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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Measures both pools and their peers, round by round, and appends what each fork reads to a file.
 */
public final class Grid {

  private final GridOptions options;
  private final PrintStream console;
  private final Plan plan;
  private final List<Reading> readings = new ArrayList<>();
  private final long begin = System.nanoTime();

  /** What this session has measured should have taken. */
  private double secondsExpected;

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
    RunFile file = new RunFile(options.resume() != null ? options.resume() : out());
    if (options.resume() == null && Files.exists(file.path())) {
      throw new IllegalArgumentException(
          "'%s' exists already: go on with it by --resume, or choose another --out."
              .formatted(file.path()));
    }
    Session session = resumedOrNew(file);
    Rounds rounds =
        Rounds.of(
            plan,
            options.full() ? Map.of() : Question.contenders(),
            options.peers().asMatchPredicate(),
            ForkProcess.featureOf(options.java()) >= 21,
            session.settings());
    announce(rounds);
    if (options.listing() || rounds.turns().isEmpty()) {
      return;
    }
    ForkProcess process =
        new ForkProcess(
            options.java(), Beside.classPath(), options.jvmArguments(), session.tokensPerMicro());
    Files.createDirectories(file.path().toAbsolutePath().getParent());
    file.add(session);
    file.add(Load.now(now(), 0));
    PlacedForks forks = new PlacedForks(readings);
    boolean going = true;
    for (int round = 1; going && round <= options.rounds(); round++) {
      going = run(round, rounds, process, forks, file);
    }
    console.print(Report.of(file.read()));
    console.println("Written to " + file.path());
  }

  /** A run that goes on keeps its settings, also if this session asks for others. */
  private Session resumedOrNew(RunFile file) throws IOException {
    if (options.resume() == null) {
      return new Session(now(), machine(), options.settings(), Work.calibrate());
    }
    file.mend();
    RunFile.Content content = file.read();
    readings.addAll(content.readings());
    Session first = content.session();
    return new Session(now(), machine(), first.settings(), first.tokensPerMicro());
  }

  /** Measures what is left of a round; false if the time is up. */
  private boolean run(
      int round, Rounds rounds, ForkProcess process, PlacedForks forks, RunFile file)
      throws IOException, InterruptedException {
    List<Turn> left = rounds.left(round, readings);
    if (left.isEmpty()) {
      return true;
    }
    if (!fits(rounds.seconds(left)) && !readings.isEmpty()) {
      console.printf("Round %d would not fit: go on with --resume %s%n", round, file.path());
      return false;
    }
    for (int turn = 0; turn < left.size(); turn++) {
      Turn next = left.get(turn);
      if (!fits(rounds.seconds(next))) {
        console.printf("The time is up: go on with --resume %s%n", file.path());
        return false;
      }
      Reading reading =
          forks.run(
              () -> process.run(next.mode(), next.cell(), next.peer(), round, rounds.settings()));
      readings.add(reading);
      file.add(reading);
      secondsExpected += rounds.seconds(next);
      console.printf(
          "round %d, %3d/%d, %5.0f s  %s %s: %s%n",
          round,
          turn + 1,
          left.size(),
          secondsGone(),
          next.cell(),
          next.peer(),
          reading.failure() != null
              ? "FAILED, " + reading.failure()
              : Figures.number(reading.score()) + (reading.steady() ? "" : ", not steady"));
    }
    file.add(Load.now(now(), round));
    return true;
  }

  /** Whether there is time for what should take so long, at the pace of the session so far. */
  private boolean fits(double seconds) {
    double pace = secondsExpected < 60 ? 1 : secondsGone() / secondsExpected;
    return secondsGone() + seconds * pace <= options.minutes() * 60;
  }

  private double secondsGone() {
    return (System.nanoTime() - begin) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private void announce(Rounds rounds) {
    if (options.listing()) {
      rounds.turns().forEach(turn -> console.println(turn.cell() + " " + turn.peer()));
    }
    double seconds = 0;
    for (int round = 1; round <= options.rounds(); round++) {
      seconds += rounds.seconds(rounds.left(round, readings));
    }
    console.printf(
        Locale.ROOT,
        "%d cells, %d forks in each of %d rounds: about %.0f minutes for a round, %.0f for what is"
            + " left, on an otherwise idle machine%n",
        rounds.turns().stream().map(Turn::cell).distinct().count(),
        rounds.turns().size(),
        options.rounds(),
        Math.ceil(rounds.seconds(rounds.turns()) / 60),
        Math.ceil(seconds / 60));
    if (Double.isFinite(options.minutes())) {
      int begun = 1;
      while (begun < options.rounds() && rounds.left(begun, readings).isEmpty()) {
        begun++;
      }
      console.printf(
          Locale.ROOT,
          "%.0f minutes: %d of them fit, from round %d on%n",
          options.minutes(),
          rounds.fitting(begun, options.rounds(), readings, options.minutes() * 60),
          begun);
    }
  }

  private Path out() {
    Path out = options.out();
    if (out != null) {
      return out;
    }
    String time =
        LocalDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Beside.theJar("results").resolve("grid-" + time + ".jsonl");
  }

  private static String now() {
    return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String machine() throws IOException {
    return "%d processors%s, %s %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            Load.processor(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
