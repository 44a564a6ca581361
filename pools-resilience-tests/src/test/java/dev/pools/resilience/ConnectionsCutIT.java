package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Something between pool and server ends all connections at once. */
class ConnectionsCutIT extends OutageTestBase {

  private static final int TIMES = 5;

  @ParameterizedTest(name = "by a reset: {0}")
  @ValueSource(booleans = {true, false})
  void serviceGoesOnAndEachDeadConnectionIsMetOnce(boolean reset) throws Exception {
    Load load = load();
    awaitService(load);
    int cut = 0;
    for (int i = 0; i < TIMES; i++) {
      cut += proxy.cut(reset);
      assertServiceIsBack(load, System.nanoTime());
    }
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.REFUSED)).isEmpty();
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.BROKEN))
        .hasSizeLessThanOrEqualTo(cut);
  }

  @Test
  @Tag("heavy")
  void serviceIsBackWithinTwoSecondsAfterALongOutage() throws Exception {
    Load load = load();
    awaitService(load);

    long down = System.nanoTime();
    proxy.refuse();
    proxy.cut(/* reset= */ true);
    letPass(Duration.ofSeconds(6));
    long healed = System.nanoTime();
    proxy.heal();

    assertServiceIsBack(load, healed);
    load.end();
    assertAttemptsWereFewAndSpread(down, healed);
    assertEverybodyWasToldInTime(load, down);
  }
}
