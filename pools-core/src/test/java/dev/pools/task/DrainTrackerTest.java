package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.Promise;
import org.junit.jupiter.api.Test;

class DrainTrackerTest extends PoolTestBase {

  private final TaskFactory factory = factory(options());
  private final DrainTracker phases = new DrainTracker();

  private PoolTask<?> task() {
    return factory.executed(() -> {}, TaskOptions.DEFAULT);
  }

  @Test
  void aDrainIsDoneWhenAllWithAnEarlierTicketHaveEnded() {
    Promise<Void> drained = phases.drain(5);

    assertThat(phases.pending()).isTrue();
    assertThat(phases.drained(4)).isEmpty();
    assertThat(phases.drained(5)).containsExactly(drained);
    assertThat(phases.pending()).isFalse();
    assertThat(phases.drained(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void drainsEndInTheOrderInWhichTheyWereAsked() {
    Promise<Void> first = phases.drain(5);
    Promise<Void> second = phases.drain(5);
    Promise<Void> third = phases.drain(9);

    assertThat(phases.drained(8)).containsExactly(first, second);
    assertThat(phases.drained(9)).containsExactly(third);
  }

  @Test
  void whoHasNoTicketIsWaitedForByTheDrainsThatCameAfterHim() {
    PoolTask<?> before = task();
    PoolTask<?> after = task();
    phases.enter(before);
    Promise<Void> drained = phases.drain(0);
    phases.enter(after);

    assertThat(phases.drained(Long.MAX_VALUE)).isEmpty();
    phases.leave(before);
    assertThat(phases.drained(Long.MAX_VALUE)).containsExactly(drained);
    assertThat(phases.noneCounted()).isFalse();
    phases.leave(after);
    assertThat(phases.noneCounted()).isTrue();
  }

  @Test
  void whoWasWithdrawnIsWaitedForByTheDrainOfHisTicket() {
    Promise<Void> first = phases.drain(5);
    Promise<Void> second = phases.drain(10);
    PoolTask<?> ofSecond = task();
    phases.enter(ofSecond, 5);
    PoolTask<?> later = task();
    phases.enter(later, 10);

    assertThat(phases.drained(Long.MAX_VALUE)).containsExactly(first);
    phases.leave(ofSecond);
    assertThat(phases.drained(Long.MAX_VALUE)).containsExactly(second);
  }

  @Test
  void whoLeavesTwiceOrWasNeverCountedIsNotCountedDown() {
    PoolTask<?> task = task();
    phases.leave(task);
    phases.enter(task);
    phases.leave(task);
    phases.leave(task);

    assertThat(phases.noneCounted()).isTrue();
    Promise<Void> drained = phases.drain(0);
    assertThat(phases.drained(0)).containsExactly(drained);
  }
}
