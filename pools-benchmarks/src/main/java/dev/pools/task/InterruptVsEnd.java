package dev.pools.task;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A task is cancelled with interruption while it ends: the interrupt does not reach the next one.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "the next one is left alone")
@Outcome(expect = Expect.FORBIDDEN, desc = "the next one is interrupted")
@State
public class InterruptVsEnd {

  private final AdvancedPool pool =
      AdvancedPool.builder().name("stress").maxWorkers(1).threads(WorkerThreads.daemon()).build();
  private final AtomicInteger interrupted = new AtomicInteger();
  private final PoolFuture<Integer> cancelled = pool.submit(() -> 1);

  /** Cancels the first. */
  @Actor
  public void cancel() {
    cancelled.cancel(true);
  }

  /** Submits the next ones. */
  @Actor
  public void submitNext() {
    pool.execute(this::look);
    pool.submit(this::look);
  }

  private void look() {
    if (Thread.currentThread().isInterrupted()) {
      interrupted.incrementAndGet();
    }
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = StressParts.countAtTheEnd(pool, interrupted);
  }
}
