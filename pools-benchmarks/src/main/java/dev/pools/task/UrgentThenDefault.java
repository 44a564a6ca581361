package dev.pools.task;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An urgent task comes, and after it a default one, while a worker looks for what is next. The
 * default one must not be taken first: the counter-example against looking at the urgent ones
 * before the default ones.
 */
@JCStressTest
@Outcome(
    id = {"0, 0", "0, 1", "1, 0", "1, 2"},
    expect = Expect.ACCEPTABLE,
    desc = "nothing, or the urgent one first")
@Outcome(expect = Expect.FORBIDDEN, desc = "the default one first")
@State
public class UrgentThenDefault {

  private static final int NOTHING = 0;
  private static final int URGENT = 1;
  private static final int DEFAULT = 2;

  private final TaskQueue queue = StressParts.queue();
  private final PoolTask<?> urgent = StressParts.task(-1);
  private final PoolTask<?> ordinary = StressParts.task(0);

  /** Submits. */
  @Actor
  public void submit() {
    queue.add(urgent);
    queue.add(ordinary);
  }

  /** Takes two. */
  @Actor
  public void take(II_Result result) {
    result.r1 = next();
    result.r2 = next();
  }

  private int next() {
    Object taken = queue.poll(PoolTask::tryStart, new QueueCursor());
    return taken == null ? NOTHING : taken == urgent ? URGENT : DEFAULT;
  }
}
