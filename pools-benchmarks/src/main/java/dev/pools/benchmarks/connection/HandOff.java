package dev.pools.benchmarks.connection;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.Percentiles;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long it takes from the release of an object until the thread that waits for it has it: one
 * object, one thread in line.
 */
public final class HandOff implements Measurement {

  private static final int WARM_UP = 5_000;
  private static final int MEASURED = 20_000;

  /** Made by the plan. */
  public HandOff() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    Percentiles times = new Percentiles();
    Lending<Object> lending = ObjectPeer.valueOf(peer).openFull(1);
    SynchronousQueue<Long> served = new SynchronousQueue<>();
    SynchronousQueue<Boolean> next = new SynchronousQueue<>();
    AtomicBoolean coming = new AtomicBoolean();
    Thread waiter =
        new Thread(
            () -> {
              try {
                while (next.take()) {
                  coming.set(true);
                  Object lease = lending.take();
                  long got = System.nanoTime();
                  lending.give(lease);
                  served.put(got);
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    waiter.setDaemon(true);
    waiter.start();
    for (int round = 0; round < WARM_UP + MEASURED; round++) {
      Object lease = lending.take();
      coming.set(false);
      next.put(true);
      // Until then the thread sleeps in another queue.
      while (!coming.get()) {
        Thread.yield();
      }
      InLine.await(waiter);
      long given = System.nanoTime();
      lending.give(lease);
      Long got = served.poll(10, TimeUnit.SECONDS);
      if (got == null) {
        throw new IllegalStateException("The waiter was not served within 10 s.");
      }
      if (round >= WARM_UP) {
        times.record(got - given);
      }
    }
    next.put(false);
    lending.end();
    return Map.of(
        SCORE,
        times.at(0.99) / 1000,
        "p50.us",
        times.at(0.5) / 1000,
        "p99.9.us",
        times.at(0.999) / 1000);
  }
}
