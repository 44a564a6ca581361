package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainTrackerTest extends PoolTestBase {

  private final TaskFactory factory = factory(options());
  private final DrainTracker phases = new DrainTracker();

  private PoolTask<?> task() {
    return factory.executed(() -> {}, TaskOptions.DEFAULT);
  }

  /** The drains that are over if no task with a lower ticket is queued or runs. */
  private List<Promise<Void>> drained(long lowestTicket) {
    List<Promise<Void>> drained = new ArrayList<>();
    while (phases.pending()
        && phases.oldest().counted == 0
        && phases.oldest().endTicket <= lowestTicket) {
      if (phases.oldest().drained != null) {
        drained.add(phases.oldest().drained);
      }
      phases.removeOldest();
    }
    return drained;
  }

  @Test
  void aDrainIsDoneWhenAllWithAnEarlierTicketHaveEnded() {
    Promise<Void> drained = phases.drain(5).drained;

    assertThat(phases.pending()).isTrue();
    assertThat(drained(4)).isEmpty();
    assertThat(drained(5)).containsExactly(drained);
    assertThat(phases.pending()).isFalse();
    assertThat(drained(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void drainsEndInTheOrderInWhichTheyWereAsked() {
    Promise<Void> first = phases.drain(5).drained;
    Promise<Void> second = phases.drain(5).drained;
    Promise<Void> third = phases.drain(9).drained;

    assertThat(drained(8)).containsExactly(first, second);
    assertThat(drained(9)).containsExactly(third);
  }

  @Test
  void aTaskWithoutATicketHoldsUpLaterDrainsOnly() {
    PoolTask<?> before = task();
    PoolTask<?> after = task();
    phases.enter(before);
    Promise<Void> drained = phases.drain(0).drained;
    phases.enter(after);

    assertThat(drained(Long.MAX_VALUE)).isEmpty();
    phases.leave(before);
    assertThat(drained(Long.MAX_VALUE)).containsExactly(drained);
    assertThat(phases.noneCounted()).isFalse();
    phases.leave(after);
    assertThat(phases.noneCounted()).isTrue();
  }

  @Test
  void aWithdrawnTaskHoldsUpTheDrainThatFollowsItsTicket() {
    Promise<Void> first = phases.drain(5).drained;
    Promise<Void> second = phases.drain(10).drained;
    PoolTask<?> ofSecond = task();
    phases.enter(ofSecond, 5);
    PoolTask<?> later = task();
    phases.enter(later, 10);

    assertThat(drained(Long.MAX_VALUE)).containsExactly(first);
    phases.leave(ofSecond);
    assertThat(drained(Long.MAX_VALUE)).containsExactly(second);
  }

  @Test
  void ofTwoDrainsAtOneTicket_theFirstWaitsForATaskBeforeIt() {
    Promise<Void> first = phases.drain(5).drained;
    Promise<Void> second = phases.drain(5).drained;
    PoolTask<?> task = task();
    phases.enter(task, 4);

    assertThat(drained(5)).isEmpty();
    phases.leave(task);
    assertThat(drained(5)).containsExactly(first, second);
  }

  @Test
  void aTaskThatLeavesTwiceIsCountedDownOnce() {
    PoolTask<?> task = task();
    phases.leave(task);
    phases.enter(task);
    phases.leave(task);
    phases.leave(task);

    assertThat(phases.noneCounted()).isTrue();
    Promise<Void> drained = phases.drain(0).drained;
    assertThat(drained(0)).containsExactly(drained);
  }

  @Test
  void aDrainThatIsGivenUpHoldsUpNoTask_butItsTasksHoldUpLaterDrains() {
    DrainPhase first = phases.drain(5);
    PoolTask<?> task = task();
    phases.enter(task, 4);
    phases.forget(first);
    assertThat(phases.pending()).isFalse();

    Promise<Void> second = phases.drain(9).drained;

    assertThat(drained(9)).isEmpty();
    phases.leave(task);
    assertThat(drained(9)).containsExactly(second);
    phases.forget(first);
    assertThat(phases.pending()).isFalse();
  }

  @Test
  void drainsThatAreGivenUpOrDoneLeaveNothing() throws Exception {
    for (int i = 0; i < 1000; i++) {
      phases.forget(phases.drain(i));
    }
    List<DrainPhase> kept = new ArrayList<>();
    for (int i = 1000; i < 2000; i++) {
      kept.add(phases.drain(i));
    }
    for (int i = 0; i < 1000; i += 2) {
      phases.forget(kept.get(i));
    }
    PoolTask<?> task = task();
    phases.enter(task, 1500);
    assertThat(drained(2000)).hasSize(250);
    phases.leave(task);
    assertThat(drained(2000)).hasSize(250);
    assertThat((List<?>) read(phases, "phases")).hasSizeLessThan(4);
  }
}
