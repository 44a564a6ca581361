package dev.pools.task;

/** In which order tasks of the same priority are taken from the queue. */
public enum TaskOrder {

  /**
   * First come, first served: if one submission returned before another began, its task is taken
   * first. The default.
   */
  STRICT,

  /**
   * Each thread's tasks in the order in which it submitted them, and none between threads: these
   * come through queues of their own, so that they need not agree on who was first, and a worker
   * goes on with the tasks of one thread for a while. For floods of tiny tasks from several threads
   * at a time; with a single one that submits, it makes no difference.
   *
   * <p>No thread is starved: a worker goes on to the next thread's tasks after some hundred, or
   * after a millisecond if they take less than that. Priorities are kept, except that a task may be
   * taken while one that is more urgent is just coming from another thread. Cannot be combined with
   * aging.
   */
  RELAXED
}
