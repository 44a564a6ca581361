package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Starts a {@link Fork} in a JVM of its own and waits for its reading.
 *
 * @param java the program to start
 * @param classPath of the JVM; what comes first wins
 * @param jvmArguments besides those of the mode and of JMH
 * @param tokens how much work takes a microsecond, see {@link Work}
 */
record ForkProcess(String java, String classPath, List<String> jvmArguments, double tokens) {

  /** How long a fork may take for one reading. */
  static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final JsonMapper JSON = JsonMapper.shared();

  /** Measures one cell of one peer; a fork that fails or hangs is told in the reading. */
  Reading run(Mode mode, Cell cell, String peer, int fork, Fork.Settings settings)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("pools-benchmarks");
    Path order = directory.resolve("order");
    Path into = directory.resolve("reading");
    Path log = directory.resolve("log");
    try {
      JSON.writeValue(
          order.toFile(), new Fork.Order(cell.toString(), peer, fork, settings, into.toString()));
      boolean ended = start(mode, order, log);
      if (Files.exists(into)) {
        return JSON.readValue(into.toFile(), Reading.class);
      }
      return Reading.failed(
          cell.toString(),
          peer,
          fork,
          ended ? lastError(log) : "hung for " + PATIENCE.toSeconds() + " s");
    } finally {
      for (Path file : List.of(order, into, log, directory)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Whether it ended by itself. */
  private boolean start(Mode mode, Path order, Path log) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(java);
    command.addAll(Fork.jvmArguments());
    command.addAll(mode.jvmArguments());
    command.addAll(jvmArguments);
    command.add("-D" + Work.TOKENS_PER_MICRO + "=" + tokens);
    // Several runs may go on at a time, if their user does not mind the noise.
    command.add("-Djmh.ignoreLock=true");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(classPath);
    command.add(Fork.class.getName());
    command.add(order.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Thread onExit = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly().waitFor();
      Runtime.getRuntime().removeShutdownHook(onExit);
    }
  }

  /** The first line of what went wrong, as far as the fork tells. */
  private static String lastError(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    String cause = lines.isEmpty() ? "the fork ended without a word" : lines.get(lines.size() - 1);
    for (String line : lines) {
      if (line.startsWith("Caused by: ") || line.startsWith("Exception in thread")) {
        cause = line;
      }
    }
    return cause.length() > 300 ? cause.substring(0, 300) : cause;
  }

  /** The feature release of a JDK, asked of itself. */
  static int featureOf(String java) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(java, "-XshowSettings:properties", "-version")
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
    process.waitFor();
    for (String line : text.lines().toList()) {
      String setting = line.trim();
      if (setting.startsWith("java.specification.version = ")) {
        return Integer.parseInt(setting.substring(setting.indexOf('=') + 2));
      }
    }
    throw new IllegalArgumentException("--java is '" + java + "', but that is no JVM: " + text);
  }
}
