package dev.pools.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs the jcstress tests, all of them in about the time given: each in every mode of the JVM, with
 * few states at a time, because a state here is a whole pool with its threads.
 *
 * <p>Some tests have a planted bug. They run first, and jcstress must find each bug: a checker that
 * does not race the code at all would report success.
 */
public final class Stress {

  private static final String HELP =
      """
      java -jar benchmarks.jar stress [--seconds N] [options of jcstress]
        --seconds N   the time for all tests together, which they share (120)
        -t REGEX      only tests in whose name this is found; no planted bugs
        -m MODE       no sharing: jcstress' own preset, as tough
        -r DIRECTORY  for the report (jcstress, beside the jar)
      """;

  /** How the name of a test with a planted bug begins, after its package. */
  private static final String PLANTED = "\\.Planted";

  /** Interpreted, C1, and C2 in several ways. */
  private static final int JVM_MODES = 8;

  private static final int ITERATIONS = 3;
  private static final int SHORTEST_MILLIS = 50;

  /** What a JVM takes besides, to start and to end. */
  private static final int START_MILLIS = 1500;

  /** How jcstress counts the tests of a run that have seen something forbidden. */
  private static final Pattern FAILED = Pattern.compile("\\b[1-9]\\d* failed\\b");

  private Stress() {}

  /** Runs jcstress; the exit code is not zero if something forbidden has happened. */
  public static void main(String[] arguments) throws Exception {
    List<String> given = new ArrayList<>(Arrays.asList(arguments));
    if (given.contains("--help")) {
      System.out.print(HELP);
      return;
    }
    int seconds = 120;
    int flag = given.indexOf("--seconds");
    if (flag >= 0) {
      if (flag + 1 == given.size() || !given.get(flag + 1).matches("[1-9][0-9]{0,5}")) {
        System.err.println("--seconds takes a number from 1 to 999999.\n" + HELP);
        System.exit(2);
      }
      seconds = Integer.parseInt(given.get(flag + 1));
      given.subList(flag, flag + 2).clear();
    }
    String filter = "";
    int test = given.indexOf("-t");
    if (test >= 0 && test + 1 < given.size()) {
      filter = given.get(test + 1);
      given.subList(test, test + 2).clear();
    }
    String honest = honest(filter);
    int tests = testsWith(honest).size();
    if (tests == 0) {
      System.err.println("There is no such test.\n" + HELP);
      System.exit(2);
    }
    Path directory = Beside.theJar("jcstress");
    Files.createDirectories(directory);
    List<String> planted = filter.isEmpty() ? plantedBugs() : List.of();
    int millis = iterationMillis(tests + planted.size(), seconds);
    for (String bug : planted) {
      if (!finds(bug, millis, directory)) {
        System.err.println(
            "jcstress does not find the bug that is planted in "
                + bug
                + ": what it says about the other tests means nothing. Its output is in "
                + outputOf(bug, directory));
        System.exit(3);
      }
      System.out.println("jcstress finds the bug that is planted in " + bug + ".");
    }
    List<String> command = command();
    command.addAll(List.of("-t", honest));
    if (!given.contains("-m")) {
      command.addAll(shared(millis));
    }
    if (!given.contains("-r")) {
      command.addAll(List.of("-r", directory.toString()));
    }
    command.addAll(given);
    // In a JVM of its own, because it leaves a file in the directory that it is started in.
    System.exit(
        new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start().waitFor());
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(Beside.classPath());
    command.add(org.openjdk.jcstress.Main.class.getName());
    return command;
  }

  private static List<String> shared(int millis) {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("-sc", "false", "-af", "NONE", "-f", "1", "-fsm", "1"));
    options.addAll(List.of("-strideSize", "10", "-strideCount", "20"));
    options.addAll(List.of("-iters", String.valueOf(ITERATIONS)));
    options.addAll(List.of("-time", String.valueOf(millis)));
    return options;
  }

  /** The tests in whose name something is found, without those that have a planted bug. */
  private static String honest(String filter) {
    return "^(?!.*" + PLANTED + ")(?=.*(?:" + filter + "))";
  }

  /** The names of the tests that have a planted bug. */
  static List<String> plantedBugs() throws IOException {
    return testsWith(PLANTED);
  }

  /** Whether jcstress sees what a test forbids, because of the bug that is planted in it. */
  static boolean finds(String planted, int millis, Path directory)
      throws IOException, InterruptedException {
    Path output = outputOf(planted, directory);
    List<String> command = command();
    command.addAll(List.of("-t", "^" + Pattern.quote(planted) + "$"));
    command.addAll(shared(millis));
    command.addAll(List.of("-r", Files.createDirectories(directory.resolve("planted")).toString()));
    int exit =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    return exit != 0 && FAILED.matcher(Files.readString(output)).find();
  }

  private static Path outputOf(String planted, Path directory) {
    return directory.resolve(planted.substring(planted.lastIndexOf('.') + 1) + ".txt");
  }

  /** How long an iteration may take for so many tests to end in time. */
  static int iterationMillis(int tests, int seconds) {
    int jvms = Math.max(1, tests) * JVM_MODES;
    long each = seconds * 1000L / jvms;
    return (int) Math.max(SHORTEST_MILLIS, (each - START_MILLIS) / ITERATIONS);
  }

  /** The selected tests, out of the list that jcstress keeps. */
  private static List<String> testsWith(String filter) throws IOException {
    Pattern wanted = Pattern.compile(filter);
    Pattern start = Pattern.compile("^JCTEST(?<length>\\d+)S");
    List<String> tests = new ArrayList<>();
    try (InputStream list = Stress.class.getResourceAsStream("/META-INF/TestList")) {
      if (list == null) {
        return tests;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher test = start.matcher(line);
        if (test.find()) {
          String name =
              line.substring(test.end(), test.end() + Integer.parseInt(test.group("length")));
          if (wanted.matcher(name).find()) {
            tests.add(name);
          }
        }
      }
    }
    return tests;
  }
}
