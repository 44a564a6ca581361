package dev.pools.task;

/** In which order tasks of the same priority are taken from the queue. */
public enum TaskOrder {

  /**
   * First come, first served: if one submission returned before another began, its task is taken
   * first. The default.
   */
  STRICT,

  /**
   * The tasks of each thread are taken in the order in which the thread submitted them. There is no
   * order between the tasks of different threads: threads have separate queues, and a worker takes
   * several tasks from one queue before it moves to the next. This is faster when several threads
   * submit many tiny tasks at the same time. It makes no difference when one thread submits.
   *
   * <p>No thread is starved: a worker moves to the next queue after a few hundred tasks, or after a
   * millisecond if these take less. Priorities are kept, with one exception: a task may be taken
   * while another thread is just submitting a more urgent one. Cannot be combined with aging.
   */
  RELAXED
}
