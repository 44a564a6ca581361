package dev.pools.task;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Tasks come while the only worker begins, finds nothing and becomes idle: none is left behind. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "both have run")
@Outcome(expect = Expect.FORBIDDEN, desc = "one is left behind")
@State
public class SubmitVsIdle {

  private final AdvancedPool pool =
      AdvancedPool.builder().name("stress").maxWorkers(1).threads(WorkerThreads.daemon()).build();
  private final AtomicInteger ran = new AtomicInteger();

  /** Submits one. */
  @Actor
  public void submit() {
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
