package dev.pools.connection;

import dev.pools.TestThreads;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Lets several threads do their steps at the same moment, over and over. */
final class Race {

  private Race() {}

  /**
   * Runs the rounds, each: prepare, all steps at once, check.
   *
   * @throws AssertionError if one of them fails, or a round does not end
   */
  static void run(
      int rounds, TestThreads.Step prepare, TestThreads.Step check, TestThreads.Step... steps)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(steps.length + 1);
    CyclicBarrier end = new CyclicBarrier(steps.length + 1);
    AtomicReference<Throwable> fault = new AtomicReference<>();
    List<TestThreads.Started> threads =
        TestThreads.start(
            steps.length,
            number -> {
              try {
                for (int round = 0; round < rounds; round++) {
                  start.await();
                  try {
                    steps[number].run();
                  } catch (Throwable thrown) {
                    fault.compareAndSet(null, thrown);
                  }
                  end.await();
                }
              } catch (InterruptedException | BrokenBarrierException over) {
                // A fault elsewhere has ended it.
              }
            });
    try {
      for (int round = 0; round < rounds; round++) {
        prepare.run();
        start.await();
        try {
          end.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException hangs) {
          throw new AssertionError("Round " + round + " hangs.", hangs);
        }
        if (fault.get() != null) {
          throw new AssertionError("Round " + round + " failed.", fault.get());
        }
        check.run();
      }
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }
}
