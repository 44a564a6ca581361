package dev.pools.task;

import dev.pools.benchmarks.Awaited;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Someone waits for all tasks to end while the last one does and its worker rests. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the caller is told")
@Outcome(expect = Expect.FORBIDDEN, desc = "the caller waits forever")
@State
public class DrainVsRest {

  private final AdvancedPool pool =
      AdvancedPool.builder().name("stress").maxWorkers(1).threads(WorkerThreads.daemon()).build();
  private CompletableFuture<Void> drained = new CompletableFuture<>();

  /** Submits. */
  @Actor
  public void submit() {
    pool.execute(() -> {});
  }

  /** Waits for what has come. */
  @Actor
  public void drain() {
    drained = pool.drain();
  }

  /** Looks at the end. */
  @Arbiter
  public void end(Z_Result result) {
    result.r1 = Awaited.completes(drained);
    pool.shutdownNow();
  }
}
