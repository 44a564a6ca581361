package dev.pools.task;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Tasks come to a queue with one place, while the worker makes room: each that waits gets in. */
@JCStressTest
@Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "all have run")
@Outcome(expect = Expect.FORBIDDEN, desc = "one is left waiting")
@State
public class PlaceVsWait {

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .maxWorkers(1)
          .queueCapacity(1)
          .threads(WorkerThreads.daemon())
          .build();
  private final AtomicInteger ran = new AtomicInteger();

  /** Submits two. */
  @Actor
  public void submit() {
    pool.execute(ran::incrementAndGet);
    pool.execute(ran::incrementAndGet);
  }

  /** Submits two more. */
  @Actor
  public void submitMore() {
    pool.submit(ran::incrementAndGet);
    pool.submit(ran::incrementAndGet, 1);
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = StressParts.countAtTheEnd(pool, ran);
  }
}
