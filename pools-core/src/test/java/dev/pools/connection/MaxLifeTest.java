package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.DelegatingTime;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No lease begins after the life of its connection. */
class MaxLifeTest extends ConnectionTestBase {

  /** A pool that reads no clock at a lease, with timers that never come: the machine is busy. */
  private final Tardy tardy = new Tardy(time);

  private ConnectionPool<FakeConnection> unwatched(Duration maxLife) {
    return build(tardy(maxLife));
  }

  private ConnectionPoolBuilder<FakeConnection> tardy(Duration maxLife) {
    return withoutChecker().maxLife(maxLife).maxLifeJitter(0).time(tardy);
  }

  @Test
  void aShortLifeIsKeptThoughNoTimerComes() throws Exception {
    ConnectionPool<FakeConnection> pool = unwatched(Duration.ofMillis(50));
    pool.acquire().close();
    tardy.late = true;

    time.advance(Duration.ofMillis(50));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
    tardy.late = false;
  }

  @Test
  void aLongLifeIsKeptThoughTheTimerIsLate() throws Exception {
    ConnectionPool<FakeConnection> pool = unwatched(Duration.ofMinutes(10));
    pool.acquire().close();
    tardy.late = true;
    time.advance(Duration.ofMinutes(9).plusSeconds(50));
    pool.acquire().close();
    assertThat(server.made).hasSize(1);
    time.advance(Duration.ofSeconds(9));
    tardy.runLate();

    pool.acquire().close();
    assertThat(server.made).as("still within its life").hasSize(1);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
    tardy.late = false;
  }

  @Test
  void withAListenerTheAgeIsLookedAtAtEachLease() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            tardy(Duration.ofMinutes(10))
                .listener(new ConnectionPoolListener<FakeConnection>() {}));
    pool.acquire().close();
    tardy.late = true;

    time.advance(Duration.ofMinutes(10));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
    tardy.late = false;
  }

  /** Manual time whose timers can be held up. */
  private static final class Tardy extends DelegatingTime {

    private final List<Runnable> heldUp = new ArrayList<>();
    private boolean late;

    private Tardy(ManualTime time) {
      super(time);
    }

    private void runLate() {
      List<Runnable> due = List.copyOf(heldUp);
      heldUp.clear();
      due.forEach(Runnable::run);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      return time.schedule(
          delayNanos,
          () -> {
            if (late) {
              heldUp.add(action);
            } else {
              action.run();
            }
          });
    }

    @Override
    public void runOnHelperThread(Runnable action) {
      action.run();
    }
  }
}
