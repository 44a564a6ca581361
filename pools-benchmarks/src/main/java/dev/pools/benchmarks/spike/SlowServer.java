package dev.pools.benchmarks.spike;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server that takes its time to connect. */
final class SlowServer {

  private final long connectNanos;
  private final Course course;

  SlowServer(long connectMillis, Course course) {
    this.connectNanos = TimeUnit.MILLISECONDS.toNanos(connectMillis);
    this.course = course;
  }

  void connect() {
    course.change(Course.Count.BEGUN, 1);
    pass(connectNanos);
    course.change(Course.Count.CONNECTED, 1);
  }

  /** Waits, whatever wakes it. */
  static void pass(long nanos) {
    long due = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
