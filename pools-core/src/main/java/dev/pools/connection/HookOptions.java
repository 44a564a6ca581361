package dev.pools.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What prepares a connection for a lease, and what resets it after one. */
record HookOptions<T>(
    @Nullable AsyncConnectionHook<? super T> onAcquire,
    @Nullable AsyncConnectionHook<? super T> onReturn,
    Duration hookTimeout) {

  HookOptions {
    OptionRange.requirePositive("hookTimeout", hookTimeout);
  }
}
