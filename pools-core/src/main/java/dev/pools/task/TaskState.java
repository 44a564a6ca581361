package dev.pools.task;

/** Where a task is on its way; {@link TaskLifecycle} has the table of all transitions. */
enum TaskState {
  /** Created, not yet submitted. */
  NEW,
  /** Waits for a place in the queue. */
  WAITING,
  /** In the queue. */
  QUEUED,
  /** Its code runs and will decide the result. */
  RUNNING,
  /** Its code runs, but another thread has decided the result. */
  DECIDED,
  /** Its code has run. */
  ENDED,
  /** It will never run. */
  WITHDRAWN;

  /** Whether the table has a row from this state to the next. */
  boolean mayBecome(TaskState next) {
    return switch (this) {
      case NEW -> next == WAITING || next == QUEUED || next == RUNNING || next == WITHDRAWN;
      case WAITING -> next == QUEUED || next == WITHDRAWN;
      case QUEUED -> next == RUNNING || next == WITHDRAWN || next == NEW;
      case RUNNING -> next == DECIDED || next == ENDED;
      case DECIDED -> next == ENDED;
      case ENDED, WITHDRAWN -> false;
    };
  }
}
