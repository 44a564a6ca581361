package dev.pools.task;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A planted bug: a worker looks whether a task is queued and does not claim it. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "started")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "cancelled")
@Outcome(expect = Expect.FORBIDDEN, desc = "both: the planted bug")
@State
public class PlantedLookBeforeStart {

  private final TaskQueue queue = StressParts.queue();
  private final PoolTask<?> task = StressParts.task(0);

  /** Queues the task. */
  public PlantedLookBeforeStart() {
    queue.add(task);
  }

  /** Takes it. */
  @Actor
  public void start(ZZ_Result result) {
    result.r1 = queue.poll(PoolTask::isQueued, new QueueCursor()) == task;
  }

  /** Cancels it. */
  @Actor
  public void cancel(ZZ_Result result) {
    result.r2 = task.tryWithdraw();
  }
}
