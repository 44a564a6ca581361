package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for a pool at every moment, and at its end. */
final class PoolInvariants {

  private PoolInvariants() {}

  static void assertHold(AdvancedPool pool) {
    PoolStats stats = pool.stats();
    long ended = stats.completed() + stats.failed() + stats.cancelled() + stats.expired();
    assertThat(ended + stats.admissionsWaiting() + stats.qsize() + stats.active())
        .as("every submitted task is somewhere: %s", stats)
        .isEqualTo(stats.submitted());
    assertThat(stats.qsize()).as("%s", stats).isBetween(0, stats.queueCapacity());
    assertThat(stats.idleWorkers()).as("%s", stats).isBetween(0, stats.workers());
    assertThat(stats.blockedWorkers()).as("%s", stats).isBetween(0, stats.workers());
    assertThat(stats.active()).as("%s", stats).isNotNegative();
    assertThat(stats.oldestWait().isNegative()).as("%s", stats).isFalse();
  }

  static void assertHoldAtTheEnd(AdvancedPool pool) {
    assertHold(pool);
    PoolStats stats = pool.stats();
    assertThat(stats.state()).isEqualTo(PoolState.TERMINATED);
    assertThat(stats.workers()).as("%s", stats).isZero();
    assertThat(stats.active()).as("%s", stats).isZero();
    assertThat(stats.qsize()).as("%s", stats).isZero();
    assertThat(stats.admissionsWaiting()).as("%s", stats).isZero();
    assertThat(pool.join()).isDone();
  }
}
