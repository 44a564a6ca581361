package dev.pools.task;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two tasks come to one free worker, where there may be another: each relies on a worker, so that
 * they run at the same time.
 */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "both have met")
@Outcome(expect = Expect.FORBIDDEN, desc = "one waits behind the other, beside room to grow")
@State
public class GrowVsTake {

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .minWorkers(1)
          .maxWorkers(2)
          .threads(WorkerThreads.daemon())
          .build();
  private final CountDownLatch here = new CountDownLatch(2);
  private final AtomicInteger met = new AtomicInteger();

  private void meet() {
    here.countDown();
    try {
      if (here.await(5, TimeUnit.SECONDS)) {
        met.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Submits one. */
  @Actor
  public void submit() {
    pool.execute(this::meet);
  }

  /** Submits the other. */
  @Actor
  public void submitOther() {
    pool.execute(this::meet);
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = StressParts.countAtTheEnd(pool, met);
  }
}
