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

/** The inbox at the ends of its segments, and with someone on the way from ticket to slot. */
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
  private final ArrivalQueue inbox = new ArrivalQueue(factory);
  private final QueueCursor cursor = new QueueCursor();

  private PoolTask<?> task() {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.DEFAULT);
    task.enqueue();
    return task;
  }

  private PoolTask<?> added() {
    PoolTask<?> task = task();
    assertThat(inbox.add(task, /* always= */ false)).isTrue();
    return task;
  }

  /** A Runnable that is next and stands there as it is: it came while another was queued. */
  private Runnable addedBare() {
    Runnable code = () -> {};
    PoolTask<?> before = added();
    assertThat(inbox.add(code)).isTrue();
    assertThat(take()).isSameAs(before);
    return code;
  }

  /** Takes the first as a worker does. */
  private @Nullable Object take() {
    Object first = inbox.peek(cursor);
    if (first instanceof PoolTask<?> task) {
      assertThat(task.tryStart()).isTrue();
      inbox.done(cursor);
    } else if (first != null) {
      assertThat(inbox.claim(cursor, (Runnable) first)).isTrue();
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
  void whoComesFirstGoesFirstWhereverASegmentEnds(int count) {
    for (int round = 0; round < 3; round++) {
      List<PoolTask<?>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(added());
      }
      assertThat(inbox.isEmpty()).isFalse();

      for (PoolTask<?> task : tasks) {
        assertThat(take()).isSameAs(task);
      }
      assertThat(take()).isNull();
      assertThat(inbox.isEmpty()).isTrue();
    }
    assertThat(inbox.tickets()).isEqualTo(3L * count);
  }

  @Test
  void aRunnableIsClaimedOnce() {
    Runnable code = addedBare();
    assertThat(inbox.peek(cursor)).isSameAs(code);

    assertThat(inbox.claim(cursor, code)).isTrue();

    assertThat(inbox.claim(cursor, code)).isFalse();
    assertThat(inbox.peek(new QueueCursor())).isNull();
  }

  @Test
  void aClaimThatTheHeadHasLeftBehindFails() {
    Runnable code = addedBare();
    inbox.peek(cursor);
    QueueCursor late = new QueueCursor();
    inbox.peek(late);
    inbox.claim(cursor, code);

    addAndTake(2 * SEGMENT);

    assertThat(inbox.claim(late, code)).isFalse();
  }

  @Test
  void whoWasWithdrawnIsPassedByAndLetGo() {
    PoolTask<?> withdrawn = added();
    PoolTask<?> next = added();
    withdrawn.tryWithdraw();

    assertThat(take()).isSameAs(next);
    assertThat(inbox.isEmpty()).isTrue();
    List<Long> standing = new ArrayList<>();
    inbox.walk((ticket, task) -> standing.add(ticket));
    assertThat(standing).isEmpty();
  }

  @Test
  void onlyThoseBeforeTheEndMoveToTheLanes() {
    List<Object> moved = new ArrayList<>();
    for (int i = 0; i < SEGMENT + 10; i++) {
      moved.add(added());
    }
    long end = inbox.tickets();
    PoolTask<?> later = added();
    PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);

    inbox.moveTo(lanes, end);

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
          assertThat(inbox.isEmpty()).isFalse();
          inbox.walk((ticket, task) -> seen.add(task));
        };

    PoolTask<?> slow = added();

    assertThat(seen).hasSize(1).containsOnlyNulls();
    assertThat(take()).isSameAs(slow);
  }

  @Test
  void whoComesLaterWaitsForOneWhoIsOnTheWay() {
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
    assertThat(inbox.isEmpty()).isTrue();
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
        CompletableFuture.supplyAsync(() -> inbox.add(slow, /* always= */ false));
    await(drawn);
    PoolTask<?> quick = added();
    CompletableFuture<Object> taking =
        CompletableFuture.supplyAsync(() -> inbox.peek(new QueueCursor()));

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
  void whoHasATicketWhenItClosesIsInAndWhoComesAfterIsNot() {
    addAndTake(STAMPED);
    onTheWay = inbox::close;

    PoolTask<?> inTime = added();

    assertThat(inbox.add(task(), /* always= */ false)).isFalse();
    assertThat(inbox.add(() -> {})).isFalse();
    PoolTask<?> admitted = task();
    assertThat(inbox.add(admitted, /* always= */ true)).isTrue();
    assertThat(take()).isSameAs(inTime);
    assertThat(inbox.isEmpty()).isFalse();
    assertThat(take()).isSameAs(admitted);
    assertThat(take()).isNull();
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void aWatcherSeesWhoHasComeAlsoInTheNextSegment() {
    for (int before : new int[] {0, SEGMENT - 1, 1}) {
      addAndTake(before);
      assertThat(inbox.watch()).as("nobody after %d more", before).isFalse();

      PoolTask<?> task = added();

      assertThat(inbox.watch()).as("somebody after %d more", before).isTrue();
      assertThat(take()).isSameAs(task);
    }
  }
}
