package dev.pools.task;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A queued task is cancelled while a worker comes for it: one of them has it. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "started")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "cancelled")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, or nobody")
@State
public class CancelVsStart {

  private final TaskQueue queue = StressParts.queue();
  private final PoolTask<?> task = StressParts.task(0);

  /** Queues the task. */
  public CancelVsStart() {
    queue.add(task);
  }

  /** Comes for it. */
  @Actor
  public void start(ZZ_Result result) {
    result.r1 = queue.poll(PoolTask::tryStart, new QueueCursor()) == task;
  }

  /** Cancels it. */
  @Actor
  public void cancel(ZZ_Result result) {
    result.r2 = task.tryWithdraw();
  }
}
