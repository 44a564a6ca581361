package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.ChildJvm;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostMortemTest {

  private static final Duration PATIENCE = Duration.ofSeconds(100);

  @TempDir Path directory;

  @Test
  void recordingOfAKilledJvmSaysWhichPoolWasInTroubleAndWhoHeldWhat() throws Exception {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    Overload.class,
                    List.of(
                        "-XX:StartFlightRecording:settings=profile",
                        "-XX:FlightRecorderOptions:repository=" + directory.resolve("repository"))))
            .redirectErrorStream(true)
            .redirectOutput(new File(output.toString()))
            .start();
    try {
      // All that is to be found has been flushed when the report of the living JVM has it.
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                assertThat(process.isAlive()).as(() -> text(output)).isTrue();
                return isComplete(report());
              });
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }

    List<String> report = report();
    assertThat(report)
        .as("why")
        .anyMatch(line -> line.startsWith("Connection pool 'orders'"))
        .anyMatch(line -> line.contains("1 of 1 connections were in use, 3 callers waited"))
        .anyMatch(line -> line.startsWith("Task pool 'reports'"))
        .anyMatch(line -> line.contains("2 of 2 workers were busy"));
    assertThat(report)
        .as("what was held")
        .anyMatch(line -> line.matches(" +thread hoarder: lease .*not ended.*"))
        .anyMatch(line -> line.matches(" +thread .*reports.*: task endless report, for .*"));
    assertThat(report)
        .as("the longest waits")
        .anyMatch(line -> line.matches(" +1\\. .* waited .*"))
        .anyMatch(line -> line.contains("task quick report waited"))
        .anyMatch(line -> line.contains("thread impatient waited") && line.contains("timed out"))
        .noneMatch(line -> line.matches(" +11\\. .*"));
    assertThat(report.indexOf("Other pools:")).isPositive();
    assertThat(report).anyMatch(line -> line.startsWith("  Task pool 'calm'"));
  }

  private List<String> report() throws Exception {
    return PostMortem.report(List.of(directory));
  }

  private static boolean isComplete(List<String> report) {
    String all = String.join("\n", report);
    return all.contains("3 callers waited")
        && all.contains("hoarder")
        && all.contains("endless report")
        && all.contains("quick report waited")
        && all.contains("thread impatient waited")
        && all.contains("Task pool 'calm'");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (Exception e) {
      return e.toString();
    }
  }

  /** Overloads two pools, and lives until it is killed. */
  public static final class Overload {

    private Overload() {}

    public static void main(String[] arguments) throws Exception {
      AdvancedPool calm = AdvancedPool.builder().name("calm").minWorkers(1).maxWorkers(1).build();
      AdvancedPool tasks =
          AdvancedPool.builder().name("reports").minWorkers(2).maxWorkers(2).build();
      ConnectionPool<Object> pool =
          ConnectionPool.builder(Object::new)
              .name("orders")
              .maxSize(1)
              .maintenanceInterval(Duration.ofMillis(200))
              .build();
      pool.start().get();
      // Both pools are known to the recording after a while.
      long start = System.nanoTime();
      while (System.nanoTime() - start < 3_000_000_000L) {
        calm.submit(() -> pause(50)).get();
        tasks.submit(() -> pause(50)).get();
      }
      new Thread(
              () -> {
                acquire(pool, Duration.ofHours(1));
                while (true) {
                  LockSupport.park();
                }
              },
              "hoarder")
          .start();
      pause(300);
      Thread impatient = new Thread(() -> acquire(pool, Duration.ofMillis(300)), "impatient");
      impatient.setUncaughtExceptionHandler((thread, timedOut) -> {});
      impatient.start();
      impatient.join();
      for (int i = 0; i < 3; i++) {
        new Thread(() -> acquire(pool, Duration.ofHours(1)), "patient " + i).start();
      }
      tasks.submit(() -> pause(3_600_000), TaskOptions.named("endless report"));
      tasks.submit(() -> pause(500));
      for (int i = 0; i < 3; i++) {
        tasks.submit(() -> pause(300), TaskOptions.named("quick report"));
      }
      for (int i = 0; i < 20; i++) {
        tasks.submit(() -> pause(3_600_000));
      }
      while (true) {
        calm.submit(() -> pause(100)).get();
      }
    }

    private static void acquire(ConnectionPool<Object> pool, Duration timeout) {
      try {
        pool.acquire(timeout);
      } catch (InterruptedException neverSent) {
        throw new IllegalStateException(neverSent);
      }
    }

    private static Object pause(long millis) throws InterruptedException {
      return new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void eachTimeIsSaidInWordsThatCanBeCompared() {
    assertThat(PostMortemReport.inWords(Duration.ofMillis(9_999))).isEqualTo("9999 ms");
    assertThat(PostMortemReport.inWords(Duration.ofMillis(61_250))).isEqualTo("61.3 s");
  }

  @Test
  void recordingWithoutPoolsSaysSo() throws Exception {
    assertThat(report()).containsExactly("There is no file there whose name ends with .jfr.");
    assertThat(PostMortemReport.of(new RecordedPools()))
        .containsExactly("The recording has no events.");
    Files.writeString(directory.resolve("broken.jfr"), "not a recording");
    assertThat(report())
        .anyMatch(line -> line.startsWith("The end of broken.jfr is missing"))
        .contains("The recording has no events.");
  }

  @Test
  void ofTwoPoolsOfOneNameThatAreSeenByOneLookTheOneInTroubleIsShown() {
    Instant look = Instant.EPOCH;
    List<PoolAtEnd> seen =
        List.of(
            orders(look, /* waiting= */ 3),
            orders(look.plusMillis(1), /* waiting= */ 0),
            orders(look.plusSeconds(1), /* waiting= */ 0),
            orders(look.plusMillis(1_001), /* waiting= */ 2));
    RecordedPools inOrder = new RecordedPools();
    seen.subList(0, 2).forEach(inOrder::seen);
    assertThat(inOrder.pools()).containsExactly(seen.get(0));
    inOrder.seen(seen.get(2));
    assertThat(inOrder.pools()).as("a later look").containsExactly(seen.get(2));
    inOrder.seen(seen.get(3));
    assertThat(inOrder.pools()).containsExactly(seen.get(3));

    RecordedPools reversed = new RecordedPools();
    for (int i = seen.size() - 1; i >= 0; i--) {
      reversed.seen(seen.get(i));
    }
    assertThat(reversed.pools()).containsExactly(seen.get(3));
  }

  private static PoolAtEnd orders(Instant seen, int waiting) {
    return new PoolAtEnd(
        "orders",
        /* isOfTasks= */ false,
        seen,
        /* busy= */ 1,
        /* capacity= */ 1,
        waiting,
        Duration.ofSeconds(waiting),
        /* refused= */ 0,
        /* failures= */ 0,
        /* outage= */ null);
  }

  @Test
  void sightingsOfOneHoldAreJoined() {
    Instant start = Instant.EPOCH;
    Hold early = new Hold("p", "lease 1-1", "thread a", start, start.plusSeconds(2), false);
    Hold later = new Hold("p", "lease 1-1", "thread a", start, start.plusSeconds(3), true);
    assertThat(later.continues(early)).isTrue();
    assertThat(early.joined(later).length()).isEqualTo(Duration.ofSeconds(3));
    assertThat(early.joined(later).isOver()).isTrue();
    Hold next =
        new Hold("p", "lease 1-1", "thread a", start.plusSeconds(9), start.plusSeconds(10), true);
    assertThat(next.continues(early)).isFalse();
    assertThat(next.within(start, start.plusSeconds(5)).isNegative()).isTrue();
    assertThat(early.within(start.plusSeconds(1), start.plusSeconds(9)))
        .isEqualTo(Duration.ofSeconds(1));
  }
}
