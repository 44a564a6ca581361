package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainTrackerTest extends PoolTestBase {

  private final TaskFactory factory = factory(options());
  private final DrainTracker tracker = new DrainTracker();

  private PoolTask<?> task() {
    return factory.executed(() -> {}, TaskOptions.DEFAULT);
  }

  /** The drains that are over if no task with a lower ticket is queued or runs. */
  private List<Promise<Void>> drained(long lowestTicket) {
    List<Promise<Void>> drained = new ArrayList<>();
    while (tracker.pending()
        && tracker.oldest().counted == 0
        && tracker.oldest().endTicket <= lowestTicket) {
      if (tracker.oldest().drained != null) {
        drained.add(tracker.oldest().drained);
      }
      tracker.removeOldest();
    }
    return drained;
  }

  @Test
  void aDrainIsDoneWhenAllWithAnEarlierTicketHaveEnded() {
    Promise<Void> drained = tracker.drain(5).drained;

    assertThat(tracker.pending()).isTrue();
    assertThat(drained(4)).isEmpty();
    assertThat(drained(5)).containsExactly(drained);
    assertThat(tracker.pending()).isFalse();
    assertThat(drained(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void drainsEndInTheOrderInWhichTheyWereAsked() {
    Promise<Void> first = tracker.drain(5).drained;
    Promise<Void> second = tracker.drain(5).drained;
    Promise<Void> third = tracker.drain(9).drained;

    assertThat(drained(8)).containsExactly(first, second);
    assertThat(drained(9)).containsExactly(third);
  }

  @Test
  void aTaskWithoutATicketHoldsUpLaterDrainsOnly() {
    PoolTask<?> before = task();
    PoolTask<?> after = task();
    tracker.enter(before);
    Promise<Void> drained = tracker.drain(0).drained;
    tracker.enter(after);

    assertThat(drained(Long.MAX_VALUE)).isEmpty();
    tracker.leave(before);
    assertThat(drained(Long.MAX_VALUE)).containsExactly(drained);
    assertThat(tracker.noneCounted()).isFalse();
    tracker.leave(after);
    assertThat(tracker.noneCounted()).isTrue();
  }

  @Test
  void aWithdrawnTaskHoldsUpTheDrainThatFollowsItsTicket() {
    Promise<Void> first = tracker.drain(5).drained;
    Promise<Void> second = tracker.drain(10).drained;
    PoolTask<?> ofSecond = task();
    tracker.enter(ofSecond, 5);
    PoolTask<?> later = task();
    tracker.enter(later, 10);

    assertThat(drained(Long.MAX_VALUE)).containsExactly(first);
    tracker.leave(ofSecond);
    assertThat(drained(Long.MAX_VALUE)).containsExactly(second);
  }

  @Test
  void ofTwoDrainsAtOneTicket_theFirstWaitsForATaskBeforeIt() {
    Promise<Void> first = tracker.drain(5).drained;
    Promise<Void> second = tracker.drain(5).drained;
    PoolTask<?> task = task();
    tracker.enter(task, 4);

    assertThat(drained(5)).isEmpty();
    tracker.leave(task);
    assertThat(drained(5)).containsExactly(first, second);
  }

  @Test
  void aTaskThatLeavesTwiceIsCountedDownOnce() {
    PoolTask<?> task = task();
    tracker.leave(task);
    tracker.enter(task);
    tracker.leave(task);
    tracker.leave(task);

    assertThat(tracker.noneCounted()).isTrue();
    Promise<Void> drained = tracker.drain(0).drained;
    assertThat(drained(0)).containsExactly(drained);
  }

  @Test
  void aDrainThatIsGivenUpHoldsUpNoTask_butItsTasksHoldUpLaterDrains() {
    DrainPhase first = tracker.drain(5);
    PoolTask<?> task = task();
    tracker.enter(task, 4);
    tracker.forget(first);
    assertThat(tracker.pending()).isFalse();

    Promise<Void> second = tracker.drain(9).drained;

    assertThat(drained(9)).isEmpty();
    tracker.leave(task);
    assertThat(drained(9)).containsExactly(second);
    tracker.forget(first);
    assertThat(tracker.pending()).isFalse();
  }

  @Test
  void drainsThatAreGivenUpOrDoneLeaveNothing() throws Exception {
    for (int i = 0; i < 1000; i++) {
      tracker.forget(tracker.drain(i));
    }
    List<DrainPhase> kept = new ArrayList<>();
    for (int i = 1000; i < 2000; i++) {
      kept.add(tracker.drain(i));
    }
    for (int i = 0; i < 1000; i += 2) {
      tracker.forget(kept.get(i));
    }
    PoolTask<?> task = task();
    tracker.enter(task, 1500);
    assertThat(drained(2000)).hasSize(250);
    tracker.leave(task);
    assertThat(drained(2000)).hasSize(250);
    assertThat((List<?>) read(tracker, "phases")).hasSizeLessThan(4);
  }
}
