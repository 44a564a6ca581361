package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each connection takes long to come, but comes in time. */
@Tag("heavy")
class SlowHandshakesIT extends OutageTestBase {

  private static final Duration HANDSHAKE = Duration.ofMillis(400);

  @Test
  void noCallerIsRejectedAndNoAttemptIsWasted() throws Exception {
    Load load = load();
    awaitService(load);
    await().until(() -> pool.size() == MAX_SIZE);

    proxy.delayHandshakes(HANDSHAKE);
    long killed = System.nanoTime();
    SuperUser.killBackends(server());
    letPass(Duration.ofSeconds(3));
    long healed = System.nanoTime();
    proxy.heal();

    assertServiceIsBack(load, healed);
    load.end();
    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.REFUSED)).isEmpty();
    assertThat(sockets.attempts).hasSize(2 * MAX_SIZE);
    // Those made within the time of one are all under way at the end of it.
    assertThat(FaultProxy.mostIn(HANDSHAKE.minusMillis(10), sockets.attempts, killed, healed))
        .as("attempts at a time")
        .isEqualTo(4);
  }
}
