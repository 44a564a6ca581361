package dev.pools.boot.advice;

import java.util.Locale;

/** What advice can be about. */
public enum AdviceRule {
  /** More work arrives than the pool can handle. */
  SATURATED,
  /** Work waits and none finishes, because running tasks or leases do not end. */
  STARVING,
  /** The largest size of the pool is changed back and forth. */
  FLAPPING,
  /** Leases are held for longer than they may be. */
  LEAKING,
  /** The pool keeps far more threads or connections than are used. */
  OVERSIZED,
  /** The server does not open further connections. */
  REFUSED,
  /** The largest size was changed: what was predicted, and what has happened. */
  RESIZED;

  /** The rule as it is written in JSON and in the log, such as {@code saturated}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the pool serves its callers badly now; otherwise the advice can wait. */
  boolean isUrgent() {
    return this != OVERSIZED && this != RESIZED;
  }
}
