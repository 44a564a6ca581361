package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** An operator, or a fail-over, ends all connections at the server. */
class BackendsKilledIT extends OutageTestBase {

  private static final int TIMES = 10;

  @Test
  void serviceGoesOnAndEachDeadConnectionIsMetOnce() throws Exception {
    int killed = 0;
    Load load = load();
    awaitService(load);
    for (int i = 0; i < TIMES; i++) {
      killed += SuperUser.killBackends(server());
      assertServiceIsBack(load, System.nanoTime());
    }
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.REFUSED)).isEmpty();
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.BROKEN))
        .hasSizeLessThanOrEqualTo(killed);
    assertThat(killed).isGreaterThanOrEqualTo(TIMES * MAX_SIZE / 2);
  }
}
