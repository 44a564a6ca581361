package dev.pools;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Calls each entry point of both pools at every depth of a stack until it overflows, many times,
 * and then looks whether the pool is as it should be. A program of its own: an overflow while a
 * class is loaded spoils that class for the whole JVM. Prints a line for each broken pool.
 */
final class FullStack {

  private static final int ROUNDS = 3;

  /** Overflows in a round. */
  private static final int OVERFLOWS = 10;

  private static final long STACK = 256 * 1024;

  /** Each round begins at another place of the stack. */
  private static final long STACK_STEP = 4096;

  private static final long PATIENCE_SECONDS = 3;

  private interface Action<P> {
    void on(P pool) throws Exception;
  }

  private FullStack() {}

  public static void main(String[] arguments) throws Exception {
    for (Map.Entry<String, Action<AdvancedPool>> call : taskCalls().entrySet()) {
      for (int round = 0; round < ROUNDS; round++) {
        AdvancedPool pool = taskPool(call.getKey());
        tryOut(call.getKey(), round, pool, call.getValue(), FullStack::checkTasks);
      }
    }
    for (Map.Entry<String, Action<ConnectionPool<Object>>> call : connectionCalls().entrySet()) {
      for (int round = 0; round < ROUNDS; round++) {
        ConnectionPool<Object> pool =
            ConnectionPool.<Object>builder(Object::new)
                .maxSize(2)
                .acquireTimeout(Duration.ofSeconds(3))
                .build();
        tryOut(call.getKey(), round, pool, call.getValue(), FullStack::checkConnections);
      }
    }
    System.out.println("all tried");
    System.exit(0);
  }

  private static AdvancedPool taskPool(String call) {
    boolean bounded = call.contains("bounded");
    return AdvancedPool.builder()
        .minWorkers(2)
        .maxWorkers(2)
        .queueCapacity(bounded ? 1 : Integer.MAX_VALUE)
        .overflow(call.contains("callers run") ? OverflowPolicy.CALLER_RUNS : OverflowPolicy.WAIT)
        .threads(WorkerThreads.daemon())
        .build();
  }

  private static Map<String, Action<AdvancedPool>> taskCalls() {
    Map<String, Action<AdvancedPool>> calls = new LinkedHashMap<>();
    calls.put("execute", pool -> pool.execute(() -> {}));
    calls.put("execute, priority", pool -> pool.execute(() -> {}, 3));
    calls.put("execute, bounded", pool -> pool.execute(() -> {}));
    calls.put("execute, bounded, callers run", pool -> pool.execute(() -> {}));
    calls.put("submit", pool -> pool.submit(() -> 1));
    calls.put("submit, bounded", pool -> pool.submit(() -> 1));
    calls.put("submit and cancel", pool -> pool.submit(() -> 1).cancel(false));
    calls.put("supplyAsync", pool -> CompletableFuture.supplyAsync(() -> 1, pool));
    calls.put("drain", AdvancedPool::drain);
    calls.put("join", AdvancedPool::join);
    calls.put("waitForSlot, bounded", pool -> pool.waitForSlot(Duration.ofMillis(1)));
    calls.put("resize", pool -> pool.resize(2, 2));
    calls.put("stats", AdvancedPool::stats);
    calls.put("map", pool -> pool.map(x -> x, List.of(1)));
    return calls;
  }

  private static Map<String, Action<ConnectionPool<Object>>> connectionCalls() {
    Map<String, Action<ConnectionPool<Object>>> calls = new LinkedHashMap<>();
    calls.put("use", pool -> pool.use(connection -> 1));
    calls.put("useAsync", pool -> pool.useAsync(c -> CompletableFuture.completedFuture(1)));
    calls.put("stats", ConnectionPool::stats);
    calls.put("resize", pool -> pool.resize(0, 2));
    calls.put("maintain", ConnectionPool::maintain);
    calls.put("softEvict", ConnectionPool::softEvict);
    return calls;
  }

  private static <P> void tryOut(String call, int round, P pool, Action<P> action, Action<P> check)
      throws Exception {
    // So that no class is loaded where the stack is full.
    for (int i = 0; i < 2_000; i++) {
      action.on(pool);
    }
    boolean overflows =
        ends(
            STACK + round * STACK_STEP,
            () -> {
              for (int i = 0; i < OVERFLOWS; i++) {
                try {
                  deeper(pool, action, i);
                } catch (StackOverflowError expected) {
                  // As a parser or a server does.
                }
              }
            });
    String problem = overflows ? "" : "a call does not return";
    if (overflows && !ends(0, () -> check.on(pool))) {
      problem = "it does not serve: " + describe(pool);
    }
    if (!problem.isEmpty()) {
      System.out.println("broken by " + call + " | " + problem);
    }
  }

  /** By another thread: a pool whose lock is not released is read without end. */
  @SuppressWarnings("JdkObsolete") // Two threads use the buffer.
  private static String describe(Object pool) throws InterruptedException {
    AtomicReference<String> text = new AtomicReference<>("");
    return ends(0, () -> text.set(pool.toString())) ? text.get() : "its lock is held";
  }

  @SuppressWarnings("InfiniteRecursion") // That is what it is for.
  private static <P> int deeper(P pool, Action<P> action, int depth) throws Exception {
    action.on(pool);
    return deeper(pool, action, depth + 1) + depth;
  }

  private static void checkTasks(AdvancedPool pool) throws Exception {
    pool.submit(() -> 1).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    pool.drain().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    require(pool.stats().qsize() == 0, pool.stats());
    pool.shutdown();
    require(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS), pool.stats());
  }

  private static void checkConnections(ConnectionPool<Object> pool) throws Exception {
    try (Lease<Object> one = pool.acquire(Duration.ofSeconds(PATIENCE_SECONDS));
        Lease<Object> other = pool.acquire(Duration.ofSeconds(PATIENCE_SECONDS))) {
      require(one.connection() != other.connection(), pool.stats());
    }
    require(pool.stats().inUse() == 0 && pool.stats().waiting() == 0, pool.stats());
    pool.stop().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void require(boolean holds, Object stats) {
    if (!holds) {
      throw new IllegalStateException(stats.toString());
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static boolean ends(long stackSize, Step step) throws InterruptedException {
    boolean[] ended = new boolean[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                step.run();
                ended[0] = true;
              } catch (Throwable failure) {
                System.out.println("by " + failure);
              }
            },
            "caller",
            stackSize);
    thread.setDaemon(true);
    thread.start();
    thread.join(TimeUnit.SECONDS.toMillis(4 * PATIENCE_SECONDS));
    return ended[0];
  }
}
