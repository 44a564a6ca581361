package dev.pools.benchmarks.connection;

import dev.pools.benchmarks.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How often a later caller is served before a caller that waits: one object, eight threads that
 * have asked one after the other, and the holder, which releases the object and asks for it again
 * at once. Only the thread that has the object writes its number down, so the numbers show the
 * order.
 */
public final class Inversions implements Measurement {

  private static final int ROUNDS = 300;
  private static final int WAITERS = 8;

  /** Made by the plan. */
  public Inversions() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int overtaking = 0;
    Lending<Object> lending = ObjectPeer.valueOf(peer).openFull(1);
    for (int round = 0; round < ROUNDS; round++) {
      overtaking += overtakingIn(round(lending));
    }
    lending.end();
    return Map.of(SCORE, 1000.0 * overtaking / (ROUNDS * (WAITERS + 1)));
  }

  /** The places in line of those who were served, in the order in which they were. */
  private static List<Integer> round(Lending<Object> lending) throws Exception {
    List<Integer> served = new ArrayList<>();
    List<Thread> waiters = new ArrayList<>();
    Object lease = lending.take();
    for (int place = 0; place < WAITERS; place++) {
      int mine = place;
      Thread waiter = new Thread(() -> serve(lending, served, mine));
      waiter.setDaemon(true);
      waiter.start();
      InLine.await(waiter);
      waiters.add(waiter);
    }
    lending.give(lease);
    serve(lending, served, WAITERS);
    for (Thread waiter : waiters) {
      waiter.join(TimeUnit.SECONDS.toMillis(10));
    }
    synchronized (served) {
      if (served.size() != WAITERS + 1) {
        throw new IllegalStateException("Only " + served.size() + " were served within 10 s.");
      }
      return List.copyOf(served);
    }
  }

  private static void serve(Lending<Object> lending, List<Integer> served, int place) {
    try {
      Object lease = lending.take();
      synchronized (served) {
        served.add(place);
      }
      lending.give(lease);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many were served before someone who stood before them. */
  static int overtakingIn(List<Integer> served) {
    int overtaking = 0;
    for (int turn = 0; turn < served.size(); turn++) {
      int place = served.get(turn);
      if (served.subList(turn + 1, served.size()).stream().anyMatch(later -> later < place)) {
        overtaking++;
      }
    }
    return overtaking;
  }
}
