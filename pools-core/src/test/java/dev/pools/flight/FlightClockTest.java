package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
}
