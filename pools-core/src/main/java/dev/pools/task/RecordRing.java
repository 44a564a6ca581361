package dev.pools.task;

import dev.pools.advice.TaskRecord;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The last records of a pool, in a fixed amount of memory. Any thread may add one, without a lock.
 *
 * <p>A record takes six words: its number, which tells whether the words belong together, and what
 * is known of the task. A thread that adds a record clears the number, writes the words, and sets
 * the number. A thread that reads finds the same number before and after, or drops the record.
 */
final class RecordRing {

  /** Of how many tasks it keeps a record: enough for a prediction, in at most 200 KiB. */
  static final int CAPACITY = 4_200;

  /** One of so many tasks is recorded while many come. */
  static final int STEP = 16;

  /** A task that its submitter has cancelled before it started. */
  private static final int CANCELLED = TaskRecord.End.values().length;

  private static final int WORDS = 6;
  private static final int MOST_RUNNING = (1 << 24) - 1;

  /** What the ring keeps about a task. The task is null if it was cancelled before it started. */
  record Entry(long id, boolean thinned, long arrivalNanos, @Nullable TaskRecord task) {

    /** Whether it belongs to a sample of one task in {@link #STEP}. */
    boolean isOneInStep() {
      return id % STEP == 0;
    }
  }

  private final long startNanos;
  private final AtomicLongArray words = new AtomicLongArray(CAPACITY * WORDS);
  private final AtomicLong numbers = new AtomicLong();

  /**
   * So much later than needed may {@link #overwrittenArrival} be, so that threads seldom write it.
   */
  private static final long ALLOWANCE_NANOS = 100_000;

  /** None of those that were overwritten arrived later than this, from the start. */
  private final AtomicLong overwrittenArrival = new AtomicLong(-1);

  /**
   * @param startNanos no task arrives before this time
   */
  RecordRing(long startNanos) {
    this.startNanos = startNanos;
  }

  /** Adds a record. Returns how many there were before. */
  long add(long id, boolean thinned, TaskRecord task) {
    return add(id, thinned, task, task.end().ordinal());
  }

  /** Adds the record of a task that was cancelled before it started. */
  void addCancelled(long id, boolean thinned, long arrivalNanos) {
    add(
        id,
        thinned,
        new TaskRecord(arrivalNanos, 0, 0, 0, TaskRecord.End.EXPIRED, 0, 0, 0),
        CANCELLED);
  }

  private long add(long id, boolean thinned, TaskRecord task, int end) {
    long number = numbers.getAndIncrement();
    int at = (int) (number % CAPACITY) * WORDS;
    if (number >= CAPACITY) {
      long arrival = words.getOpaque(at + 2);
      if (arrival > overwrittenArrival.get()) {
        overwrittenArrival.accumulateAndGet(arrival + ALLOWANCE_NANOS, Math::max);
      }
    }
    words.setOpaque(at, 0);
    VarHandle.storeStoreFence();
    words.setOpaque(at + 1, id);
    words.setOpaque(at + 2, task.arrivalNanos() - startNanos);
    words.setOpaque(at + 3, pack(bits(task.waitNanos()), bits(task.serviceNanos())));
    words.setOpaque(at + 4, pack(task.caller(), task.map()));
    int detail = Math.min(MOST_RUNNING, task.running()) << Byte.SIZE | end << 1 | (thinned ? 1 : 0);
    words.setOpaque(at + 5, pack(task.priority(), detail));
    words.setRelease(at, number + 1);
    return number;
  }

  private static int bits(long nanos) {
    return Float.floatToRawIntBits((float) nanos);
  }

  private static long pack(int high, int low) {
    return ((long) high << Integer.SIZE) | (low & 0xFFFF_FFFFL);
  }

  /** From here on no task that has arrived and ended is missing. */
  long completeFromNanos() {
    return startNanos + overwrittenArrival.get() + 1;
  }

  /** How many records there are, or would be with more memory. */
  long count() {
    return numbers.get();
  }

  /** All records that there are now, in the order of their numbers. */
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    long count = count();
    for (long number = Math.max(0, count - CAPACITY); number < count; number++) {
      Entry entry = get(number);
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The record with this number; null if it has been overwritten or is being written. */
  @Nullable Entry get(long number) {
    int at = (int) (number % CAPACITY) * WORDS;
    if (words.getAcquire(at) != number + 1) {
      return null;
    }
    long id = words.getAcquire(at + 1);
    long arrival = startNanos + words.getAcquire(at + 2);
    long times = words.getAcquire(at + 3);
    long origin = words.getAcquire(at + 4);
    long rest = words.getAcquire(at + 5);
    if (words.get(at) != number + 1) {
      return null;
    }
    int end = ((int) rest & 0xFF) >> 1;
    TaskRecord task =
        end == CANCELLED
            ? null
            : new TaskRecord(
                arrival,
                (long) Float.intBitsToFloat(high(times)),
                (long) Float.intBitsToFloat((int) times),
                high(rest),
                TaskRecord.End.values()[end],
                high(origin),
                (int) origin,
                (int) rest >>> Byte.SIZE);
    return new Entry(id, (rest & 1) != 0, arrival, task);
  }

  private static int high(long word) {
    return (int) (word >> Integer.SIZE);
  }
}
