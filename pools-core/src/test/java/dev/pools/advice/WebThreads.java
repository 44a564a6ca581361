package dev.pools.advice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Requests that arrive at a web server whatever its threads do. A free thread serves each: it
 * submits a task and waits for it. So the tasks of a thread never overlap.
 */
final class WebThreads {

  /** Which of the free threads serves the next request. */
  enum Choice {
    LONGEST_FREE,
    LAST_FREE,
    ANY
  }

  private final SimulatedPool pool;
  private final Load.Size size;
  private final Choice choice;
  private final Random random;
  private final List<Integer> free = new ArrayList<>();
  private final Deque<Long> requests = new ArrayDeque<>();

  WebThreads(SimulatedPool pool, Load.Size size, int threads, Choice choice) {
    this.pool = pool;
    this.size = size;
    this.choice = choice;
    this.random = new Random(size.seed() * 77);
    for (int thread = 1; thread <= threads; thread++) {
      free.add(1000 + thread);
    }
  }

  void start() {
    long time = pool.now() + (long) (-Math.log(1 - random.nextDouble()) / size.rate());
    if (time < size.until()) {
      pool.at(
          time,
          () -> {
            requests.add(time);
            serve();
            start();
          });
    }
  }

  private void serve() {
    while (!free.isEmpty() && !requests.isEmpty()) {
      requests.remove();
      int index =
          switch (choice) {
            case LONGEST_FREE -> 0;
            case LAST_FREE -> free.size() - 1;
            case ANY -> random.nextInt(free.size());
          };
      int thread = free.remove(index);
      long demand = (long) (-Math.log(1 - random.nextDouble()) * size.meanNanos());
      pool.submit(
          demand,
          0,
          thread,
          0,
          () -> {
            free.add(thread);
            pool.at(pool.now(), this::serve);
          });
    }
  }
}
