package dev.pools.internal;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Exceptions on their way through a future: its users get the very exception that was thrown. */
public final class Deliverable {

  private Deliverable() {}

  /**
   * The exception to fail a future with: the failure itself as a rule. {@link CompletableFuture}
   * takes a CancellationException for a cancellation of its own, and unwraps a CompletionException:
   * these are wrapped once more. And it calls {@code toString} of a failure that it passes on to
   * its dependants: if that throws, they would never complete, so the failure is wrapped in one
   * that has a text.
   *
   * @param hasDependants whether it is going to be passed on
   */
  public static Throwable of(Throwable thrown, boolean hasDependants) {
    boolean wouldBeTakenApart =
        thrown instanceof CancellationException || thrown instanceof CompletionException;
    if (!wouldBeTakenApart && !hasDependants) {
      return thrown;
    }
    try {
      String text = thrown.toString();
      return wouldBeTakenApart ? new CompletionException(text, thrown) : thrown;
    } catch (Throwable noText) {
      return new CompletionException(Faults.describe(thrown), thrown);
    }
  }

  /**
   * As {@link #of}, for the failure of another stage, which is going to be passed on: what that
   * stage took for a cancellation, or has wrapped for its own dependants, stays the same.
   */
  public static Throwable ofStage(Throwable failure) {
    return failure instanceof CancellationException || failure instanceof CompletionException
        ? failure
        : of(failure, /* hasDependants= */ true);
  }

  /**
   * What has made a stage fail: a stage that follows others fails with a wrapped exception. Does
   * not throw, although {@code getCause} may be code of the user.
   */
  public static Throwable unwrapped(Throwable failure) {
    try {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
      return cause == null ? failure : cause;
    } catch (Throwable faultyCause) {
      return failure;
    }
  }
}
