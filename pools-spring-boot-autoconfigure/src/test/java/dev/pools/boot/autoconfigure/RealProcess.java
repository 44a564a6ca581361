package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of these tests that runs in a JVM of its own. */
final class RealProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;

  private RealProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static RealProcess of(Path folder, Class<?> program, String... arguments) throws IOException {
    Path log = Files.createTempFile(folder, "program", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(classPath());
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return new RealProcess(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        log);
  }

  private static String classPath() {
    String ofTheBuild = System.getProperty("surefire.test.class.path");
    if (ofTheBuild != null) {
      return ofTheBuild;
    }
    List<String> all = new ArrayList<>();
    if (RealProcess.class.getClassLoader() instanceof URLClassLoader loader) {
      for (URL url : loader.getURLs()) {
        all.add(Path.of(URI.create(url.toString())).toString());
      }
    }
    all.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, all);
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitLog(String text) {
    await().atMost(PATIENCE).until(() -> !process.isAlive() || log().contains(text));
    assertThat(log()).contains(text);
  }

  /** Asks it to end, as Ctrl-C does. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end; the exit code. */
  int awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("has ended; its log:%n%s", log())
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
