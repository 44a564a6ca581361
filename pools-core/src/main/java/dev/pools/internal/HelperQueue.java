package dev.pools.internal;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs actions that lead to user code on helper threads, so that the thread on which they were
 * decided can deliver what it owes to others.
 *
 * <p>One helper runs the actions of a queue one after another. If an action takes long, another
 * helper joins it. So an action may block for as long as it likes, even if it waits for the actions
 * behind it.
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

  private static final Logger LOG = LoggerFactory.getLogger(HelperQueue.class);

  /** How long an action may hold up those behind it before another helper joins. */
  static final long PATIENCE_NANOS = 5_000_000L;

  private final Time time;
  private final String owner;

  // Guarded by this.
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int coming;
  private int active;
  private long begun;
  private long begunAtLastLook;
  private Time.@Nullable Timer look;
  private volatile boolean startsFail;

  /**
   * Makes an empty queue; it has no thread before the first action.
   *
   * @param owner what log lines call it, such as "Pool 'x'"
   */
  public HelperQueue(Time time, String owner) {
    this.time = time;
    this.owner = owner;
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
    boolean isFirst;
    synchronized (this) {
      waiting.addAll(actions);
      isFirst = coming + active == 0;
      coming += isFirst ? 1 : 0;
    }
    if (isFirst) {
      startHelper();
    }
    if (!scheduleLook()) {
      synchronized (this) {
        coming++;
      }
      help();
    }
  }

  private void startHelper() {
    try {
      time.handOff(this::help);
      startsFail = false;
    } catch (Throwable noThread) {
      boolean isFirstFailure;
      synchronized (this) {
        coming--;
        isFirstFailure = !startsFail;
        startsFail = true;
      }
      if (isFirstFailure) {
        Faults.warn(LOG, noThread, "{} could not start a helper thread and tries again", owner);
      }
    }
  }

  private void help() {
    synchronized (this) {
      coming--;
      active++;
    }
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (Throwable fault) {
        Faults.error(LOG, fault, "{}: a completion failed", owner);
      }
    }
  }

  /** The next action; null if there is none, and then this helper has left. */
  private synchronized @Nullable Runnable next() {
    Runnable next = waiting.poll();
    if (next == null) {
      active--;
      if (look != null) {
        look.cancel();
        look = null;
      }
    } else {
      begun++;
    }
    return next;
  }

  /** Whether someone sees to it that the actions that wait are begun. */
  private synchronized boolean scheduleLook() {
    if (look != null || waiting.isEmpty()) {
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
