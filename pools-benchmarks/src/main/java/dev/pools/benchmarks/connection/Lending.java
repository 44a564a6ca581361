package dev.pools.benchmarks.connection;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An object pool as the benchmarks use it. In one JVM only one peer is measured, so that these
 * calls have one target each and cost nothing.
 *
 * @param <L> what stands for an object while it is leased
 */
abstract class Lending<L> {

  /** Leases an object, waiting for it as long as it takes. */
  abstract L take() throws Exception;

  /** Gives it back; any thread may. */
  abstract void give(L lease) throws Exception;

  /** Leases an object without waiting, and gives it to the taker when there is one. */
  Pending takeLater(Consumer<L> taker) {
    throw new UnsupportedOperationException("Nothing asynchronous");
  }

  /** Ends it; nothing is leased. */
  void end() throws Exception {}

  /** One who waits in a future. */
  interface Pending {
    /** Gives up. */
    void cancel();
  }

  /** What is lent. */
  static final class Thing {
    /** So that the holder can do something with it. */
    @Nullable Object holder;
  }
}
