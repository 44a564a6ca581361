package dev.pools.connection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What listeners have been told of the last lease of a {@link Slot}, if the pool has listeners. A
 * superclass of the slot, as {@link SlotNotes} is.
 */
abstract class SlotEvents extends SlotWord {

  /** How the pool has ended a lease. */
  record TakenBack(long epoch, Duration used, RetireReason reason) {}

  private static final VarHandle TAKEN_BACK;

  static {
    try {
      TAKEN_BACK =
          MethodHandles.lookup().findVarHandle(SlotEvents.class, "takenBack", TakenBack.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The epoch of the last lease whose beginning has been told. */
  private volatile long begunTold;

  /** How the pool has ended the lease, until that is told: once at most in the life of a slot. */
  private volatile @Nullable TakenBack takenBack;

  /** The beginning of the lease of this epoch has been told. */
  final void beginningTold(long epoch) {
    begunTold = epoch;
  }

  /** Whether the beginning of the lease of this epoch has been told. */
  final boolean isBeginningTold(long epoch) {
    return begunTold == epoch;
  }

  /** The pool has ended the lease. */
  final void noteTakenBack(TakenBack end) {
    takenBack = end;
  }

  /**
   * How the pool has ended the lease, if that must be told now: its beginning was told, and no
   * other thread tells its end.
   */
  final @Nullable TakenBack takeEndToTell() {
    TakenBack end = takenBack;
    return end != null && begunTold == end.epoch() && TAKEN_BACK.compareAndSet(this, end, null)
        ? end
        : null;
  }
}
