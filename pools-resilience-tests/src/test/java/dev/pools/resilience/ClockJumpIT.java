package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.Lease;
import dev.pools.connection.OnTime;
import dev.pools.connection.RetireReason;
import dev.pools.internal.Time;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator sets the clock, or the machine sleeps and wakes up. */
@Tag("heavy")
class ClockJumpIT extends OutageTestBase {

  /** This machine's time, whose wall clock can be set. */
  private static final class SettableTime implements Time {

    private final Time system = Time.system();
    private final AtomicLong aheadMillis = new AtomicLong();

    void jump(Duration by) {
      aheadMillis.addAndGet(by.toMillis());
    }

    @Override
    public long nanoTime() {
      return system.nanoTime();
    }

    @Override
    public long wallMillis() {
      return system.wallMillis() + aheadMillis.get();
    }

    @Override
    public void park(Object blocker, long nanos) {
      system.park(blocker, nanos);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      return system.schedule(delayNanos, action);
    }

    @Override
    public void runOnHelperThread(Runnable action) {
      system.runOnHelperThread(action);
    }
  }

  private final SettableTime time = new SettableTime();

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return OnTime.of(defaults, time);
  }

  @Test
  void callersDoNotNoticeThatTheClockIsSet() throws Exception {
    Load load = load();
    awaitService(load);
    for (int days : new int[] {1, -2, 1, 365}) {
      time.jump(Duration.ofDays(days));
      awaitService(load);
    }
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() != Load.Outcome.SERVED)).isEmpty();
    assertThat(pool.stats().created()).as("none was replaced").isLessThanOrEqualTo(MAX_SIZE);
  }

  /** The server has closed all connections meanwhile, and none looks old. */
  @Test
  void noCallerMeetsAConnectionThatDiedWhileTheMachineSlept() throws Exception {
    List<Lease<Connection>> leases = new ArrayList<>();
    for (int i = 0; i < MAX_SIZE; i++) {
      leases.add(pool.acquire());
    }
    SuperUser.killBackends(server());
    time.jump(Duration.ofHours(8));
    leases.forEach(Lease::close);

    Load load = load();
    awaitService(load);
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() != Load.Outcome.SERVED)).isEmpty();
    // How many are created instead depends on how many the load needs at a time.
    await()
        .untilAsserted(
            () ->
                assertThat(pool.stats().retired())
                    .containsEntry(RetireReason.UNHEALTHY, (long) MAX_SIZE));
  }
}
