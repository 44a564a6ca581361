package dev.pools.resilience;

import dev.pools.resilience.FaultProxy.Traffic;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections are accepted, and no server answers, neither on old nor on new ones. */
@Tag("heavy")
class ConnectionsHangIT extends OutageTestBase {

  @Override
  Duration answersWithin() {
    return SOON;
  }

  @Test
  void noCallerHangsAndServiceIsBackWithinTwoSeconds() throws Exception {
    Load load = load();
    awaitService(load);

    long down = System.nanoTime();
    proxy.traffic(Traffic.HANGS);
    letPass(Duration.ofSeconds(7));
    long healed = System.nanoTime();
    proxy.heal();

    assertServiceIsBack(load, healed);
    load.end();
    assertAttemptsWereFewAndSpread(down, healed);
    assertEverybodyWasToldInTime(load, later(down, FIRST_FAILURE_AFTER));
  }
}
