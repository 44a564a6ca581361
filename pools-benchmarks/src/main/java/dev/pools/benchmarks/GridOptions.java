package dev.pools.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks the grid for.
 *
 * @param cells which cells, by a pattern found in how they are written
 * @param full whether all cells with all contenders, in place of those that answer a question
 * @param peers which contenders, by a pattern that matches their whole name
 * @param rounds how many JVMs measure each cell of each peer, one in each round
 * @param minutes how long the run may take; infinite if it may take as long as it takes
 * @param settings how long each fork measures
 * @param java the program that runs the forks
 * @param jvmArguments for the forks, besides those of the modes
 * @param out the file of the results; null for a new one beside the jar
 * @param resume the file of a run to go on with; null for a new run
 * @param listing whether only to say what would be measured
 */
record GridOptions(
    Pattern cells,
    boolean full,
    Pattern peers,
    int rounds,
    double minutes,
    Fork.Settings settings,
    String java,
    List<String> jvmArguments,
    @Nullable Path out,
    @Nullable Path resume,
    boolean listing) {

  static final String HELP =
      """
      java -jar benchmarks.jar grid [options]
        Without options: the cells that answer the questions of docs/performance.md.
        --rounds N                 forks for each cell and peer, one in each round (5)
        --minutes M                only whole rounds that fit; tells beforehand how many do
        --resume FILE              go on with a run that was cut off, up to --rounds
        --full                     all cells with all peers: some hours for each round
        --part tasks|connections   only one part
        --cells REGEX              only cells in which this is found, as 'execute/on=platform.*workers=2'
        --peers REGEX              only contenders whose name matches, as 'OURS|TPE|FJP'
        --iterations N             iterations of 1 s that count, after the warm-up (2)
        --java PATH                the java program of the forks (the one that runs this)
        --jvm-arg ARG              for the forks; may be given several times
        --out FILE                 results are appended to FILE, as JSON lines
        --list                     no measuring: what would be, and how long it would take
      """;

  static GridOptions parse(List<String> arguments) {
    String part = "";
    String cells = "";
    String peers = ".*";
    boolean full = false;
    boolean listing = false;
    int rounds = 5;
    double minutes = Double.POSITIVE_INFINITY;
    int iterations = 2;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> jvmArguments = new ArrayList<>();
    Path out = null;
    Path resume = null;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String flag = rest.next();
      switch (flag) {
        case "--part" -> part = part(value(flag, rest, HELP));
        case "--cells" -> cells = value(flag, rest, HELP);
        case "--peers" -> peers = value(flag, rest, HELP);
        case "--full" -> full = true;
        case "--list" -> listing = true;
        case "--rounds" -> rounds = number(flag, rest, 1, HELP);
        case "--minutes" -> minutes = number(flag, rest, 1, HELP);
        case "--iterations" -> iterations = number(flag, rest, 1, HELP);
        case "--java" -> java = value(flag, rest, HELP);
        case "--jvm-arg" -> jvmArguments.add(value(flag, rest, HELP));
        case "--out" -> out = Path.of(value(flag, rest, HELP));
        case "--resume" -> resume = file(flag, value(flag, rest, HELP));
        default -> throw new IllegalArgumentException("There is no option " + flag + ".\n" + HELP);
      }
    }
    return new GridOptions(
        pattern("--cells", (part.isEmpty() ? "" : "^" + part + "/.*") + "(" + cells + ")"),
        full,
        pattern("--peers", peers),
        rounds,
        minutes,
        Fork.Settings.standard(iterations),
        java,
        List.copyOf(jvmArguments),
        out,
        resume,
        listing);
  }

  static Path file(String what, String path) {
    Path file = Path.of(path);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s is '%s', but there is no such file.".formatted(what, path));
    }
    return file;
  }

  static String value(String flag, Iterator<String> rest, String help) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("What is the value of " + flag + "?\n" + help);
    }
    return rest.next();
  }

  private static String part(String part) {
    if (!Mode.parts().contains(part)) {
      throw new IllegalArgumentException(
          "--part is '%s', but must be tasks or connections.".formatted(part));
    }
    return part;
  }

  static int number(String flag, Iterator<String> rest, int least, String help) {
    String value = value(flag, rest, help);
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException notNumeric) {
      throw new IllegalArgumentException(
          "%s is '%s', but must be a number.".formatted(flag, value), notNumeric);
    }
    if (number < least) {
      throw new IllegalArgumentException(
          "%s is %d, but must be at least %d.".formatted(flag, number, least));
    }
    return number;
  }

  static Pattern pattern(String flag, String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException wrong) {
      throw new IllegalArgumentException(
          "%s is no regular expression: %s".formatted(flag, wrong.getMessage()), wrong);
    }
  }

  /** Whether a cell is measured. */
  boolean wants(Cell cell) {
    return cells.matcher(cell.toString()).find()
        && (full || Question.contenders().containsKey(cell));
  }
}
