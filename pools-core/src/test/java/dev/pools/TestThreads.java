package dev.pools;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Threads that a test starts. Each is a daemon, so that a test that fails leaves none that holds up
 * the JVM; what its code throws is kept for the test that waits for the thread's end.
 */
public final class TestThreads {

  private static final long PATIENCE_SECONDS = 110;

  /** What a thread does. */
  public interface Step {
    void run() throws Exception;
  }

  /** What one of several threads does; they are numbered from zero. */
  public interface NumberedStep {
    void run(int number) throws Exception;
  }

  /** A thread that has been started. */
  public static final class Started extends Thread {

    private final Step step;
    private volatile Throwable failure;

    private Started(Step step) {
      this.step = step;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        step.run();
      } catch (Throwable thrown) {
        failure = thrown;
      }
    }

    /**
     * Waits until the thread has ended.
     *
     * @return what its code has thrown; null if it has thrown nothing
     * @throws AssertionError if the thread does not end; the stack that it hangs in is the cause
     */
    public Throwable failure() throws InterruptedException {
      join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      if (isAlive()) {
        Throwable hangs = new Throwable("where " + getName() + " hangs");
        hangs.setStackTrace(getStackTrace());
        throw new AssertionError(getName() + " does not end.", hangs);
      }
      return failure;
    }

    /**
     * Waits until the thread has ended.
     *
     * @throws AssertionError if its code has thrown something, or does not end
     */
    public void awaitEnd() throws InterruptedException {
      Throwable thrown = failure();
      if (thrown != null) {
        throw new AssertionError(getName() + " failed.", thrown);
      }
    }
  }

  private TestThreads() {}

  /** Starts a thread. */
  public static Started start(Step step) {
    Started thread = new Started(step);
    thread.start();
    return thread;
  }

  /** Starts a thread that has a name. */
  public static Started start(String name, Step step) {
    Started thread = new Started(step);
    thread.setName(name);
    thread.start();
    return thread;
  }

  /** Starts several threads. */
  public static List<Started> start(int threads, NumberedStep step) {
    List<Started> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      started.add(new Started(() -> step.run(number)));
    }
    started.forEach(Thread::start);
    return started;
  }

  /** Waits until all these threads have ended; what one has thrown fails the test. */
  public static void awaitEnd(List<Started> threads) throws InterruptedException {
    for (Started thread : threads) {
      thread.awaitEnd();
    }
  }

  /** Runs a step in a thread of its own, and waits for its end. */
  public static void run(Step step) throws InterruptedException {
    start(step).awaitEnd();
  }

  /** Runs a step in several threads at a time, and waits for the end of all. */
  public static void run(int threads, NumberedStep step) throws InterruptedException {
    awaitEnd(start(threads, step));
  }
}
