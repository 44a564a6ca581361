package dev.pools.boot.advice;

import java.util.List;

/** The rules of one pool, and what they need to know of the past. Not safe for use by threads. */
interface PoolRules {

  /** The reading of a snapshot. May run code of exceptions of the application. */
  Reading read(Record stats, long nowNanos);

  /** Adds a look, and returns whether the largest size of the pool differs from the one before. */
  boolean add(Reading look);

  /** What the rules find after the last look; the most urgent first. */
  List<Finding> findings(long nowNanos);
}
