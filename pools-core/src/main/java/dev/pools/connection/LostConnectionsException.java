package dev.pools.connection;

import java.io.Serial;

/** Why creations pause although none has failed: see {@link CreationBackoff#lost}. */
final class LostConnectionsException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  private final String advice;

  LostConnectionsException(String pool, int losses, RetireReason reason) {
    this(
        pool,
        "The last %d new connections in a row were closed after their first lease, the last of them as %s. Until one is leased a second time, they are created one at a time, with the pauses of backoff. Find out what closes them."
            .formatted(losses, reason));
  }

  private LostConnectionsException(String pool, String advice) {
    super("Pool '%s': %s".formatted(pool, advice));
    this.advice = advice;
  }

  /** The message without the pool. */
  String advice() {
    return advice;
  }
}
