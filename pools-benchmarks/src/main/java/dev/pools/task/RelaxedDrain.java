package dev.pools.task;

import dev.pools.benchmarks.Awaited;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A caller waits until all tasks have ended that were submitted to any of several arrival queues,
 * one of them just now. It is told, and not before the tasks have ended that it has seen submitted.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "the caller is told, and in time")
@Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "the caller waits without end")
@Outcome(expect = Expect.FORBIDDEN, desc = "the caller is told too soon")
@State
public class RelaxedDrain {

  private final AdvancedPool pool =
      AdvancedPool.builder()
          .name("stress")
          .maxWorkers(1)
          .threads(WorkerThreads.daemon())
          .taskOrder(TaskOrder.RELAXED)
          .build();
  private CompletableFuture<Boolean> drained = new CompletableFuture<>();
  private volatile boolean ended;

  /** Submits. */
  @Actor
  public void submit() {
    pool.execute(() -> {});
  }

  /** Submits, and waits for what has come. */
  @Actor
  public void drain() {
    pool.execute(() -> ended = true);
    drained = pool.drain().thenApply(nothing -> ended);
  }

  /** Looks at the end. */
  @Arbiter
  public void end(ZZ_Result result) {
    result.r1 = Awaited.completes(drained);
    result.r2 = drained.getNow(false);
    pool.shutdownNow();
  }
}
