package dev.pools.task;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A planted bug: two threads count in a field whose increment is not atomic. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "both are counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "one is lost: the planted bug")
@State
public class PlantedCounter {

  private int count;

  /** Counts. */
  @Actor
  public void count() {
    count++;
  }

  /** Counts, too. */
  @Actor
  public void countAnother() {
    count++;
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = count;
  }
}
