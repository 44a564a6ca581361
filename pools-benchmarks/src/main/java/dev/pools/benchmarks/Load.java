package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What the machine was busy with besides, at one moment of a run.
 *
 * @param when the time in UTC
 * @param round after which round; 0 before the first
 * @param average the load average of the last minute; -1 where the system does not tell
 * @param ticks what all processors have done since the start of the system, in hundredths of a
 *     second; 0 where the system does not tell
 * @param stolen for how much of that the host ran something else
 */
record Load(String when, int round, double average, long ticks, long stolen) {

  private static final Path STAT = Path.of("/proc/stat");
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path AVERAGE = Path.of("/proc/loadavg");

  /** The column of {@code /proc/stat} that counts stolen time; guests are counted twice there. */
  private static final int STEAL = 8;

  static Load now(String when, int round) throws IOException {
    long[] times = Files.isReadable(STAT) ? times(Files.readAllLines(STAT)) : new long[0];
    double average =
        Files.isReadable(AVERAGE)
            ? Double.parseDouble(Files.readString(AVERAGE).split(" ", 2)[0])
            : -1;
    return new Load(
        when,
        round,
        average,
        Arrays.stream(times).limit(STEAL).sum(),
        times.length < STEAL ? 0 : times[STEAL - 1]);
  }

  /** What the processors are, as {@code " (name)"}; empty where the system does not tell. */
  static String processor() throws IOException {
    if (Files.isReadable(PROCESSORS)) {
      for (String line : Files.readAllLines(PROCESSORS)) {
        if (line.startsWith("model name")) {
          return " (" + line.substring(line.indexOf(':') + 1).strip() + ")";
        }
      }
    }
    return "";
  }

  /** The columns of the line of all processors. */
  static long[] times(List<String> stat) {
    for (String line : stat) {
      if (line.startsWith("cpu ")) {
        return Arrays.stream(line.substring(4).strip().split(" +"))
            .mapToLong(Long::parseLong)
            .toArray();
      }
    }
    return new long[0];
  }
}
