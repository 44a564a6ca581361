package dev.pools.resilience;

import dev.pools.resilience.FaultProxy.Traffic;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network that silently loses what is sent, in one direction or both. */
@Tag("heavy")
class PacketsSwallowedIT extends OutageTestBase {

  @Override
  Duration answersWithin() {
    return SOON;
  }

  @ParameterizedTest
  @EnumSource(
      value = Traffic.class,
      names = {"SWALLOWED_TO_SERVER", "SWALLOWED_TO_CLIENT", "SWALLOWED"})
  void noCallerWaitsForLongAndServiceIsBackWithinTwoSeconds(Traffic how) throws Exception {
    Load load = load();
    awaitService(load);

    long down = System.nanoTime();
    proxy.traffic(how);
    letPass(Duration.ofSeconds(5));
    long healed = System.nanoTime();
    proxy.heal();

    assertServiceIsBack(load, healed);
    load.end();
    assertAttemptsWereFewAndSpread(down, healed);
    assertEverybodyWasToldInTime(load, later(down, FIRST_FAILURE_AFTER));
  }
}
