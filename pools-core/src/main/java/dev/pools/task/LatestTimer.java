package dev.pools.task;

import dev.pools.internal.Time;
import org.jspecify.annotations.Nullable;

/**
 * A timer that is set again and again; at most one counts at a time. It is decided on under the
 * pool's lock and set after that, so it may fire, and the next one may be set, before its handle is
 * kept: a handle is kept only if its timer is still the last one. Guarded by the pool's lock.
 */
final class LatestTimer {

  private int number;
  private boolean set;
  private Time.@Nullable Timer last;

  /** Whether one is set, or is about to be, and has not fired. */
  boolean isSet() {
    return set;
  }

  /**
   * One is about to be set, unless one is set.
   *
   * @return its number, for {@link #keep}; 0 if it is not to be set
   */
  int setUnlessSet() {
    return set ? 0 : setAgain();
  }

  /**
   * The one that fires is about to be set again.
   *
   * @return its number, for {@link #keep}
   */
  int setAgain() {
    fired();
    set = true;
    // Not 0, which says that none is to be set.
    number = number == Integer.MAX_VALUE ? 1 : number + 1;
    return number;
  }

  /** The last one has fired, and sets no other. */
  void fired() {
    set = false;
    last = null;
  }

  /** Keeps the handle of the one with this number, unless that has fired meanwhile. */
  void keep(int ofNumber, Time.Timer timer) {
    if (set && ofNumber == number) {
      last = timer;
    }
  }

  /**
   * Cancels the last one, if its handle is kept; a thread that gets the handle later must cancel
   * it.
   */
  void cancel() {
    if (last != null) {
      last.cancel();
    }
  }
}
