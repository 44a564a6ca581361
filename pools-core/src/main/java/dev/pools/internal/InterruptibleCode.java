package dev.pools.internal;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * User code that one thread runs once, and that another thread may interrupt. The interrupt reaches
 * this code, and nothing that the thread does after it.
 *
 * <pre>
 *   from          to            method     by
 *   BEFORE        INSIDE        enter      the thread that runs the code
 *   INSIDE        AFTER         leave      the same thread: no interrupt follows
 *   INSIDE        INTERRUPTING  tryHold    a thread that interrupts, before it does
 *   INTERRUPTING  INTERRUPTED   release    the same thread, when it has interrupted
 *   INTERRUPTED   AFTER         leave      the thread that runs the code
 * </pre>
 *
 * <p>Each transition is one atomic step or is made by the one thread that may leave the state. So
 * the code is interrupted once at most, and only in INTERRUPTING, in which its thread cannot leave:
 * {@link #leave} waits until the state is another one. The interrupt comes before INTERRUPTED, and
 * the status is cleared after that.
 *
 * <p>{@link Thread#interrupt()} may be user code, too (see {@link ThreadInterrupt}). So no method
 * of this class may be called under a lock, except {@link #enter}.
 */
public final class InterruptibleCode {

  // No enum, which would be one more class that each pool loads.
  static final int BEFORE = 0;
  static final int INSIDE = 1;
  static final int INTERRUPTING = 2;
  static final int INTERRUPTED = 3;
  static final int AFTER = 4;

  private final AtomicInteger state = new AtomicInteger(BEFORE);

  /** Written by that thread before INSIDE and in AFTER; read by others in INTERRUPTING only. */
  private @Nullable Thread thread;

  /** Creates one for code that has not begun. */
  public InterruptibleCode() {}

  /** The current thread begins to run the code; once. */
  public void enter() {
    thread = Thread.currentThread();
    state.set(INSIDE);
  }

  /** The code has ended. Waits for an interrupt that is being sent, and clears it. */
  public void leave() {
    if (!state.compareAndSet(INSIDE, AFTER)) {
      while (state.get() == INTERRUPTING) {
        Thread.yield();
      }
      Thread.interrupted();
      state.set(AFTER);
    }
    thread = null;
  }

  /**
   * Interrupts the code, unless it does not run or was interrupted before. What the interrupt
   * throws is logged.
   *
   * @param pool whose code it is
   */
  public void interrupt(String pool) {
    if (tryHold()) {
      try {
        ThreadInterrupt.send(requireNonNull(thread), pool);
      } finally {
        release();
      }
    }
  }

  /** Whether the code runs, and does not end before {@link #release}. */
  boolean tryHold() {
    return state.compareAndSet(INSIDE, INTERRUPTING);
  }

  void release() {
    state.set(INTERRUPTED);
  }

  /** For tests. */
  int state() {
    return state.get();
  }
}
