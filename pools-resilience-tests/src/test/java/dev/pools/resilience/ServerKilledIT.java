package dev.pools.resilience;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server and all its backends die at once, and it is started again. */
@Tag("heavy")
class ServerKilledIT extends OutageTestBase {

  @Test
  void serviceIsBackWithinTwoSecondsOfTheServer() throws Exception {
    Load load = load();
    awaitService(load);

    long down = System.nanoTime();
    server().kill();
    letPass(Duration.ofSeconds(6));
    long starting = System.nanoTime();
    server().start();
    await().atMost(BACK_WITHIN).until(() -> watch.backSinceNanos() > starting);
    long returned = watch.backSinceNanos();

    assertServiceIsBack(load, returned);
    load.end();
    assertAttemptsWereFewAndSpread(down, starting);
    assertEverybodyWasToldInTime(load, down);
  }
}
