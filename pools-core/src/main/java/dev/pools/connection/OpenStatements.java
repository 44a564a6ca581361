package dev.pools.connection;

import java.lang.ref.WeakReference;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of JDBC that one lease has opened through its guard and has not closed, with the
 * results that belong to no such statement. They are closed when the lease ends: the next user must
 * not meet their cursors, and the last one must not use them any more.
 *
 * <p>They are known weakly, so a lease that lasts long keeps none of them from being collected.
 * Thread-safe; no code of a driver runs under its lock.
 *
 * <p>Each statement is closed by its user, or by one of these: by the end of the lease, if it was
 * noted before {@link #areLeft(OpenStatements, long)}, and otherwise by the call that has opened
 * it, which learns from {@link #note} that it came too late.
 */
final class OpenStatements {

  /** Up to so many are kept without a look for those that have been collected. */
  private static final int FEW = 16;

  /** Of the lease. */
  private final long epoch;

  // Guarded by this. The one that was opened last is the last.
  private List<WeakReference<AutoCloseable>> open = List.of();
  private int lookAt = FEW;
  private boolean hasEnded;

  OpenStatements(long epoch) {
    this.epoch = epoch;
  }

  /**
   * Whether connections of this type open statements. By its name: a runtime image may lack SQL,
   * and then this class must not be used.
   */
  static boolean comeFrom(Class<?> type) {
    if (type.getName().equals("java.sql.Connection")) {
      return true;
    }
    for (Class<?> parent : type.getInterfaces()) {
      if (comeFrom(parent)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Notes the result of a call, if it has to be closed.
   *
   * @param from what was called
   * @return false if the lease has ended meanwhile, so that the caller must close the result
   */
  boolean note(Object result, Object from, String method) {
    if (!hasToBeClosed(result, from, method)) {
      return true;
    }
    WeakReference<AutoCloseable> known = new WeakReference<>((AutoCloseable) result);
    synchronized (this) {
      if (!hasEnded) {
        if (open.size() >= lookAt) {
          open.removeIf(one -> one.get() == null);
          lookAt = Math.max(FEW, 2 * open.size());
        }
        if (open.isEmpty()) {
          open = new ArrayList<>(1);
        }
        open.add(known);
      }
      return !hasEnded;
    }
  }

  /** A statement closes its own results; others, such as a cursor that it returns, stay open. */
  private static boolean hasToBeClosed(Object result, Object from, String method) {
    boolean ofStatement = from instanceof Statement || from instanceof ResultSet;
    return ofStatement
        ? result instanceof ResultSet && method.equals("getObject")
        : result instanceof Statement || result instanceof ResultSet;
  }

  /** Its user has closed it, or the pool has. */
  synchronized void closed(Object one) {
    for (int i = open.size() - 1; i >= 0; i--) {
      if (open.get(i).get() == one) {
        open.remove(i);
      }
    }
  }

  /**
   * A lease is about to end: notes no more. Each thread that ends a lease asks this while the lease
   * lasts, or under the pool's lock.
   *
   * @param opened what was opened by the last lease of the connection that has a guard
   * @param epoch of the lease that is about to end
   * @return whether it leaves statements open
   */
  static boolean areLeft(@Nullable OpenStatements opened, long epoch) {
    // A lease that is closed once more must not end the notes of the next one.
    return opened != null && opened.epoch == epoch && opened.areLeft();
  }

  private synchronized boolean areLeft() {
    hasEnded = true;
    return last() != null;
  }

  /** Closes those that are left, the last one first, up to the first failure. */
  void closeAll() throws Exception {
    for (AutoCloseable next = last(); next != null; next = last()) {
      next.close();
      closed(next);
    }
  }

  /** Whether some have not been closed yet. */
  boolean areOpen() {
    return last() != null;
  }

  private synchronized @Nullable AutoCloseable last() {
    for (int i = open.size() - 1; i >= 0; i--) {
      AutoCloseable one = open.get(i).get();
      if (one != null) {
        return one;
      }
      open.remove(i);
    }
    return null;
  }

  /** How many it knows, for tests. */
  synchronized int known() {
    return open.size();
  }
}
