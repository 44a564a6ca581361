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
 * Tasks come while the thread of the only virtual worker ends, and another one goes on in its place
 * or none does. (On a JDK without virtual threads, with a common worker.)
 */
@JCStressTest
@Outcome(id = "3", expect = Expect.ACCEPTABLE, desc = "all have run")
@Outcome(expect = Expect.FORBIDDEN, desc = "one is left behind")
@State
public class SubmitVsHandOn {

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .minWorkers(0)
          .maxWorkers(1)
          .threads(
              WorkerThreads.virtualSupported() ? WorkerThreads.virtual() : WorkerThreads.daemon())
          .build();
  private final AtomicInteger ran = new AtomicInteger();

  /** Submits two. */
  @Actor
  public void submit() {
    pool.execute(ran::incrementAndGet);
    pool.execute(ran::incrementAndGet);
  }

  /** Submits another, whose future is seen. */
  @Actor
  public void submitAnother() {
    pool.submit(ran::incrementAndGet);
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = StressParts.countAtTheEnd(pool, ran);
  }
}
