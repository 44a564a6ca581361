package dev.pools.boot.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.autoconfigure.PoolsAutoConfiguration;
import dev.pools.task.AdvancedPool;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts the same web application with Actuator in pairs: without the starter, and with it and a
 * pool of each kind. One pair shows that both start. With {@code -Dpools.startup.pairs=20} on a
 * quiet machine it prints what the starter adds; no time is asserted, because a busy machine would
 * break the build.
 */
class StartUpTest {

  private static final int PAIRS = Integer.getInteger("pools.startup.pairs", 1);

  private static final List<String> WEB =
      List.of("--server.port=0", "--management.endpoints.web.exposure.include=*");

  private static final List<String> POOLS =
      List.of(
          "--pools.advanced.instances.printer.max-workers=4",
          "--pools.connection.instances.ledger.max-size=4");

  @TempDir Path folder;

  @Test
  void applicationStartsWithTheStarterAndWithoutIt() throws Exception {
    List<Long> without = new ArrayList<>();
    List<Long> with = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      boolean plainFirst = pair % 2 == 0;
      if (plainFirst) {
        without.add(startWithout());
      }
      with.add(startWith());
      if (!plainFirst) {
        without.add(startWithout());
      }
    }
    List<Long> added = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      added.add(with.get(pair) - without.get(pair));
    }
    System.out.printf(
        "Until ready, medians of %d pairs: without the starter %d ms, with it %d ms; it adds %d ms (all pairs: %s)%n",
        PAIRS, median(without), median(with), median(added), added.stream().sorted().toList());
    assertThat(without).hasSize(PAIRS);
  }

  private long startWithout() throws Exception {
    List<String> hidden = List.of(home(AdvancedPool.class), home(PoolsAutoConfiguration.class));
    String path =
        entries().stream()
            .filter(entry -> !hidden.contains(entry))
            .collect(Collectors.joining(File.pathSeparator));
    return start(path, PlainApplication.class, WEB);
  }

  private long startWith() throws Exception {
    List<String> arguments = new ArrayList<>(WEB);
    arguments.addAll(POOLS);
    return start(String.join(File.pathSeparator, entries()), PooledApplication.class, arguments);
  }

  private long start(String classPath, Class<?> application, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                application.getName()));
    command.addAll(arguments);
    Path log = folder.resolve(application.getSimpleName() + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended within two minutes").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(log);
    assertThat(process.exitValue()).as(text).isZero();
    Matcher matcher = Pattern.compile(PlainApplication.READY + "(\\d+)").matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** Without Spring Security and WebFlux, which other tests of this module need. */
  private static List<String> entries() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().contains("security"))
        .filter(entry -> !Path.of(entry).getFileName().toString().contains("webflux"))
        .toList();
  }

  /** The entry of the class path that a class is from. */
  private static String home(Class<?> type) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(type.getProtectionDomain().getCodeSource())
                .getLocation()
                .toURI())
        .toString();
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
