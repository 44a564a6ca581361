package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.StillTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrivals at the ends of its segments, and with someone on the way from ticket to slot. */
class ArrivalQueueTest {

  private static final int SEGMENT = 512;

  /** The first ticket whose submitter looks at the clock on the way to its slot, after ticket 0. */
  private static final int STAMPED = 16;

  private Runnable onTheWay = () -> {};
  private final TaskFactory factory =
      PoolTestBase.factory(
          PoolTestBase.options(
              new StillTime() {
                @Override
                public long nanoTime() {
                  Runnable once = onTheWay;
                  onTheWay = () -> {};
                  once.run();
                  return 0;
                }
              }));
  private final ArrivalQueue arrivals =
      new ArrivalQueue(factory, /* firstTicket= */ 0, /* sequence= */ null);
  private final ArrivalScan scan = new ArrivalScan(arrivals);
  private final QueueCursor cursor = new QueueCursor();

  private PoolTask<?> task() {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.DEFAULT);
    task.enqueue();
    return task;
  }

  private PoolTask<?> added() {
    PoolTask<?> task = task();
    assertThat(arrivals.add(task, /* always= */ false)).isTrue();
    return task;
  }

  /** A Runnable that is next and stands there as it is: it came while another was queued. */
  private Runnable addedBare() {
    Runnable code = () -> {};
    PoolTask<?> before = added();
    assertThat(arrivals.add(code)).isTrue();
    assertThat(take()).isSameAs(before);
    return code;
  }

  /** Takes the first as a worker does. */
  private @Nullable Object take() {
    Object first = arrivals.peek(cursor);
    if (first instanceof PoolTask<?> task) {
      assertThat(task.tryStart()).isTrue();
      arrivals.done(cursor);
    } else if (first != null) {
      assertThat(arrivals.claim(cursor, (Runnable) first)).isTrue();
    }
    return first;
  }

  private void addAndTake(int count) {
    for (int i = 0; i < count; i++) {
      PoolTask<?> task = added();
      assertThat(take()).isSameAs(task);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 1})
  void orderIsKeptAcrossTheEndsOfSegments(int count) {
    for (int round = 0; round < 3; round++) {
      List<PoolTask<?>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(added());
      }
      assertThat(arrivals.isEmpty()).isFalse();

      for (PoolTask<?> task : tasks) {
        assertThat(take()).isSameAs(task);
      }
      assertThat(take()).isNull();
      assertThat(arrivals.isEmpty()).isTrue();
    }
    assertThat(arrivals.tickets()).isEqualTo(3L * count);
  }

  @Test
  void aRunnableIsClaimedOnce() {
    Runnable code = addedBare();
    assertThat(arrivals.peek(cursor)).isSameAs(code);

    assertThat(arrivals.claim(cursor, code)).isTrue();

    assertThat(arrivals.claim(cursor, code)).isFalse();
    assertThat(arrivals.peek(new QueueCursor())).isNull();
  }

  @Test
  void aClaimThatTheHeadHasLeftBehindFails() {
    Runnable code = addedBare();
    arrivals.peek(cursor);
    QueueCursor late = new QueueCursor();
    arrivals.peek(late);
    arrivals.claim(cursor, code);

    addAndTake(2 * SEGMENT);

    assertThat(arrivals.claim(late, code)).isFalse();
  }

  @Test
  void withdrawnTaskIsSkippedAndReleased() {
    PoolTask<?> withdrawn = added();
    PoolTask<?> next = added();
    withdrawn.tryWithdraw();

    assertThat(take()).isSameAs(next);
    assertThat(arrivals.isEmpty()).isTrue();
    List<Long> standing = new ArrayList<>();
    scan.visitAll((ticket, task) -> standing.add(ticket));
    assertThat(standing).isEmpty();
  }

  @Test
  void onlyThoseBeforeTheEndMoveToTheLanes() {
    List<Object> moved = new ArrayList<>();
    for (int i = 0; i < SEGMENT + 10; i++) {
      moved.add(added());
    }
    long end = arrivals.tickets();
    PoolTask<?> later = added();
    PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);

    scan.moveTo(lanes, end);

    List<Object> sorted = new ArrayList<>();
    for (PoolTask<?> task = lanes.poll(); task != null; task = lanes.poll()) {
      sorted.add(task);
    }
    assertThat(sorted).isEqualTo(moved);
    assertThat(take()).isSameAs(later);
    assertThat(take()).isNull();
  }

  @Test
  void aTicketWithoutASlotIsSomebody() {
    addAndTake(STAMPED);
    List<@Nullable PoolTask<?>> seen = new ArrayList<>();
    onTheWay =
        () -> {
          assertThat(arrivals.isEmpty()).isFalse();
          scan.visitAll((ticket, task) -> seen.add(task));
        };

    PoolTask<?> slow = added();

    assertThat(seen).hasSize(1).containsOnlyNulls();
    assertThat(take()).isSameAs(slow);
  }

  @Test
  void takerWaitsForAnEarlierTicketThatIsNotFilledYet() {
    addAndTake(STAMPED);
    List<PoolTask<?>> behind = new ArrayList<>();
    // Further than the segment in which the slow one's slot is.
    onTheWay =
        () -> {
          for (int i = 0; i < SEGMENT; i++) {
            behind.add(added());
          }
        };

    PoolTask<?> slow = added();

    assertThat(take()).isSameAs(slow);
    for (PoolTask<?> task : behind) {
      assertThat(take()).isSameAs(task);
    }
    assertThat(arrivals.isEmpty()).isTrue();
  }

  @Test
  void aTakerWaitsForTheSlotOfATicket() throws Exception {
    addAndTake(STAMPED);
    CountDownLatch drawn = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    onTheWay =
        () -> {
          drawn.countDown();
          await(mayGoOn);
        };
    PoolTask<?> slow = task();
    CompletableFuture<Boolean> adding =
        CompletableFuture.supplyAsync(() -> arrivals.add(slow, /* always= */ false));
    await(drawn);
    PoolTask<?> quick = added();
    CompletableFuture<Object> taking =
        CompletableFuture.supplyAsync(() -> arrivals.peek(new QueueCursor()));

    mayGoOn.countDown();

    assertThat(adding.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(taking.get(30, TimeUnit.SECONDS)).isSameAs(slow);
    assertThat(take()).isSameAs(slow);
    assertThat(take()).isSameAs(quick);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closedQueueAcceptsTicketsDrawnBeforeAndNoOthers() {
    addAndTake(STAMPED);
    onTheWay = arrivals::close;

    PoolTask<?> inTime = added();

    assertThat(arrivals.add(task(), /* always= */ false)).isFalse();
    assertThat(arrivals.add(() -> {})).isFalse();
    PoolTask<?> admitted = task();
    assertThat(arrivals.add(admitted, /* always= */ true)).isTrue();
    assertThat(take()).isSameAs(inTime);
    assertThat(arrivals.isEmpty()).isFalse();
    assertThat(take()).isSameAs(admitted);
    assertThat(take()).isNull();
    assertThat(arrivals.isEmpty()).isTrue();
  }

  @Test
  void watcherSeesArrivalsInTheNextSegmentToo() {
    for (int before : new int[] {0, SEGMENT - 1, 1}) {
      addAndTake(before);
      assertThat(arrivals.watch()).as("no task after %d more", before).isFalse();

      PoolTask<?> task = added();

      assertThat(arrivals.watch()).as("somebody after %d more", before).isTrue();
      assertThat(take()).isSameAs(task);
    }
  }
}
