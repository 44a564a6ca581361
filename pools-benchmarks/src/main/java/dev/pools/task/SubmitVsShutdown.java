package dev.pools.task;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A task is submitted while the pool is shut down: it is refused, or it runs; none is taken and
 * forgotten.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "taken, and has run")
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "refused, and has not")
@Outcome(expect = Expect.FORBIDDEN, desc = "taken and forgotten, or refused and run")
@State
public class SubmitVsShutdown {

  private static final int TAKEN = 1;
  private static final int REFUSED = 2;

  private final AdvancedPool pool =
      AdvancedPool.builder().name("stress").maxWorkers(1).threads(WorkerThreads.daemon()).build();

  private final AtomicInteger ran = new AtomicInteger();

  /** Submits. */
  @Actor
  public void submit(II_Result result) {
    try {
      pool.execute(ran::incrementAndGet);
      result.r1 = TAKEN;
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
    result.r2 = StressParts.countAfterTheEnd(pool, ran);
  }
}
