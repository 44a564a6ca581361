package dev.pools.benchmarks;

import dev.pools.benchmarks.RunFile.Content;
import dev.pools.benchmarks.RunFile.Session;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What a run tells, as Markdown. */
public final class Report {

  private static final String HELP =
      """
      java -jar benchmarks.jar report RUN.jsonl
        The goals, the answers and all tables of a run of the grid.
      """;

  private Report() {}

  /** Prints the report of the file that is given. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1 || arguments[0].equals("--help")) {
      System.err.print(HELP);
      System.exit(2);
    }
    System.out.print(of(new RunFile(GridOptions.file("the run", arguments[0])).read()));
  }

  /** All of it: on what it was measured, the goals, the answers, and everyone by mode. */
  static String of(Content run) {
    StringBuilder text = new StringBuilder(machine(run));
    text.append('\n').append(Goals.of(List.of(run.readings())));
    for (Question question : Question.ALL) {
      String answers = Answers.of(question, List.of(run.readings()));
      if (!answers.isEmpty()) {
        text.append("\n### ").append(question.id()).append("\n\n").append(answers);
      }
    }
    return text.append('\n').append(Table.of(Plan.full(), run.readings())).toString();
  }

  /** When and on what a run was measured, how long, and what else the machine was busy with. */
  static String machine(Content run) {
    Session session = run.session();
    Fork.Settings settings = session.settings();
    TreeSet<Integer> rounds = new TreeSet<>();
    TreeSet<String> jdks = new TreeSet<>();
    for (Reading reading : run.readings()) {
      rounds.add(reading.fork());
      jdks.add(reading.jdk());
    }
    return String.format(
        Locale.ROOT,
        "Started %s UTC on %s, JDK %s: %d rounds, %d forks of %d x %.1f s after the warm-up, %d of"
            + " them not steady; %s; %s.%n",
        session.started().replace('T', ' '),
        session.machine(),
        String.join(", ", jdks),
        rounds.size(),
        run.readings().size(),
        settings.iterations(),
        settings.millis() / 1000.0,
        run.readings().stream().filter(reading -> !reading.steady()).count(),
        loads(run.loads()),
        distances(run.readings()));
  }

  private static String distances(List<Reading> readings) {
    double usual =
        PlacedForks.usual(
            readings.stream()
                .flatMap(reading -> PlacedForks.distancesOf(reading).stream())
                .toList());
    if (Double.isNaN(usual)) {
      return "the distance between processors unknown";
    }
    return String.format(
        Locale.ROOT,
        "%.0f ns from one processor to another and back, and %d forks measured at another distance",
        usual,
        readings.stream().filter(reading -> !PlacedForks.isUsual(reading, usual)).count());
  }

  private static String loads(List<Load> loads) {
    if (loads.isEmpty()) {
      return "load unknown";
    }
    Load first = loads.get(0);
    Load last = loads.get(loads.size() - 1);
    return String.format(
        Locale.ROOT,
        "load average %.2f before and %.2f after, %s of the processors' time stolen by the host",
        first.average(),
        last.average(),
        Figures.percent(stolen(loads)));
  }

  /** Over all rounds of all sessions, without the time between sessions. */
  private static double stolen(List<Load> loads) {
    long ticks = 0;
    long stolen = 0;
    for (int load = 1; load < loads.size(); load++) {
      Load before = loads.get(load - 1);
      Load after = loads.get(load);
      if (after.round() > 0) {
        ticks += after.ticks() - before.ticks();
        stolen += after.stolen() - before.stolen();
      }
    }
    return ticks <= 0 ? Double.NaN : (double) stolen / ticks;
  }
}
