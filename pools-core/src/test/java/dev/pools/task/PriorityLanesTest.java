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
  private int added;

  private void add(int priority) {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.priority(priority));
    task.enqueue();
    task.ticket = added;
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

  /** More priorities than the array holds, as of a caller who uses a time for one, and fewer. */
  @Test
  void whateverComesGoesInTheOrderOfPriorityAndArrival() {
    for (int priorities : new int[] {1, 3, 64, 65, 200, 1_000_000}) {
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
          assertThat(next.next).as("what is taken holds nobody").isNull();
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
