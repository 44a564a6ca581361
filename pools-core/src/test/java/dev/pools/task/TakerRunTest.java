package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TakerRunTest extends PoolTestBase {

  private final TakerRun run = new TakerRun(factory(options(time)));
  private final QueueCursor cursor = new QueueCursor();

  /** How many a taker takes from one arrival queue if each takes so long. */
  private int tasksOf(Duration each) {
    cursor.run = 0;
    int taken = 1;
    while (!run.isOver(cursor)) {
      time.advance(each);
      taken++;
    }
    return taken;
  }

  @Test
  void tinyTasksAreTakenForAMillisecond_afterThoseThatAreNotTimed() {
    // The clock is read after each 128.
    assertThat(tasksOf(Duration.ofNanos(TakerRun.NANOS / 1000))).isBetween(1128, 1128 + 128);
  }

  @Test
  void onlySomeTasksThatTakeLongAreTaken() {
    assertThat(tasksOf(Duration.ofSeconds(1))).isEqualTo(256);
  }

  @Test
  void aClockThatStandsStillEndsTheRunToo() {
    assertThat(tasksOf(Duration.ZERO)).isEqualTo(TakerRun.LONGEST);
  }
}
