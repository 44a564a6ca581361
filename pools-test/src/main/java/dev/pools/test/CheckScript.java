package dev.pools.test;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/** What happens when a pool checks a scripted connection. */
public final class CheckScript extends CallScript {

  CheckScript(ClockTime time) {
    super(time);
  }

  /** From now on each check finds its connection unhealthy. */
  public void refuse() {
    refuseFromNowOn();
  }

  /** The next checks find their connections unhealthy. */
  public void refuseNext(int calls) {
    refuseNextCalls(calls);
  }

  CompletionStage<Boolean> check(Callable<Boolean> health) {
    return call(health, () -> false);
  }
}
