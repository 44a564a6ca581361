package dev.pools.task;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A caller of a full pool runs its own task, or is rejected, while the pool is shut down: the pool
 * terminates when the caller has returned.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "ran it")
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "refused, and has not")
@Outcome(expect = Expect.FORBIDDEN, desc = "refused and run, or the pool never ends")
@State
public class CallerVsShutdown {

  private static final int RAN = 1;
  private static final int REFUSED = 2;

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .maxWorkers(1)
          .queueCapacity(0)
          .overflow(OverflowPolicy.CALLER_RUNS)
          .threads(WorkerThreads.daemon())
          .build();
  private final CountDownLatch over = new CountDownLatch(1);

  private final AtomicInteger ran = new AtomicInteger();

  /** Occupies the only worker. */
  public CallerVsShutdown() {
    pool.execute(
        () -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Submits. */
  @Actor
  public void submit(II_Result result) {
    try {
      pool.execute(ran::incrementAndGet);
      result.r1 = RAN;
    } catch (PoolShutDownException refused) {
      result.r1 = REFUSED;
    }
  }

  /** Shuts down. */
  @Actor
  public void shutdown() {
    pool.shutdown();
  }

  /** Looks at the end. */
  @Arbiter
  public void end(II_Result result) {
    over.countDown();
    result.r2 = StressParts.countAfterTheEnd(pool, ran);
  }
}
