package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import dev.pools.internal.PaddedLong;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The queue in a single thread, against a list; races are for the stress tests. */
class TaskQueueTest extends PoolTestBase {

  /** Someone in the queue: a task, or the bare code of one with the default priority. */
  private record Entry(Object queued, int priority, int number) {}

  private final TaskFactory factory = factory(options());
  private TaskQueue queue = queue(factory, TaskOrder.STRICT);
  private final QueueCursor cursor = new QueueCursor();
  private final List<Entry> expected = new ArrayList<>();
  private int added;

  private PoolTask<?> task(int priority) {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.priority(priority));
    task.enqueue();
    return task;
  }

  private void add(int priority) {
    PoolTask<?> task = task(priority);
    assertThat(queue.add(task)).isTrue();
    expected.add(new Entry(task, priority, added++));
  }

  private void addBare() {
    int number = added++;
    Runnable code = () -> assertThat(number).isNotNegative();
    assertThat(queue.add(code)).isTrue();
    expected.add(new Entry(code, 0, number));
  }

  private Entry first() {
    return expected.stream()
        .min(java.util.Comparator.comparingInt(Entry::priority).thenComparingInt(Entry::number))
        .orElseThrow();
  }

  private Object poll() {
    return queue.poll(PoolTask::tryStart, cursor);
  }

  /** A bare Runnable that was sorted, or that noted when it came, has become a task. */
  private static Object codeOf(Object taken, Object queued) {
    return taken instanceof PoolTask<?> task && !(queued instanceof PoolTask)
        ? task.submitted()
        : taken;
  }

  private void pollAndCompare(String run) {
    Object taken = poll();
    if (expected.isEmpty()) {
      assertThat(taken).as(run).isNull();
      return;
    }
    Entry next = first();
    assertThat(taken).as(run).isNotNull();
    assertThat(codeOf(taken, next.queued)).as(run).isSameAs(next.queued);
    expected.remove(next);
  }

  @Test
  void tasksLeaveInTheOrderOfPriorityAndArrival() {
    for (int others : new int[] {0, 1, 30}) {
      takesAndGivesInOrder(others, 0);
    }
  }

  /** As if so many tasks had been submitted before: tickets outgrow an int, signed or not. */
  @Test
  void whateverComesGoesInThatOrder_howeverManyCameBefore() {
    for (long before : new long[] {1L << 31, 1L << 32, 3L << 32, 1L << 51}) {
      takesAndGivesInOrder(30, before - 1_000);
      takesAndGivesInOrder(0, before - 1_000);
    }
  }

  private void takesAndGivesInOrder(int others, long firstTicket) {
    queue = new TaskQueue(factory, 0, TaskOrder.STRICT, /* threadPerTask= */ false, firstTicket);
    added = 0;
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    String run = others + " % others, seed " + seed;
    for (int step = 0; step < 20_000; step++) {
      int choice = random.nextInt(100);
      // In waves, so that it is empty now and then, and long over several segments.
      boolean rising = step / 2_500 % 2 == 0;
      if (choice < (rising ? 70 : 30)) {
        if (random.nextInt(100) < others) {
          add(random.nextInt(7) - 3);
        } else if (random.nextBoolean()) {
          add(0);
        } else {
          addBare();
        }
      } else if (choice < (rising ? 80 : 40) && !expected.isEmpty()) {
        int position = random.nextInt(expected.size());
        if (expected.get(position).queued instanceof PoolTask<?> task) {
          assertThat(task.tryWithdraw()).isTrue();
          queue.withdrawn(task);
          expected.remove(position);
        }
      } else {
        pollAndCompare(run);
      }
      if (step % 500 == 0) {
        assertThat(queue.hasWork() || expected.isEmpty()).as(run).isTrue();
        assertThat(queue.readings().sizeUpTo(Integer.MAX_VALUE))
            .as(run)
            .isGreaterThanOrEqualTo(expected.size());
      }
      if (step % 10 == 0) {
        assertThat(queue.tickets().drawn()).isEqualTo(added);
        int line = random.nextInt(added + 1);
        assertThat(queue.tickets().holdsBefore(firstTicket + line))
            .as("%s: before %s", run, line)
            .isEqualTo(expected.stream().anyMatch(entry -> entry.number < line));
      }
    }
    while (!expected.isEmpty()) {
      pollAndCompare(run);
    }
    assertThat(poll()).as(run).isNull();
    assertThat(queue.hasWork()).as(run).isFalse();
  }

  @Test
  void closedQueueAcceptsNoTaskAndKeepsThoseItHas() {
    add(0);
    add(-1);
    addBare();

    queue.close();

    PoolTask<?> late = factory.executed(() -> {}, TaskOptions.priority(-5));
    late.enqueue();
    assertThat(queue.add(late)).isFalse();
    assertThat(queue.add((Runnable) () -> {})).isFalse();
    for (int left = expected.size(); left > 0; left--) {
      pollAndCompare("closed");
    }
    assertThat(poll()).isNull();
    assertThat(queue.tickets().drawn()).as("those who were refused have drawn one").isEqualTo(5);
  }

  @Test
  void taskAdmittedBeforeTheQueueClosed_isQueued() {
    queue.close();
    PoolTask<?> admitted = factory.executed(() -> {}, TaskOptions.DEFAULT);
    admitted.enqueue();

    queue.addAdmitted(admitted);

    assertThat(poll()).isSameAs(admitted);
  }

  @Test
  void takingAllGivesThemInOrder() {
    for (int priority : new int[] {3, 0, -3, 0, 3}) {
      add(priority);
    }
    addBare();
    List<PoolTask<?>> all = new ArrayList<>();

    queue.takeAll(PoolTask::tryWithdraw, all);

    assertThat(all.stream().map(PoolTask::priority)).containsExactly(-3, 0, 0, 0, 3, 3);
    assertThat(poll()).isNull();
  }

  /** Of a relaxed order, whose line is drawn across several arrival queues. */
  @Test
  void drainLineSeparatesEarlierTasksFromLaterOnes() throws Exception {
    TaskQueue relaxed = queue(factory, TaskOrder.RELAXED);
    List<PoolTask<?>> before = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      before.addAll(addFromThreads(relaxed, 30));
      if (round == 10) {
        relaxed.takeAll(PoolTask::tryWithdraw, new ArrayList<>());
      }
    }

    long line = relaxed.tickets().line();

    List<PoolTask<?>> after = addFromThreads(relaxed, 30);
    assertThat(before).allMatch(task -> task.ticket() < line);
    assertThat(after).allMatch(task -> task.ticket() >= line);
    assertThat(relaxed.tickets().drawn()).isEqualTo(21 * 30);
    assertThat(relaxed.readings().sizeUpTo(1_000)).isEqualTo(10 * 30);
    assertThat(relaxed.tickets().holdsBefore(line)).isTrue();
    for (PoolTask<?> task : before) {
      task.tryWithdraw();
    }
    assertThat(relaxed.tickets().holdsBefore(line)).isFalse();
    long next = relaxed.tickets().line();
    assertThat(after).allMatch(task -> task.ticket() < next);
    long highest = relaxed.tickets().next();
    for (int i = 0; i < 100; i++) {
      assertThat(relaxed.tickets().line()).as("no task has arrived").isEqualTo(next);
    }
    assertThat(relaxed.tickets().next()).as("tickets that no task has drawn").isEqualTo(highest);
  }

  /**
   * A task that is sorted later, and came before the line, stands before tasks that came after it.
   */
  @Test
  void aLaneHoldsThoseBeforeALineFirst() throws Exception {
    TaskQueue relaxed = queue(factory, TaskOrder.RELAXED);
    PoolTask<?> urgent = task(-1);
    relaxed.add(urgent);
    addFromThreads(relaxed, 30);
    // Sorts what is there.
    assertThat(relaxed.poll(PoolTask::tryStart, cursor)).isSameAs(urgent);
    addFromThreads(relaxed, 30);
    long line = relaxed.tickets().line();
    addFromThreads(relaxed, 30);
    List<PoolTask<?>> inOrder = new ArrayList<>();

    relaxed.takeAll(PoolTask::tryStart, inOrder);

    assertThat(inOrder).hasSize(90);
    assertThat(inOrder.subList(0, 60)).allMatch(task -> task.ticket() < line);
    assertThat(inOrder.subList(60, 90)).allMatch(task -> task.ticket() >= line);
  }

  /** A sorter and takers at the end of a segment: the sorter has looked before they went on. */
  @Test
  void aSegmentWithHigherTicketsIsNotMovedInPlaceOfOneThatIsDone() {
    ArrivalQueue arrivals = new ArrivalQueue(factory, /* firstTicket= */ 0, new PaddedLong(0));
    ArrivalScan scan = new ArrivalScan(arrivals);
    List<PoolTask<?>> tasks = new ArrayList<>();
    for (int i = 0; i <= 512; i++) {
      PoolTask<?> task = task(0);
      arrivals.add(task, /* always= */ false);
      tasks.add(task);
    }
    for (int i = 0; i < 511; i++) {
      arrivals.peek(cursor);
      assertThat(tasks.get(i).tryStart()).isTrue();
      arrivals.done(cursor);
    }
    long seen = scan.headTicket(arrivals.end());
    arrivals.peek(cursor);
    assertThat(tasks.get(511).tryStart()).isTrue();
    arrivals.done(cursor);
    PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);

    scan.moveSegmentTo(lanes, seen, arrivals.end());

    assertThat(lanes.isEmpty()).isTrue();
    scan.moveSegmentTo(lanes, scan.headTicket(arrivals.end()), arrivals.end());
    assertThat(lanes.poll()).isSameAs(tasks.get(512));
  }

  @Test
  void onlyATaskThatAnotherHasTakenMakesATakerBackOff() {
    add(0);
    add(0);
    add(0);
    pollInVain(PoolTask::tryWithdraw);
    assertThat(cursor.heat).as("after three that must not run").isZero();
    add(0);
    pollInVain(PoolTask::tryStart);
    assertThat(cursor.heat).as("after one that another has taken").isPositive();
  }

  /** Finds that each task that is next has gone, in that way. */
  private void pollInVain(Predicate<PoolTask<?>> goes) {
    assertThat(
            queue.poll(
                task -> {
                  assertThat(goes.test(task)).isTrue();
                  return false;
                },
                cursor))
        .isNull();
  }

  @Test
  void aTakerThatLosesATask_leavesItsArrivalQueueToTheWinner() throws Exception {
    TaskQueue relaxed = queue(factory, TaskOrder.RELAXED);
    for (int thread = 0; thread < 30; thread++) {
      TestThreads.run(
          () -> {
            for (int i = 0; i < 3; i++) {
              relaxed.add(task(0));
            }
          });
    }
    PoolTask<?> first = (PoolTask<?>) relaxed.poll(PoolTask::tryStart, cursor);
    List<PoolTask<?>> seen = new ArrayList<>();

    Object second =
        relaxed.poll(
            task -> {
              seen.add(task);
              assertThat(task.tryStart()).isTrue();
              return seen.size() > 1;
            },
            cursor);

    assertThat(seen).hasSize(2).last().isSameAs(second);
    assertThat(seen.get(0).ticket()).as("the loser's arrival queue").isEqualTo(first.ticket() + 1);
    assertThat(seen.get(1).ticket()).as("the next one").isNotEqualTo(first.ticket() + 2);
    assertThat(cursor.heat).as("does not back off").isZero();
  }

  private List<PoolTask<?>> addFromThreads(TaskQueue to, int threads) throws InterruptedException {
    List<PoolTask<?>> tasks = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      PoolTask<?> task = task(0);
      TestThreads.run(() -> to.add(task));
      tasks.add(task);
    }
    return tasks;
  }

  /** A drain asks this at each end of a task: it must not search all priorities each time. */
  @Test
  void whetherOlderTasksAreHeldIsKnownWithoutASearch_asLongAsOneOfThemIs() {
    for (int priority = 1; priority <= 100; priority++) {
      add(priority);
    }
    pollAndCompare("sorts the others");
    assertThat(queue.tickets().holdsBefore(100)).isTrue();
    boolean[] known = new boolean[1];

    // While a taker looks at a task it holds the lock that a search needs.
    queue.poll(
        task -> {
          inAnotherThread(() -> known[0] = queue.tickets().holdsBefore(100));
          return task.tryStart();
        },
        cursor);

    assertThat(known[0]).isTrue();
    queue.tickets().forgetHeld();
    assertThat(queue.tickets().holdsBefore(1)).isFalse();
  }

  private static void inAnotherThread(TestThreads.Step step) {
    try {
      TestThreads.run(step);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
