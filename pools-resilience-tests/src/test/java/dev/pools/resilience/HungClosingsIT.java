package dev.pools.resilience;

import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPoolBuilder;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server ends all connections, and the goodbye to each of them hangs. */
@Tag("heavy")
class HungClosingsIT extends OutageTestBase {

  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  private volatile boolean hangs;

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return defaults
        .closeTimeout(CLOSE_TIMEOUT)
        .cleaner((connection, arguments) -> clean(connection));
  }

  /** A connection whose closing hangs for too long has lost its place, but is still there. */
  @Override
  int mostThatMayExist() {
    return MAX_SIZE + hanging.get();
  }

  private void clean(Connection connection) throws Exception {
    if (hangs) {
      hanging.incrementAndGet();
      awaitUninterruptibly();
    }
    connection.close();
  }

  /** As a native call that knows nothing of interrupts. */
  private void awaitUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theirPlacesComeBackAndServiceGoesOn() throws Exception {
    Load load = load();
    awaitService(load);
    hangs = true;
    SuperUser.killBackends(server());

    assertServiceIsBack(load, System.nanoTime());
    await().until(() -> hanging.get() > 0);
    await().until(() -> pool.stats().closingsOverdue() > 0);
    hangs = false;
    released.countDown();
    await().until(() -> pool.stats().closingsOverdue() == 0);
    load.end();
    assertEverybodyWasToldInTime(load, 0);
  }
}
