package dev.pools.internal;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs actions that lead to user code on helper threads, so that the thread on which they were
 * decided can deliver what it owes to others.
 *
 * <p>One helper runs the actions of a queue one after another. If an action takes long, another
 * helper joins it. So an action may block for as long as it likes, even if it waits for the actions
 * behind it.
 *
 * <p>The actions may be callbacks of different users. Before each one the helper's thread gets its
 * properties back, and no interrupt is left: see {@link ThreadProperties}.
 *
 * <p>An {@link #eager} queue is for actions that often block. More helpers come while actions wait,
 * one after another. Only the first action that a helper brings while it runs another one is left
 * to that helper: it is about to end, as a rule, and to wake a thread costs more than most actions.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>While an action waits, a helper is on its way, or runs an action, or a look is scheduled.
 *   <li>While an action waits behind another one, a look is scheduled. It starts more helpers if no
 *       action was begun since the look before it.
 *   <li>If no helper thread can be started, the next look tries again. Only if no look can be
 *       scheduled either, the thread that brings the action runs it.
 * </ol>
 */
public final class HelperQueue {

  /** How long an action may hold up those behind it before another helper joins. */
  static final long PATIENCE_NANOS = 5_000_000L;

  /** What the current thread helps; only in threads of eager queues. */
  private static final ThreadLocal<@Nullable Helper> HELPING = new ThreadLocal<>();

  /** Runs actions of one queue on one thread. It has all that it needs before the thread starts. */
  private static final class Helper implements Runnable {
    private final HelperQueue queue;
    private final ThreadProperties properties = new ThreadProperties();

    /** Whether it has brought an action, and will look for the next one. */
    private boolean owes;

    Helper(HelperQueue queue) {
      this.queue = queue;
    }

    @Override
    public void run() {
      queue.help(this);
    }
  }

  private final Time time;
  private final String owner;
  private final boolean eager;

  // Guarded by this.
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int coming;
  private int active;

  /** How many helpers owe a look for the next action. */
  private int owing;

  private long begun;
  private long begunAtLastLook;
  private Time.@Nullable Timer look;
  private volatile boolean startsFail;

  /**
   * Creates an empty queue; it has no thread before the first action.
   *
   * @param owner what log lines call it, such as "Pool 'x'"
   */
  public HelperQueue(Time time, String owner) {
    this(time, owner, /* eager= */ false);
  }

  private HelperQueue(Time time, String owner, boolean eager) {
    this.time = time;
    this.owner = owner;
    this.eager = eager;
  }

  /** An empty queue for actions that often block. */
  public static HelperQueue eager(Time time, String owner) {
    return new HelperQueue(time, owner, /* eager= */ true);
  }

  /** The owner's name in log lines. */
  public static String ownerName(String pool) {
    // No +: the first one of a JVM costs more than the pool.
    return "Pool '".concat(pool).concat("'");
  }

  /** As {@link #run(List)}, for one action. */
  public void run(Runnable action) {
    run(List.of(action));
  }

  /** Runs the actions soon, in this order, on helper threads. What they throw is logged. */
  public void run(List<? extends Runnable> actions) {
    if (actions.isEmpty()) {
      return;
    }
    boolean starts;
    Helper me = eager ? HELPING.get() : null;
    synchronized (this) {
      // Not addAll, which uses a lambda.
      for (Runnable action : actions) {
        waiting.add(action);
      }
      if (me != null && me.queue == this && !me.owes) {
        me.owes = true;
        owing++;
      }
      starts = needsHelper();
    }
    if (starts) {
      startHelper();
    }
    if (!scheduleLook()) {
      Helper here = new Helper(this);
      synchronized (this) {
        coming++;
      }
      help(here);
    }
  }

  /** Whether to start another helper, which then counts as coming. */
  private boolean needsHelper() {
    boolean needs =
        eager ? coming == 0 && waiting.size() > owing : coming + active == 0 && !waiting.isEmpty();
    coming += needs ? 1 : 0;
    return needs;
  }

  private void startHelper() {
    try {
      time.runOnHelperThread(new Helper(this));
      startsFail = false;
    } catch (Throwable noThread) {
      boolean isFirstFailure;
      synchronized (this) {
        coming--;
        isFirstFailure = !startsFail;
        startsFail = true;
      }
      if (isFirstFailure) {
        Faults.warn(
            HelperQueue.class,
            noThread,
            "{}: no helper thread can be started for a completion; it is tried again",
            owner);
      }
    }
  }

  private void help(Helper me) {
    synchronized (this) {
      coming--;
      active++;
    }
    Helper outer = null;
    me.properties.note();
    if (eager) {
      outer = HELPING.get();
      HELPING.set(me);
    }
    try {
      for (Runnable next = next(me); next != null; next = next(me)) {
        // Here, and not after each action: an interrupt for the last one may come late.
        me.properties.restore();
        try {
          next.run();
        } catch (Throwable fault) {
          me.properties.restore();
          Faults.error(HelperQueue.class, fault, "{}: a completion failed", owner);
        }
      }
    } finally {
      me.properties.restoreAll();
      if (outer != null) {
        HELPING.set(outer);
      } else if (eager) {
        HELPING.remove();
      }
    }
  }

  /** The next action; null if there is none, and then this helper has left. */
  private @Nullable Runnable next(Helper me) {
    Runnable next;
    boolean starts;
    synchronized (this) {
      if (me.owes) {
        me.owes = false;
        owing--;
      }
      next = waiting.poll();
      if (next == null) {
        active--;
        if (look != null) {
          look.cancel();
          look = null;
        }
      } else {
        begun++;
      }
      starts = eager && needsHelper();
    }
    if (starts) {
      startHelper();
    }
    return next;
  }

  /** Whether someone sees to it that the actions that wait are begun. */
  private synchronized boolean scheduleLook() {
    if (look != null || waiting.isEmpty() || (eager && coming >= waiting.size())) {
      return true;
    }
    begunAtLastLook = begun;
    try {
      look = time.schedule(PATIENCE_NANOS, this::look);
      return true;
    } catch (Throwable noTimer) {
      return coming + active > 0;
    }
  }

  /** On the timer's thread: starts more helpers if those that there are do not get on. */
  private void look() {
    int more = 0;
    synchronized (this) {
      look = null;
      boolean stuck = active == 0 || begun == begunAtLastLook;
      if (!waiting.isEmpty() && coming == 0 && stuck) {
        more = Math.min(waiting.size(), Math.max(1, active));
        coming += more;
      }
    }
    for (; more > 0; more--) {
      startHelper();
    }
    scheduleLook();
  }
}
