package dev.pools.boot.endpoint;

import java.util.List;

/** A connection pool over JMX. Durations are in milliseconds. See {@link PoolMBeans}. */
public interface ConnectionPoolMXBean {

  /** The state of the pool. */
  String getState();

  /** The number of connections. */
  int getSize();

  /** The number of connections that can be leased. */
  int getIdle();

  /** The number of leased connections. */
  int getInUse();

  /** The number of callers that wait for a connection. */
  int getWaiting();

  /** How long the first waiting caller has waited. */
  long getLongestWaitMillis();

  /** The smallest number of connections. */
  int getMinSize();

  /** Changes the smallest number of connections. */
  void setMinSize(int minSize);

  /** The largest number of connections. */
  int getMaxSize();

  /** Changes the largest number of connections. */
  void setMaxSize(int maxSize);

  /** The number of leases that there have been. */
  long getAcquired();

  /** The number of callers that have timed out. */
  long getTimeouts();

  /** The number of attempts to create a connection that have failed. */
  long getCreateFailures();

  /** The number of leases that were reported as leaked. */
  long getLeaks();

  /**
   * The leases, those first that are held longest; each as a line with its id, age and thread.
   *
   * @param limit how many at most; from 1 to 1000
   */
  List<String> listLeases(int limit);

  /** What has happened to the pool, the latest first. */
  List<String> listEvents();

  /** Changes both limits at once. */
  void resize(int minSize, int maxSize);

  /**
   * Changes an option that can change while the pool runs.
   *
   * @param option its name, such as {@code acquireTimeout}
   * @param value its new value, as it is typed, such as {@code 5s}
   */
  void changeOption(String option, String value);

  /** Replaces all connections, each when it is not leased any more. */
  void softEvictConnections();

  /** Leases no connection until the pool is resumed. */
  void suspendPool();

  /** Ends a suspension. */
  void resumePool();

  /** Closes the connection of a lease when the lease ends. */
  void evictLease(String id);

  /** Ends a lease now, and closes its connection. */
  void revokeLease(String id);
}
