package dev.pools.boot.endpoint;

/** A task pool over JMX. Durations are in milliseconds. See {@link PoolMBeans}. */
public interface AdvancedPoolMXBean {

  /** The state of the pool. */
  String getState();

  /** The number of workers. */
  int getWorkers();

  /** The number of workers that wait for a task. */
  int getIdleWorkers();

  /** The number of tasks that run. */
  int getActive();

  /** The smallest number of workers. */
  int getMinWorkers();

  /** Changes the smallest number of workers. */
  void setMinWorkers(int minWorkers);

  /** The largest number of workers. */
  int getMaxWorkers();

  /** Changes the largest number of workers. */
  void setMaxWorkers(int maxWorkers);

  /** The number of queued tasks. */
  int getQueueSize();

  /** The largest number of queued tasks. */
  int getQueueCapacity();

  /** The number of tasks that wait for a place in the queue. */
  int getAdmissionsWaiting();

  /** How long the oldest queued task has waited. */
  long getOldestWaitMillis();

  /** How long the longest running task has been running. */
  long getLongestRunMillis();

  /** The number of tasks that returned. */
  long getCompleted();

  /** The number of tasks that failed. */
  long getFailed();

  /** The number of tasks that were rejected. */
  long getRejected();

  /** Changes both limits at once. */
  void resize(int minWorkers, int maxWorkers);

  /**
   * Changes an option that can change while the pool runs.
   *
   * @param option its name, such as {@code keepAlive}
   * @param value its new value, as it is typed, such as {@code 5s}
   */
  void changeOption(String option, String value);
}
