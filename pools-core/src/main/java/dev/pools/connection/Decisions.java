package dev.pools.connection;

import java.util.ArrayList;
import java.util.List;

/**
 * What was decided under the pool's lock and is carried out after it. Guarded by that lock.
 *
 * <p>The order is such that code of a user who does not return holds up nobody but himself: first
 * what others wait for, then the listeners, who may be slow, and then what they must have heard of
 * before.
 */
final class Decisions {

  private final List<Runnable> served = new ArrayList<>();
  private final List<Runnable> told = new ArrayList<>();
  private final List<Runnable> closed = new ArrayList<>();

  /** Somebody waits for this: a caller, an executor, or the future of a resize. */
  void serve(Runnable decision) {
    served.add(decision);
  }

  /** Listeners hear of this, on this thread. */
  void tell(Runnable decision) {
    told.add(decision);
  }

  /** A connection is closed. */
  void close(Runnable decision) {
    closed.add(decision);
  }

  /** All of them in order; none is left. */
  List<Runnable> take() {
    if (served.isEmpty() && told.isEmpty() && closed.isEmpty()) {
      return List.of();
    }
    List<Runnable> all = new ArrayList<>(served.size() + told.size() + closed.size());
    for (List<Runnable> some : List.of(served, told, closed)) {
      all.addAll(some);
      some.clear();
    }
    return all;
  }
}
