package dev.pools.task;

import java.util.concurrent.Callable;

/** A task whose own methods must not be called for its description: each of them would fail it. */
final class HostileTask implements Callable<Integer>, Runnable {
  @Override
  public Integer call() {
    return 1;
  }

  @Override
  public void run() {}

  @Override
  public String toString() {
    throw new IllegalStateException("toString was called");
  }

  @Override
  public int hashCode() {
    throw new IllegalStateException("hashCode was called");
  }

  @Override
  public boolean equals(Object other) {
    throw new IllegalStateException("equals was called");
  }
}
