package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** PriorityLanes against a list that is sorted anew each time. */
class PriorityLanesTest extends PoolTestBase {

  /** A task, and when it came. */
  private record Entry(PoolTask<?> task, int number) {}

  private static final Comparator<Entry> ORDER =
      Comparator.<Entry>comparingInt(entry -> entry.task.priority())
          .thenComparingInt(entry -> entry.number);

  private final TaskFactory factory = factory(options());
  private final PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);
  private final List<Entry> expected = new ArrayList<>();
  private long firstTicket;
  private int added;

  private void add(int priority) {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.priority(priority));
    task.enqueue();
    task.drew(firstTicket + added);
    lanes.add(task);
    expected.add(new Entry(task, added));
    added++;
  }

  private void cancel(int position) {
    Entry entry = expected.remove(position);
    assertThat(entry.task.tryWithdraw()).isTrue();
  }

  private void assertHeads(String when) {
    assertThat(lanes.peek()).as(when).isSameAs(first(ORDER));
    assertThat(lanes.peekOldest())
        .as(when)
        .isSameAs(first(Comparator.comparingInt(entry -> entry.number)));
    assertThat(lanes.peekLeastUrgent(0))
        .as(when)
        .isSameAs(
            first(
                Comparator.<Entry>comparingInt(entry -> -entry.task.priority())
                    .thenComparingInt(entry -> entry.number)));
  }

  private PoolTask<?> first(Comparator<Entry> order) {
    return expected.stream().min(order).map(Entry::task).orElse(null);
  }

  private long stepsFor(int priorities, int least) {
    PriorityLanes many = new PriorityLanes(TaskState.QUEUED);
    for (int i = 0; i < priorities; i++) {
      PoolTask<?> task = factory.executed(() -> {}, TaskOptions.priority(least + i));
      task.enqueue();
      task.drew(i);
      many.add(task);
    }
    for (int left = priorities; left > 0; left--) {
      PoolTask<?> oldest = many.peekOldest();
      assertThat(oldest).isNotNull();
      assertThat(many.peekBefore(oldest.ticket())).isNull();
      assertThat(many.peekBefore(oldest.ticket() + 1)).isNotNull();
      PoolTask<?> next = many.peek();
      assertThat(next.tryStart()).isTrue();
      many.removePeeked();
    }
    return many.stepsToOldest();
  }

  /** Aging asks for the oldest task at each take, a drain at each end of a task. */
  @Test
  void whichTaskIsOldestCostsAFewSteps_howeverManyPrioritiesThereAre() {
    for (int priorities : new int[] {100, 1_000, 20_000}) {
      long most = (long) priorities * (8 + 32 - Integer.numberOfLeadingZeros(priorities));
      assertThat(stepsFor(priorities, 1)).as("the oldest is next").isLessThan(most);
      assertThat(stepsFor(priorities, -priorities)).as("as before").isLessThan(most);
    }
  }

  @Test
  void theOldestTasksMayAllBeCancelled() {
    for (int i = 0; i < 20_000; i++) {
      add(i);
    }
    for (int i = 0; i < 19_999; i++) {
      PoolTask<?> oldest = lanes.peekOldest();
      assertThat(oldest).isNotNull();
      assertThat(oldest.tryWithdraw()).isTrue();
    }
    assertThat(lanes.peekOldest().priority()).isEqualTo(19_999);
    assertThat(lanes.size()).as("what was cancelled is dropped").isEqualTo(1);
    assertThat(lanes.stepsToOldest()).isLessThan(20_000L * 20);
  }

  /** As of a caller that uses a time as the priority. */
  @Test
  void prioritiesThatDoNotOccurAgainLeaveNothing() throws Exception {
    for (int i = 0; i < 100_000; i++) {
      add(i);
      assertThat(lanes.poll()).isNotNull();
    }
    expected.clear();
    assertThat((Object[]) read(read(lanes, "byAge"), "heap")).hasSizeLessThan(300);
  }

  /** More priorities than the array holds, as of a caller who uses a time for one, and fewer. */
  @Test
  void tasksLeaveInTheOrderOfPriorityAndArrival() {
    int round = 0;
    for (int priorities : new int[] {1, 3, 64, 65, 200, 1_000_000}) {
      // Tickets that outgrow an int, signed or not, on the way.
      firstTicket = (1L << (31 + round++)) - added - 500;
      long seed = System.nanoTime();
      SplittableRandom random = new SplittableRandom(seed);
      String run = priorities + " priorities, seed " + seed;
      for (int step = 0; step < 3_000; step++) {
        int choice = random.nextInt(100);
        if (choice < 50 || expected.isEmpty()) {
          add(random.nextInt(priorities) - priorities / 2);
        } else if (choice < 70) {
          cancel(random.nextInt(expected.size()));
        } else if (choice < 72) {
          lanes.sweep();
          assertThat(lanes.size()).as(run).isEqualTo(expected.size());
        } else if (choice < 75) {
          assertHeads(run);
        } else {
          PoolTask<?> next = first(ORDER);
          assertThat(lanes.poll()).as(run).isSameAs(next);
          assertThat(next.next).as("what is taken holds no other task").isNull();
          expected.removeIf(entry -> entry.task == next);
        }
      }
      while (!expected.isEmpty()) {
        PoolTask<?> next = first(ORDER);
        assertThat(lanes.poll()).as(run).isSameAs(next);
        expected.removeIf(entry -> entry.task == next);
      }
      assertThat(lanes.poll()).as(run).isNull();
      assertThat(lanes.isEmpty()).as(run).isTrue();
      assertThat(lanes.othersSize()).as(run).isZero();
    }
  }
}
