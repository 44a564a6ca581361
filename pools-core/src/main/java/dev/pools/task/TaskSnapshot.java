package dev.pools.task;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One task at one moment, as an operator sees it. It keeps neither the task nor its function
 * reachable.
 *
 * @param id tells the task from all others of its pool, from its submission to its end; pass it to
 *     {@link AdvancedPool#cancelWaiting}, {@link AdvancedPool#interruptRunning} and {@link
 *     AdvancedPool#stackOf}
 * @param name the name that its {@link TaskOptions} gave it; null if it has none, or if it is not
 *     known (see {@link AdvancedPool#runningTasks})
 * @param function the class of its function; or, of a running task whose object is not known, the
 *     method in which it began; never the result of a method of the user's object
 * @param priority smaller is more urgent; null if it is not known
 * @param state where it is
 * @param age the time since its submission; null if it is not known. For a waiting task it may be a
 *     little too short, as {@link PoolStats#oldestWait}
 * @param ran how long it has been running; null if it does not run. If no option makes the pool
 *     note the start of each run, it may be too short, as {@link PoolStats#longestRun}
 * @param thread the name of the thread that runs it; null if it does not run
 */
public record TaskSnapshot(
    long id,
    @Nullable String name,
    String function,
    @Nullable Integer priority,
    State state,
    @Nullable Duration age,
    @Nullable Duration ran,
    @Nullable String thread) {

  /** Where a task is on its way. */
  public enum State {
    /** The queue was full: it waits for a place in the queue. */
    WAITING_FOR_PLACE,
    /** It is in the queue. */
    QUEUED,
    /** Its function runs. */
    RUNNING
  }

  /** What to call the task in a text for people: its name, or else its function. */
  public String label() {
    return name == null ? function : name;
  }
}
