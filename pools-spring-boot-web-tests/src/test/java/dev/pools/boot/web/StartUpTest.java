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
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts the same web application with Actuator in pairs: without the starter, and with it and a
 * pool of each kind. One pair shows that both start. With {@code -Dpools.startup.pairs=20} on a
 * quiet machine it prints what the starter adds; no time is asserted, because a busy machine would
 * break the build.
 *
 * <p>The application runs as it does for users: from jars only. In a class path, each folder of
 * classes is asked for each class that is in a later entry, so that the folders of a build would be
 * measured instead of the starter.
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

  /** What one start has cost until the application was ready. */
  private record Start(long wallMillis, long cpuMillis) {}

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void applicationStartsWithTheStarterAndWithoutIt() throws Exception {
    List<String> plain = new ArrayList<>();
    List<String> pooled = new ArrayList<>();
    for (String entry : entries()) {
      String jar = asJar(Path.of(entry), pooled.size()).toString();
      pooled.add(jar);
      if (!entry.equals(home(AdvancedPool.class))
          && !entry.equals(home(PoolsAutoConfiguration.class))) {
        plain.add(jar);
      }
    }
    List<String> arguments = Stream.concat(WEB.stream(), POOLS.stream()).toList();

    List<Start> without = new ArrayList<>();
    List<Start> with = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      boolean plainFirst = pair % 2 == 0;
      if (plainFirst) {
        without.add(start(plain, PlainApplication.class, WEB));
      }
      with.add(start(pooled, PooledApplication.class, arguments));
      if (!plainFirst) {
        without.add(start(plain, PlainApplication.class, WEB));
      }
    }

    report("time", without, with, Start::wallMillis);
    report("processor time", without, with, Start::cpuMillis);
    assertThat(with).hasSameSizeAs(without).hasSize(PAIRS);
  }

  private static void report(
      String what, List<Start> without, List<Start> with, ToLongFunction<Start> millis) {
    List<Long> added = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      added.add(millis.applyAsLong(with.get(pair)) - millis.applyAsLong(without.get(pair)));
    }
    System.out.printf(
        "Until ready, medians of %d pairs, %s: without the starter %d ms, with it %d ms; it adds %d ms (all pairs: %s)%n",
        PAIRS,
        what,
        median(without.stream().map(millis::applyAsLong).toList()),
        median(with.stream().map(millis::applyAsLong).toList()),
        median(added),
        added.stream().sorted().toList());
  }

  private Start start(List<String> classPath, Class<?> application, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classPath),
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
    Matcher ready = Pattern.compile(PlainApplication.READY.replace("%d", "(\\d+)")).matcher(text);
    assertThat(ready.find()).as(text).isTrue();
    return new Start(Long.parseLong(ready.group(1)), Long.parseLong(ready.group(2)));
  }

  /** An entry of the class path as a jar; a folder of classes is put into one. */
  private Path asJar(Path entry, int index) throws IOException {
    if (!Files.isDirectory(entry)) {
      return entry;
    }
    Path jar = folder.resolve("classes-" + index + ".jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> all = Files.walk(entry)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = entry.relativize(file).toString().replace(File.separatorChar, '/');
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, out);
      }
    }
    return jar;
  }

  /** Without Spring Security and WebFlux, which other tests of this module need. */
  private static List<String> entries() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().contains("security"))
        .filter(entry -> !Path.of(entry).getFileName().toString().contains("webflux"))
        .filter(entry -> Files.exists(Path.of(entry)))
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
