package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskSnapshot;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;

class FlightClockTest {

  private static Set<Thread> clocks() {
    return Set.copyOf(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("pools-flight-recorder"))
            .toList());
  }

  @Test
  void threadInheritsNothingOfTheOneThatStartsARecording() throws Exception {
    FlightRecorder recorder = FlightRecorder.getFlightRecorder();
    Set<Thread> others = clocks();
    ThreadGroup tenant = new ThreadGroup("tenant");
    tenant.setMaxPriority(Thread.MIN_PRIORITY);
    FutureTask<Thread> start =
        new FutureTask<>(
            () -> {
              new FlightClock().recorderInitialized(recorder);
              return clocks().stream().filter(clock -> !others.contains(clock)).findAny().get();
            });

    new Thread(tenant, start).start();
    Thread clock = start.get(60, TimeUnit.SECONDS);

    ThreadGroup group = clock.getThreadGroup();
    assertThat(clock.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
    assertThat(group).as("null after its end").isNotSameAs(tenant);
    assertThat(clock.isDaemon()).isTrue();
    // It ends because nothing is recorded; until then it would tell other tests so.
    clock.join(60_000);
    assertThat(clock.isAlive()).isFalse();
  }

  /** The time of a recording that has ended is zero, which is no time of a submission. */
  @Test
  void recordingsThatEndWhileTasksAreSubmitted_makeNoTaskOlder() throws Exception {
    long begunNanos = System.nanoTime();
    AtomicBoolean over = new AtomicBoolean();
    TestThreads.Started recordings =
        TestThreads.start(
            () -> {
              while (!over.get()) {
                Flight.now(begunNanos);
                VarHandle.fullFence();
                Flight.now(0);
                VarHandle.fullFence();
              }
            });
    try {
      for (int pools = 0; pools < 10; pools++) {
        List<TaskSnapshot> tasks = submitMany();
        Duration sinceBegun = Duration.ofNanos(System.nanoTime() - begunNanos);
        assertThat(
                tasks.stream()
                    .map(TaskSnapshot::age)
                    .filter(age -> age != null && age.compareTo(sinceBegun) > 0)
                    .findFirst())
            .isEmpty();
      }
    } finally {
      over.set(true);
      recordings.awaitEnd();
    }
  }

  private static List<TaskSnapshot> submitMany() {
    CountDownLatch gate = new CountDownLatch(1);
    try (AdvancedPool pool = AdvancedPool.builder().maxWorkers(1).killAtExit(true).build()) {
      pool.submit(
          () -> {
            gate.await();
            return null;
          });
      for (int i = 0; i < 10_000; i++) {
        pool.submit(() -> null);
      }
      return pool.waitingTasks(10_000);
    }
  }
}
