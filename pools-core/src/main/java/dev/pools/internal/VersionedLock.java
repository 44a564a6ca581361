package dev.pools.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A mutual exclusion lock whose readers take no lock: they read and, if a writer was at work
 * meanwhile, read again. A reader that writers disturb again and again takes the lock at last, so
 * that each reading ends. Not reentrant.
 *
 * <p>This is a sequence lock. Invariants:
 *
 * <ol>
 *   <li>The version is odd exactly while a writer holds the lock.
 *   <li>A reader that sees the same even version before and after its reads has seen no write of a
 *       writer that was at work in between: the acquiring read keeps the reads behind the first
 *       look, the fence keeps them before the second.
 * </ol>
 *
 * <p>Sections must be short and free of user code, because a reader reads again and again as long
 * as one is held. What a reader reads must be safe to read in an inconsistent state: fields, not
 * structures.
 */
public final class VersionedLock {

  /** After so many looks a reader keeps writers away. */
  private static final int MOST_LOOKS = 256;

  /** How often a reader looks again at once before it lets other threads run in between. */
  private static final int EAGER_LOOKS = 64;

  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(VersionedLock.class, "version", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();

  // Written by the holder of the lock only, through VERSION; read by anyone.
  @SuppressWarnings("UnusedVariable")
  private long version;

  /**
   * Takes the lock, waiting for it if need be.
   *
   * @throws StackOverflowError if there is not enough room for a section; the lock is not taken
   */
  public void lock() {
    StackRoom.ensure();
    lock.lock();
    if (lock.getHoldCount() > 1) {
      lock.unlock();
      throw new IllegalMonitorStateException("the lock is held by this thread already");
    }
    VERSION.setOpaque(this, (long) VERSION.getOpaque(this) + 1);
    // The odd version must be seen no later than the writes that follow it.
    VarHandle.storeStoreFence();
  }

  /** Gives the lock back; its holder's writes are seen by the next holder and by later readers. */
  public void unlock() {
    VERSION.setRelease(this, (long) VERSION.getOpaque(this) + 1);
    lock.unlock();
  }

  /** Whether this thread holds the lock, for tests: no code of a user may find that it does. */
  public boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  /**
   * Reads without the lock, as often as it takes to get readings that belong together, or under it
   * if that takes too often. The holder of the lock must not call it.
   *
   * @param reading reads fields and creates a value from them; runs once or more
   */
  public <R> R read(Supplier<R> reading) {
    for (int looks = 1; looks <= MOST_LOOKS; looks++) {
      long before = (long) VERSION.getAcquire(this);
      if ((before & 1) == 0) {
        R result = reading.get();
        VarHandle.acquireFence();
        if ((long) VERSION.getOpaque(this) == before) {
          return result;
        }
      }
      if (looks % EAGER_LOOKS == 0) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
    return readAlone(reading);
  }

  /** Writes nothing, so that other readers need not read again. */
  private <R> R readAlone(Supplier<R> reading) {
    StackRoom.ensure();
    lock.lock();
    try {
      return reading.get();
    } finally {
      lock.unlock();
    }
  }
}
