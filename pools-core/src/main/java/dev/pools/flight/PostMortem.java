package dev.pools.flight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;

/**
 * Prints what a recording of the JDK's Flight Recorder says of pools: which one was in trouble and
 * why, the longest waits, and who held what at that time. It needs nothing but the recording, which
 * may be what a killed JVM has left in its repository directory.
 *
 * <pre>{@code
 * java -cp pools-core.jar:slf4j-api.jar dev.pools.flight.PostMortem DIRECTORY_OR_FILE...
 * }</pre>
 */
public final class PostMortem {

  private PostMortem() {}

  /**
   * Prints the report.
   *
   * @param arguments recordings, or directories in which these are looked for at any depth
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      System.err.println("Name the recording, or the repository directory of the JVM.");
      System.exit(2);
    }
    List<Path> places = new ArrayList<>();
    for (String argument : arguments) {
      places.add(Path.of(argument));
    }
    report(places).forEach(System.out::println);
  }

  /** The lines of the report. */
  static List<String> report(List<Path> places) throws IOException {
    RecordedPools pools = new RecordedPools();
    List<String> lines = new ArrayList<>();
    List<Path> files = recordings(places);
    if (files.isEmpty()) {
      return List.of("There is no file there whose name ends with .jfr.");
    }
    for (Path file : files) {
      try (RecordingFile recording = new RecordingFile(file)) {
        while (recording.hasMoreEvents()) {
          pools.add(recording.readEvent());
        }
      } catch (IOException | RuntimeException incomplete) {
        // As in the last file of a killed JVM. What it has flushed, once in a second, has been
        // read.
        lines.add("The end of " + file.getFileName() + " is missing: " + incomplete.getMessage());
      }
    }
    lines.addAll(PostMortemReport.of(pools));
    return lines;
  }

  private static List<Path> recordings(List<Path> places) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path place : places) {
      try (Stream<Path> below = Files.walk(place)) {
        below
            .filter(file -> file.getFileName().toString().endsWith(".jfr"))
            .filter(Files::isRegularFile)
            .sorted()
            .forEach(found::add);
      }
    }
    return found;
  }
}
