package dev.pools.task;

import dev.pools.internal.Lincheck;
import dev.pools.internal.StillTime;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The queue against a list that is kept sorted: every result of every interleaving is one that the
 * list could have given. So the order is strict, first in first out among equals, and no task is
 * lost, doubled or overlooked.
 */
@Param(name = "priority", gen = IntGen.class, conf = "-1:1")
@Param(name = "label", gen = IntGen.class, conf = "1:9")
@Param(name = "thread", gen = ThreadIdGen.class)
public class TaskQueueLincheckTest {

  private static final TaskFactory FACTORY =
      PoolTestBase.factory(PoolTestBase.options(new StillTime()));

  private static final int THREADS = 3;

  private final TaskQueue queue = PoolTestBase.queue(FACTORY, TaskOrder.STRICT);
  private final PoolTask<?>[] lastOf = new PoolTask<?>[THREADS + 2];
  private final Object poolLock = new Object();

  /** An empty queue. */
  public TaskQueueLincheckTest() {}

  /** What is queued. */
  private record Labelled(int label) implements Runnable {
    @Override
    public void run() {}
  }

  /** Comes as a task. */
  @Operation
  public void add(
      @Param(name = "thread") int thread,
      @Param(name = "label") int label,
      @Param(name = "priority") int priority) {
    PoolTask<?> task = FACTORY.executed(new Labelled(label), TaskOptions.priority(priority));
    task.enqueue();
    queue.add(task);
    lastOf[thread] = task;
  }

  /** Comes as bare code. */
  @Operation
  public void execute(@Param(name = "label") int label) {
    queue.add(new Labelled(label));
  }

  /** Takes the next one. */
  @Operation
  public int poll() {
    Object taken = queue.poll(this::claim, new QueueCursor());
    if (taken == null) {
      return 0;
    }
    Object code = taken instanceof PoolTask<?> task ? task.submitted() : taken;
    return ((Labelled) code).label();
  }

  /** Decides whether this thread takes a task that it sees in the queue. */
  boolean claim(PoolTask<?> task) {
    return task.tryStart();
  }

  /** A planted bug: looks whether a task is queued, and takes it although it may be withdrawn. */
  public static final class LooksBeforeItStarts extends TaskQueueLincheckTest {

    /** An empty queue. */
    public LooksBeforeItStarts() {}

    @Override
    boolean claim(PoolTask<?> task) {
      return task.isQueued();
    }
  }

  /** Withdraws the task that this thread has added last. */
  @Operation
  public boolean withdraw(@Param(name = "thread") int thread) {
    PoolTask<?> task = lastOf[thread];
    if (task == null || !task.tryWithdraw()) {
      return false;
    }
    synchronized (poolLock) {
      queue.withdrawn(task);
    }
    return true;
  }

  /** Asks whether there is anyone. */
  @Operation
  public boolean hasWorkLeft() {
    return queue.hasWorkLeft();
  }

  /** What it must be like. */
  public static class Sorted {

    private record Entry(int label, int priority, int arrival) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Entry[] lastOf = new Entry[THREADS + 2];
    private int arrivals;

    /** An empty list. */
    public Sorted() {}

    /** Adds in order. */
    public void add(int thread, int label, int priority) {
      Entry entry = new Entry(label, priority, arrivals++);
      lastOf[thread] = entry;
      insert(entry);
    }

    private void insert(Entry entry) {
      int place = entries.size();
      while (place > 0 && entries.get(place - 1).priority() > entry.priority()) {
        place--;
      }
      entries.add(place, entry);
    }

    /** Adds in order. */
    public void execute(int label) {
      insert(new Entry(label, 0, arrivals++));
    }

    /** Takes the first. */
    public int poll() {
      return entries.isEmpty() ? 0 : entries.remove(0).label();
    }

    /** Removes. */
    public boolean withdraw(int thread) {
      return lastOf[thread] != null && entries.remove(lastOf[thread]);
    }

    /** Asks. */
    public boolean hasWorkLeft() {
      return !entries.isEmpty();
    }
  }

  /** A checker that cannot look into the code would report success. */
  @Tag("heavy")
  @Test
  void plantedBugIsFound_whenInterleavingsAreWalked() {
    Lincheck.assumeNamesSurvive();
    Lincheck.assertFinds(interleavings(), LooksBeforeItStarts.class);
  }

  @Tag("heavy")
  @Test
  void plantedBugIsFound_whenThreadsRace() {
    Lincheck.assumeNamesSurvive();
    Lincheck.assertFinds(races(), LooksBeforeItStarts.class);
  }

  @Tag("heavy")
  @Test
  void everyInterleavingGivesWhatASortedListCouldGive() throws LincheckAssertionError {
    Lincheck.assumeNamesSurvive();
    interleavings().check(TaskQueueLincheckTest.class);
  }

  private static ModelCheckingOptions interleavings() {
    return new ModelCheckingOptions()
        .sequentialSpecification(Sorted.class)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .iterations(Integer.getInteger("lincheck.iterations", 5))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", 100));
  }

  @Tag("heavy")
  @Test
  void everyRaceOfThreadsGivesWhatASortedListCouldGive() throws LincheckAssertionError {
    Lincheck.assumeNamesSurvive();
    races().check(TaskQueueLincheckTest.class);
  }

  private static StressOptions races() {
    return new StressOptions()
        .sequentialSpecification(Sorted.class)
        .threads(THREADS)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(2)
        .iterations(Integer.getInteger("lincheck.iterations", 10))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", 500));
  }
}
