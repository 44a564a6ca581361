package dev.pools.connection;

import dev.pools.internal.Faults;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Calls each entry point of a {@link ConnectionPool} while the heap is full, but for a little more
 * room each time, and then looks whether the pool serves and counts as it should. All of the pool
 * runs on the caller's thread, because a JVM without memory may lose a thread that it starts. A
 * program of its own, with a small heap. Prints a line for each broken pool.
 */
final class FullHeap {

  /** How much is free in each round, in objects of 16 bytes. */
  private static final int[] FREE = {0, 2, 4, 7, 11, 16, 24};

  @SuppressWarnings("UnusedVariable") // Keeps the others reachable.
  private static final class Node {
    Node next;
  }

  private interface Call {
    void on(Scene scene) throws Exception;
  }

  /** A pool with both its connections leased, or one of them. */
  private static final class Scene {
    final ConnectionPool<Object> pool;
    final List<Lease<Object>> leases = new ArrayList<>(4);
    final List<CompletableFuture<Lease<Object>>> futures = new ArrayList<>(4);

    Scene(ConnectionPool<Object> pool) {
      this.pool = pool;
    }

    Lease<Object> lease() {
      return leases.get(0);
    }
  }

  /** The calls that {@link ArgumentMatching#SAME} has steps of its own for. */
  private static final Set<String> MATCHED =
      Set.of("close", "invalidate", "tryAcquire", "acquireAsync");

  private static final AcquireOptions NOT_AT_ALL =
      AcquireOptions.DEFAULT.withTimeout(Duration.ZERO);

  private static Node spare;
  private static Object[] ballast;

  private FullHeap() {}

  public static void main(String[] arguments) throws Exception {
    // So that the first report does not load the logger where the heap is full.
    Faults.guard(FullHeap.class, "a report", FullHeap::fail);
    for (ArgumentMatching matching : ArgumentMatching.values()) {
      for (Map.Entry<String, Call> call : calls().entrySet()) {
        boolean isTried = matching == ArgumentMatching.ANY || MATCHED.contains(call.getKey());
        if (isTried) {
          tryOut(matching + " " + call.getKey(), matching, call.getValue());
        }
      }
    }
    System.out.println("all tried");
    System.exit(0);
  }

  private static void fail() {
    throw new IllegalStateException("as planned");
  }

  /** What takes the lease is allocated first: else this program loses it, and not the pool. */
  private static void tryAcquire(Scene scene) {
    Consumer<Lease<Object>> holder = scene.leases::add;
    scene.pool.tryAcquire().ifPresent(holder);
  }

  private static Map<String, Call> calls() {
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put("close", scene -> scene.lease().close());
    calls.put("invalidate", scene -> scene.lease().invalidate());
    calls.put("doubt", scene -> scene.lease().doubt());
    calls.put("release", scene -> scene.pool.release(scene.lease().connection()));
    calls.put("acquire", scene -> scene.leases.add(scene.pool.acquire(Duration.ZERO)));
    calls.put("tryAcquire", FullHeap::tryAcquire);
    calls.put("acquireAsync", scene -> scene.futures.add(scene.pool.acquireAsync()));
    calls.put("use", scene -> scene.pool.use(NOT_AT_ALL, connection -> 1));
    calls.put("useAsync", scene -> scene.pool.useAsync(c -> CompletableFuture.completedFuture(1)));
    calls.put("stats", scene -> scene.pool.stats());
    calls.put("resize", scene -> scene.pool.resize(0, 2));
    calls.put("softEvict", scene -> scene.pool.softEvict());
    calls.put("maintain", scene -> scene.pool.maintain());
    calls.put("suspend", scene -> scene.pool.suspend());
    return calls;
  }

  private static void tryOut(String name, ArgumentMatching matching, Call call) {
    ManualTime time = new ManualTime();
    ConnectionPool<Object> pool =
        ConnectionPool.<Object>builder(Object::new)
            .maxSize(2)
            .argumentMatching(matching)
            .healthChecker(connection -> true)
            .listener(new ConnectionPoolListener<Object>() {})
            .executor(Runnable::run)
            .time(time)
            .build();
    for (boolean withWaiter : new boolean[] {false, true}) {
      // So that no class is initialised where the heap is full: that spoils it for good.
      for (int i = 0; i < 50; i++) {
        round(pool, time, call, withWaiter, -1);
      }
      for (int free : FREE) {
        String problem = round(pool, time, call, withWaiter, free);
        if (!problem.isEmpty()) {
          System.out.println(
              "broken by " + name + (withWaiter ? ", one waits" : "") + " | " + free + problem);
          return;
        }
      }
    }
  }

  /** Returns what is wrong afterwards. */
  private static String round(
      ConnectionPool<Object> pool, ManualTime time, Call call, boolean withWaiter, int free) {
    Scene scene = new Scene(pool);
    scene.leases.add(pool.acquireAsync().getNow(null));
    if (withWaiter) {
      scene.leases.add(pool.acquireAsync().getNow(null));
      scene.futures.add(pool.acquireAsync());
    }
    try {
      if (free >= 0) {
        fillHeap(free);
      }
      call.on(scene);
    } catch (OutOfMemoryError expected) {
      // As any code of an application may meet it.
    } catch (Exception refused) {
      // No time to wait for a connection.
    } finally {
      ballast = null;
      spare = null;
    }
    time.advance(Duration.ofSeconds(1));
    pool.resume();
    scene.leases.forEach(Lease::close);
    time.advance(Duration.ofSeconds(1));
    for (CompletableFuture<Lease<Object>> future : scene.futures) {
      Lease<Object> lease = future.getNow(null);
      if (lease == null) {
        return " a caller is not served: " + pool.stats();
      }
      lease.close();
    }
    Lease<Object> one = pool.acquireAsync().getNow(null);
    Lease<Object> other = pool.acquireAsync().getNow(null);
    if (one == null || other == null || one.connection() == other.connection()) {
      return " afterwards it does not lease both: " + pool.stats();
    }
    one.close();
    other.close();
    ConnectionPoolStats stats = pool.stats();
    boolean countsAreRight =
        stats.idle() == stats.size()
            && stats.size() <= stats.maxSize()
            && stats.inUse() + stats.waiting() + stats.checking() == 0
            && stats.creating() + stats.closing() == 0;
    return countsAreRight ? "" : " afterwards: " + stats;
  }

  private static void fillHeap(int free) {
    for (int i = 0; i < free; i++) {
      Node node = new Node();
      node.next = spare;
      spare = node;
    }
    for (int size : new int[] {65_536, 1_024, 16}) {
      try {
        while (true) {
          Object[] more = new Object[size];
          more[0] = ballast;
          ballast = more;
        }
      } catch (OutOfMemoryError full) {
        // Smaller ones may still have room.
      }
    }
    Node all = null;
    try {
      while (true) {
        Node node = new Node();
        node.next = all;
        all = node;
      }
    } catch (OutOfMemoryError full) {
      ballast[1] = all;
      spare = null;
    }
  }
}
