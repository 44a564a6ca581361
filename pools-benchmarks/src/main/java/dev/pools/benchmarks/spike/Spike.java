package dev.pools.benchmarks.spike;

import dev.pools.benchmarks.spike.Course.Count;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * "Spike demand", after the experiment of that name in HikariCP's wiki: it takes 150 ms to connect,
 * five connections are idle, and fifty callers come at once, each to use one for 2 ms.
 *
 * <p>All could be served by the five in 20 ms. What a pool opens beyond that comes too late to be
 * of use.
 */
public final class Spike {

  private static final int CALLERS = 50;
  private static final long CONNECT_MILLIS = 150;
  private static final long USE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Longer than an attempt to connect, that began last, takes. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * CONNECT_MILLIS);

  private static final int WARM_UPS = 4;
  private static final int STANDARD_RUNS = 20;

  private Spike() {}

  /**
   * Prints a table, and draws the run that took the middling time, of each pool.
   *
   * @param arguments where to draw it, and how many runs
   */
  public static void main(String[] arguments) throws Exception {
    Path plot = Path.of(arguments.length > 0 ? arguments[0] : "spike.svg");
    int runs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : STANDARD_RUNS;
    Map<SpikePeer, List<Course>> courses = new EnumMap<>(SpikePeer.class);
    List<SpikePeer> turns = new ArrayList<>(List.of(SpikePeer.values()));
    for (int run = -WARM_UPS; run < runs; run++) {
      for (SpikePeer peer : turns) {
        Course course = run(peer);
        if (run >= 0) {
          courses.computeIfAbsent(peer, unseen -> new ArrayList<>()).add(course);
        }
      }
      // What one leaves behind, the next has to bear: not always the same.
      Collections.rotate(turns, 1);
    }
    System.out.println(
        "| pool | opened (least, middle, most) | last served after (least, middle, most) |");
    System.out.println("|---|---|---|");
    Map<SpikePeer, Course> middling = new EnumMap<>(SpikePeer.class);
    courses.forEach(
        (peer, all) -> {
          List<Integer> opened = all.stream().map(Course::opened).sorted().toList();
          all.sort(Comparator.comparingDouble(Course::finishedMillis));
          System.out.printf(
              "| %s | %d, %d, %d | %.1f, %.1f, %.1f ms |%n",
              peer.title(),
              opened.get(0),
              opened.get(opened.size() / 2),
              opened.get(opened.size() - 1),
              all.get(0).finishedMillis(),
              all.get(all.size() / 2).finishedMillis(),
              all.get(all.size() - 1).finishedMillis());
          middling.put(peer, all.get(all.size() / 2));
        });
    Files.writeString(plot, SpikePlot.draw(middling));
  }

  private static Course run(SpikePeer peer) throws Exception {
    Course course = new Course();
    try (SpikePeer.Pool pool = peer.open(new SlowServer(CONNECT_MILLIS, course))) {
      while (course.now(Count.CONNECTED) < SpikePeer.IDLE) {
        SlowServer.pass(TimeUnit.MILLISECONDS.toNanos(10));
      }
      // The last of them is on its way into the pool.
      SlowServer.pass(TimeUnit.MILLISECONDS.toNanos(50));
      CountDownLatch ready = new CountDownLatch(CALLERS);
      CountDownLatch go = new CountDownLatch(1);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Thread caller =
            new Thread(
                () -> {
                  ready.countDown();
                  call(pool, course, go);
                });
        caller.setDaemon(true);
        caller.start();
        callers.add(caller);
      }
      ready.await();
      course.starts();
      pool.spikes();
      go.countDown();
      for (Thread caller : callers) {
        caller.join();
      }
      SlowServer.pass(SETTLE_NANOS);
    }
    return course;
  }

  private static void call(SpikePeer.Pool pool, Course course, CountDownLatch go) {
    try {
      go.await();
      course.change(Count.WAITING, 1);
      pool.use(
          () -> {
            course.change(Count.WAITING, -1);
            course.change(Count.IN_USE, 1);
            SlowServer.pass(USE_NANOS);
            course.change(Count.IN_USE, -1);
          });
    } catch (Exception refused) {
      throw new IllegalStateException(refused);
    }
  }
}
