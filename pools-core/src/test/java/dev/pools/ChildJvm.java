package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.AdvancedPool;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** A program that a test runs in a JVM of its own. */
public final class ChildJvm {

  /** How the program has ended, and what it has printed to either stream. */
  public record Ended(int exitValue, List<String> lines) {}

  /** What each program needs besides itself; nothing that it logs is written. */
  private static final List<Class<?>> NEEDED = List.of(AdvancedPool.class, Logger.class);

  private ChildJvm() {}

  /** Runs a program with the default heap; see {@link #run(Class, Duration, List, String...)}. */
  public static Ended run(Class<?> program, Duration limit, String... arguments) throws Exception {
    return run(program, limit, List.of(), arguments);
  }

  /**
   * Runs the {@code main} method of a class until it ends.
   *
   * @param options options of the JVM, such as the size of its heap
   * @throws AssertionError if the program has not ended within the limit; it is killed then
   */
  public static Ended run(
      Class<?> program, Duration limit, List<String> options, String... arguments)
      throws Exception {
    List<String> command = command(program, options, arguments);
    // A file: a pipe that is not read would hold up the program.
    Path output = Files.createTempFile(program.getSimpleName(), ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        List<String> lines = Files.readAllLines(output);
        assertThat(ended).as("%s ended within %s: %s", program, limit, lines).isTrue();
        return new Ended(process.exitValue(), lines);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(output);
    }
  }

  /** The command that runs the {@code main} method of a class. */
  public static List<String> command(Class<?> program, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(program), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String classPath(Class<?> program) {
    return Stream.concat(Stream.of(program), NEEDED.stream())
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
        .map(location -> Path.of(URI.create(location.toString())).toString())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
