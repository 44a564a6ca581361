package dev.pools.boot.endpoint;

import java.util.List;

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

  /** The number of tasks that waited for longer than their limit and did not run. */
  long getExpired();

  /** The number of tasks that failed because they ran for longer than their limit. */
  long getTimedOut();

  /** The number of running tasks that were reported as stuck. */
  int getStuck();

  /** The number of tasks that have been reported as stuck. */
  long getStuckTasks();

  /**
   * The running and the waiting tasks, those first that have been there for longest; each as a line
   * with its id, name, state, age and thread.
   *
   * @param limit how many of each at most; from 1 to 1000
   */
  List<String> listTasks(int limit);

  /** What has happened to the pool, the latest first. */
  List<String> listEvents();

  /** Changes both limits at once. */
  void resize(int minWorkers, int maxWorkers);

  /**
   * Changes an option that can change while the pool runs.
   *
   * @param option its name, such as {@code keepAlive}
   * @param value its new value, as it is typed, such as {@code 5s}
   */
  void changeOption(String option, String value);

  /** Notes in the events when all tasks that are submitted now have ended. */
  void drain();

  /** Cancels a waiting task, by its id. */
  void cancelTask(long id);

  /** Interrupts the thread of a running task, by the id of the task. */
  void interruptTask(long id);
}
