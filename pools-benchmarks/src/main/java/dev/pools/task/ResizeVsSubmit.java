package dev.pools.task;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A task comes while the pool is made smaller, so that a worker leaves: it runs all the same. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "it has run")
@Outcome(expect = Expect.FORBIDDEN, desc = "it is left behind")
@State
public class ResizeVsSubmit {

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .minWorkers(2)
          .maxWorkers(2)
          .threads(WorkerThreads.daemon())
          .build();
  private final AtomicInteger ran = new AtomicInteger();

  /** Submits. */
  @Actor
  public void submit() {
    pool.execute(ran::incrementAndGet);
  }

  /** Makes it smaller. */
  @Actor
  public void resize() {
    pool.resize(0, 1);
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = StressParts.countAtTheEnd(pool, ran);
  }
}
