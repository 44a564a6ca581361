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
 */
public final class Stress {

  private static final String HELP =
      """
      java -jar benchmarks.jar stress [--seconds N] [options of jcstress]
        --seconds N   the time for all tests together, which they share (120)
        -t REGEX      only tests in whose name this is found
        -m MODE       no sharing: jcstress' own preset, as tough
        -r DIRECTORY  for the report (jcstress, beside the jar)
      """;

  /** Interpreted, C1, and C2 in several ways. */
  private static final int JVM_MODES = 8;

  private static final int ITERATIONS = 3;
  private static final int SHORTEST_MILLIS = 50;

  /** What a JVM takes besides, to start and to end. */
  private static final int START_MILLIS = 1500;

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
    Path directory = Beside.theJar("jcstress");
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(Beside.classPath());
    command.add(org.openjdk.jcstress.Main.class.getName());
    int filter = given.indexOf("-t");
    int tests = count(filter >= 0 && filter + 1 < given.size() ? given.get(filter + 1) : "");
    if (tests == 0) {
      System.err.println("There is no such test.\n" + HELP);
      System.exit(2);
    }
    if (!given.contains("-m")) {
      command.addAll(List.of("-sc", "false", "-af", "NONE", "-f", "1", "-fsm", "1"));
      command.addAll(List.of("-strideSize", "10", "-strideCount", "20"));
      command.addAll(List.of("-iters", String.valueOf(ITERATIONS)));
      command.addAll(List.of("-time", String.valueOf(iterationMillis(tests, seconds))));
    }
    if (!given.contains("-r")) {
      command.addAll(List.of("-r", directory.toString()));
    }
    command.addAll(given);
    // In a JVM of its own, because it leaves a file in the directory that it is started in.
    System.exit(
        new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start().waitFor());
  }

  /** How long an iteration may take for so many tests to end in time. */
  static int iterationMillis(int tests, int seconds) {
    int jvms = Math.max(1, tests) * JVM_MODES;
    long each = seconds * 1000L / jvms;
    return (int) Math.max(SHORTEST_MILLIS, (each - START_MILLIS) / ITERATIONS);
  }

  /** How many tests are selected, out of the list that jcstress keeps. */
  private static int count(String filter) throws IOException {
    Pattern wanted = Pattern.compile(filter);
    Pattern start = Pattern.compile("^JCTEST(?<length>\\d+)S");
    int tests = 0;
    try (InputStream list = Stress.class.getResourceAsStream("/META-INF/TestList")) {
      if (list == null) {
        return 0;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher test = start.matcher(line);
        if (test.find()
            && wanted
                .matcher(line)
                .region(test.end(), test.end() + Integer.parseInt(test.group("length")))
                .find()) {
          tests++;
        }
      }
    }
    return tests;
  }
}
