package dev.pools.task;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks at what is queued, without any lock: how many tasks, and since when. */
final class QueueReadings {

  private final TaskSorter sorter;

  QueueReadings(TaskSorter sorter) {
    this.sorter = sorter;
  }

  /** How many tasks are queued, if fewer than the limit; otherwise about the limit or more. */
  int sizeUpTo(long limit) {
    Count count = new Count(limit);
    for (ArrivalScan scan : sorter.scans) {
      if (count.seen >= limit) {
        break;
      }
      scan.visitAll(count);
    }
    boolean unsortedOnly = count.seen >= limit || TaskSorter.areEmpty(sorter.turns());
    return unsortedOnly ? count.seen : count.seen + sorter.lanes.size();
  }

  private static final class Count implements ArrivalScan.Visitor {
    private final long limit;
    private int seen;

    Count(long limit) {
      this.limit = limit;
    }

    @Override
    public boolean visit(long ticket, @Nullable PoolTask<?> task) {
      return ++seen < limit;
    }
  }

  /**
   * Looks at all that is queued; no task moves from one part to another meanwhile. Under the pool's
   * lock or none.
   */
  void look(BiConsumer<PriorityLanes, ArrivalScan[]> look) {
    sorter.lock();
    try {
      look.accept(sorter.lanes, sorter.scans);
    } finally {
      sorter.unlockUnchanged();
    }
  }

  /** As {@link #look}, when all tasks have moved to the lanes. */
  void sortAndLook(Consumer<PriorityLanes> look) {
    sorter.lock();
    try {
      sorter.sort();
      look.accept(sorter.lanes);
    } finally {
      sorter.unlock();
    }
  }

  /**
   * Since when the task that has waited longest has been waiting, as far as that has been noted:
   * not every task in a burst notes the time of its submission, so that it may be longer by up to
   * so many tasks. The current time if no task waits.
   */
  long oldestNanos(long nowNanos) {
    Oldest oldest = new Oldest(nowNanos);
    for (ArrivalScan scan : sorter.scans) {
      scan.visitAll(oldest);
    }
    // A reader does not wait: while a taker sorts, what is not sorted must do.
    if (!TaskSorter.areEmpty(sorter.turns()) && sorter.tryLock()) {
      try {
        oldest.note(sorter.lanes.oldestStamp(nowNanos));
      } finally {
        sorter.unlock();
      }
    }
    return oldest.nanos;
  }

  private static final class Oldest implements ArrivalScan.Visitor {
    private long nanos;

    Oldest(long limitNanos) {
      this.nanos = limitNanos;
    }

    void note(long stampNanos) {
      if (stampNanos - nanos < 0) {
        nanos = stampNanos;
      }
    }

    @Override
    public boolean visit(long ticket, @Nullable PoolTask<?> task) {
      if (task == null || !task.isStamped()) {
        return true;
      }
      note(task.submittedNanos());
      return false;
    }

    @Override
    public boolean visitStamped(long ticket, long stampNanos) {
      note(stampNanos);
      return false;
    }
  }
}
