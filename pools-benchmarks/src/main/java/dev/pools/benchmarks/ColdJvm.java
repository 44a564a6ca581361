package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in JVMs that have done nothing else, with the settings that a JVM has by itself:
 * what is cold in a fork's JVM is only its pool. The program prints how many nanoseconds it took.
 */
public final class ColdJvm {

  /** How many JVMs; the median counts. */
  public static final int JVMS = 5;

  private static final long PATIENCE_SECONDS = 60;

  private ColdJvm() {}

  /** The median of what the program printed, in milliseconds. */
  public static double medianMillis(Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    double[] millis = new double[JVMS];
    for (int jvm = 0; jvm < JVMS; jvm++) {
      millis[jvm] = nanos(program, arguments) / 1e6;
    }
    return Medians.median(millis);
  }

  private static long nanos(Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(Beside.classPath());
    command.add(program.getName());
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("A cold JVM hung for " + PATIENCE_SECONDS + " s.");
      }
      String printed =
          new String(process.getInputStream().readAllBytes(), Charset.defaultCharset()).strip();
      if (process.exitValue() != 0) {
        throw new IllegalStateException("A cold JVM failed: " + printed);
      }
      return Long.parseLong(printed);
    } finally {
      process.destroyForcibly();
    }
  }
}
