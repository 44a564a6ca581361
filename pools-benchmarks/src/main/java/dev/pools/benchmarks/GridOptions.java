package dev.pools.benchmarks;

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
 * @param quick whether only the five-minute selection of them
 * @param peers which contenders, by a pattern that matches their whole name
 * @param forks how many JVMs measure each cell of each peer
 * @param settings how long each measures
 * @param java the program that runs the forks
 * @param jvmArguments for the forks, besides those of the modes
 * @param out where results go, without the ending; null for beside the jar
 * @param tables results of before, to make a table of in place of measuring
 * @param listing whether only to say what would be measured
 */
record GridOptions(
    Pattern cells,
    boolean quick,
    Pattern peers,
    int forks,
    Fork.Settings settings,
    String java,
    List<String> jvmArguments,
    @Nullable Path out,
    List<Path> tables,
    boolean listing) {

  static final String HELP =
      """
      java -jar benchmarks.jar grid [options]
        --part tasks|connections   only one part
        --cells REGEX              only cells in which this is found, as 'execute/on=platform.*workers=2'
        --peers REGEX              only contenders whose name matches, as 'OURS|TPE|FJP'
        --quick                    the five-minute selection: one fork, short iterations
        --forks N                  JVMs for each cell and peer; the median counts (3)
        --warmups N                iterations that do not count (2)
        --iterations N             iterations that count (3)
        --time MILLIS              of each iteration (250)
        --java PATH                the java program of the forks (the one that runs this)
        --jvm-arg ARG              for the forks; may be given several times
        --out PATH                 results go to PATH.json and PATH.md
        --table FILE               no measuring: a table of FILE.json; may be given several times
        --list                     no measuring: what would be, and how long it would take
      """;

  static GridOptions parse(List<String> arguments) {
    String part = "";
    String cells = "";
    String peers = ".*";
    boolean quick = false;
    boolean listing = false;
    @Nullable Integer forks = null;
    @Nullable Integer warmUps = null;
    @Nullable Integer iterations = null;
    @Nullable Integer millis = null;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> jvmArguments = new ArrayList<>();
    List<Path> tables = new ArrayList<>();
    Path out = null;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String flag = rest.next();
      switch (flag) {
        case "--part" -> part = part(value(flag, rest, HELP));
        case "--cells" -> cells = value(flag, rest, HELP);
        case "--peers" -> peers = value(flag, rest, HELP);
        case "--quick" -> quick = true;
        case "--list" -> listing = true;
        case "--forks" -> forks = number(flag, rest, 1, HELP);
        case "--warmups" -> warmUps = number(flag, rest, 0, HELP);
        case "--iterations" -> iterations = number(flag, rest, 1, HELP);
        case "--time" -> millis = number(flag, rest, 1, HELP);
        case "--java" -> java = value(flag, rest, HELP);
        case "--jvm-arg" -> jvmArguments.add(value(flag, rest, HELP));
        case "--out" -> out = Path.of(value(flag, rest, HELP));
        case "--table" -> tables.add(Path.of(value(flag, rest, HELP)));
        default -> throw new IllegalArgumentException("There is no option " + flag + ".\n" + HELP);
      }
    }
    return new GridOptions(
        pattern("--cells", (part.isEmpty() ? "" : "^" + part + "/.*") + "(" + cells + ")"),
        quick,
        pattern("--peers", peers),
        forks != null ? forks : quick ? 1 : 3,
        new Fork.Settings(
            warmUps != null ? warmUps : quick ? 1 : 2,
            iterations != null ? iterations : quick ? 2 : 3,
            millis != null ? millis : quick ? 200 : 250),
        java,
        List.copyOf(jvmArguments),
        out,
        List.copyOf(tables),
        listing);
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

  /** Whether a cell is to be measured. */
  boolean wants(Cell cell) {
    String text = cell.toString();
    return cells.matcher(text).find()
        && (!quick || Plan.QUICK.stream().anyMatch(part -> part.matcher(text).matches()));
  }
}
