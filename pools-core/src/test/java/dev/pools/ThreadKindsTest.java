package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.internal.ThreadKind;
import dev.pools.task.AdvancedPool;
import dev.pools.task.WorkerThreads;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of thread against every property. A thread has what the thread that built the pool
 * gave it, and nothing of the odd caller who happens to start it.
 */
class ThreadKindsTest {

  private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();

  private static final ClassLoader APPLICATION = loader("application");
  private static final ClassLoader TENANT = loader("tenant");

  private enum Kind {
    PLATFORM(false, "orders-worker-"),
    DAEMON(true, "orders-worker-"),
    VIRTUAL(true, "orders-task-"),
    BARE_FACTORY(false, "Thread-"),
    JDK_FACTORY(false, "pool-");

    private final boolean daemon;
    private final String name;

    Kind(boolean daemon, String name) {
      this.daemon = daemon;
      this.name = name;
    }

    WorkerThreads threads() {
      return switch (this) {
        case PLATFORM -> WorkerThreads.platform();
        case DAEMON -> WorkerThreads.daemon();
        case VIRTUAL -> WorkerThreads.virtual();
        case BARE_FACTORY -> WorkerThreads.of(Thread::new);
        case JDK_FACTORY -> WorkerThreads.of(Executors.defaultThreadFactory());
      };
    }

    boolean isSupported() {
      return this != VIRTUAL || WorkerThreads.virtualSupported();
    }
  }

  /** What some code has seen of the thread that runs it. */
  private record Seen(
      Thread thread,
      String name,
      boolean daemon,
      @Nullable String group,
      int priority,
      @Nullable ClassLoader loader,
      @Nullable String user) {

    static Seen now() {
      Thread thread = Thread.currentThread();
      ThreadGroup group = thread.getThreadGroup();
      return new Seen(
          thread,
          thread.getName(),
          thread.isDaemon(),
          group == null ? null : group.getName(),
          thread.getPriority(),
          thread.getContextClassLoader(),
          USER.get());
    }

    void inheritsNothing() {
      assertThat(user).as("inheritable thread local in %s", name).isNull();
      assertThat(group).as("group of %s", name).isNotEqualTo("tenant");
      assertThat(priority).as("priority of %s", name).isEqualTo(Thread.NORM_PRIORITY);
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values()).filter(Kind::isSupported);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void workerThatAnOddSubmitterStarts_hasTheBuildersPropertiesOnly(Kind kind) throws Exception {
    try (AdvancedPool pool = pool(kind)) {
      Seen first = asTenant(() -> pool.submit(Seen::now)).get(30, TimeUnit.SECONDS);
      Seen second = asTenant(() -> pool.submit(Seen::now)).get(30, TimeUnit.SECONDS);

      for (Seen seen : new Seen[] {first, second}) {
        seen.inheritsNothing();
        assertThat(seen.loader).isSameAs(APPLICATION);
        assertThat(seen.daemon).isEqualTo(kind.daemon);
        assertThat(seen.name).startsWith(kind.name);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void workerThatAResizeOfAnOddCallerStarts_inheritsNothing(Kind kind) throws Exception {
    try (AdvancedPool pool = pool(kind)) {
      asTenant(() -> pool.resize(2, 2)).get(30, TimeUnit.SECONDS);

      Seen seen = pool.submit(Seen::now).get(30, TimeUnit.SECONDS);

      seen.inheritsNothing();
      assertThat(seen.loader).isSameAs(APPLICATION);
    }
  }

  /** As libraries do that report through the handler of the current thread. */
  @ParameterizedTest
  @EnumSource(names = {"PLATFORM", "DAEMON", "VIRTUAL"})
  void threadsOwnHandler_isThePools(Kind kind) throws Exception {
    if (!kind.isSupported()) {
      return;
    }
    AtomicReference<Throwable> reported = new AtomicReference<>();
    RuntimeException failure = new RuntimeException("reported by hand");
    try (AdvancedPool pool =
        as(
            APPLICATION,
            () ->
                AdvancedPool.builder()
                    .threads(kind.threads())
                    .uncaughtExceptionHandler((thread, thrown) -> reported.set(thrown))
                    .build())) {
      pool.submit(
              () -> {
                Thread own = Thread.currentThread();
                own.getUncaughtExceptionHandler().uncaughtException(own, failure);
              })
          .get(30, TimeUnit.SECONDS);
    }
    assertThat(reported).hasValue(failure);
  }

  /**
   * Frameworks that print one stack trace for each failure find it in the JVM's default handler.
   */
  @ParameterizedTest
  @MethodSource("kinds")
  void failureOfAnExecutedTask_reachesTheDefaultHandler(Kind kind) throws Exception {
    CompletableFuture<Throwable> reported = new CompletableFuture<>();
    RuntimeException failure = new RuntimeException("uncaught");
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> reported.complete(thrown));
    try (AdvancedPool pool = pool(kind)) {
      pool.execute(
          () -> {
            throw failure;
          });

      assertThat(reported.get(30, TimeUnit.SECONDS)).isSameAs(failure);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void slowThreadFactory_doesNotHoldUpTheSubmitter() throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    try (AdvancedPool pool =
        AdvancedPool.builder()
            .minWorkers(0)
            .threads(
                WorkerThreads.of(
                    work -> {
                      go.join();
                      return new Thread(work);
                    }))
            .build()) {
      CompletableFuture<Integer> result = pool.submit(() -> 1);

      assertThat(result).isNotDone();
      go.complete(null);

      assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void factoryCheckerAndCleanerThatAnOddCallerBringsAbout_haveTheBuildersPropertiesOnly()
      throws Exception {
    Map<String, Seen> seen = new ConcurrentHashMap<>();
    ConnectionPool<Object> pool =
        as(
            APPLICATION,
            () ->
                ConnectionPool.<Object>builder(
                        () -> {
                          seen.put("factory", Seen.now());
                          return new Object();
                        })
                    .name("orders-db")
                    .minSize(0)
                    .idleBypass(Duration.ZERO)
                    .healthChecker(
                        connection -> {
                          seen.put("checker", Seen.now());
                          return true;
                        })
                    .cleaner((connection, failure) -> seen.put("cleaner", Seen.now()))
                    .build());
    try (pool) {
      asTenant(
          () -> {
            pool.acquire().close();
            pool.acquire().invalidate();
            return null;
          });
      await().until(() -> seen.size() == 3);
    }
    seen.forEach(
        (code, its) -> {
          its.inheritsNothing();
          assertThat(its.loader).as(code).isSameAs(APPLICATION);
          assertThat(its.daemon).as(code).isTrue();
          assertThat(its.name).as(code).isEqualTo("orders-db-calls");
          assertThat(ThreadKind.isVirtual(its.thread))
              .as("%s runs on a virtual thread", code)
              .isFalse();
        });
  }

  @Test
  void threadOfACall_isAsNewForTheNextPool() throws Exception {
    ConnectionPool<Seen> rude =
        as(
            TENANT,
            () ->
                ConnectionPool.<Seen>builder(
                        () -> {
                          Seen seen = Seen.now();
                          seen.thread.setName("mine");
                          seen.thread.setPriority(Thread.MIN_PRIORITY);
                          seen.thread.setContextClassLoader(null);
                          seen.thread.interrupt();
                          return seen;
                        })
                    .build());
    ConnectionPool<Seen> next =
        as(APPLICATION, () -> ConnectionPool.<Seen>builder(Seen::now).name("next").build());
    try (rude;
        next) {
      try (Lease<Seen> lease = rude.acquire()) {
        assertThat(lease.connection().loader).isSameAs(TENANT);
      }
      try (Lease<Seen> lease = next.acquire()) {
        lease.connection().inheritsNothing();
        assertThat(lease.connection().loader).isSameAs(APPLICATION);
        assertThat(lease.connection().name).isEqualTo("next-calls");
      }
    }
  }

  @Test
  void callbackThatATimerBringsAbout_hasTheBuildersPropertiesOnly() throws Exception {
    try (AdvancedPool pool =
        as(
            APPLICATION,
            () ->
                AdvancedPool.builder()
                    .name("orders")
                    .maxWorkers(1)
                    .queueCapacity(1)
                    .threads(WorkerThreads.daemon())
                    .build())) {
      CompletableFuture<Void> go = new CompletableFuture<>();
      CompletableFuture<?> running = pool.submit(() -> go.join());
      await().until(() -> pool.stats().active() == 1);
      pool.submit(() -> 2);
      CompletableFuture<Seen> callback =
          asTenant(
              () ->
                  pool.waitForSlot(Duration.ofMillis(20)).handle((waited, timeout) -> Seen.now()));

      Seen seen = callback.get(30, TimeUnit.SECONDS);
      go.complete(null);
      running.get(30, TimeUnit.SECONDS);

      seen.inheritsNothing();
      assertThat(seen.loader).isSameAs(APPLICATION);
      assertThat(seen.daemon).isTrue();
      assertThat(seen.name).isEqualTo("orders-completions");
    }
  }

  /** On JDK 17 a thread keeps what the stack of the thread that started it was allowed to do. */
  @ParameterizedTest
  @MethodSource("kinds")
  void worker_doesNotKeepTheClassLoaderOfASubmitter(Kind kind) throws Exception {
    try (AdvancedPool pool = pool(kind)) {
      WeakReference<ClassLoader> submitters = submitFromAClassLoaderOfItsOwn(pool);

      await()
          .until(
              () -> {
                System.gc();
                return submitters.get() == null;
              });
      assertThat(pool.stats().completed()).isEqualTo(1);
    }
  }

  private static WeakReference<ClassLoader> submitFromAClassLoaderOfItsOwn(AdvancedPool pool)
      throws Exception {
    ClassLoader own = new OwnClasses();
    Class<?> submitter = own.loadClass(Submitter.class.getName());
    assertThat(submitter.getClassLoader()).isSameAs(own);
    @SuppressWarnings("unchecked")
    Callable<CompletableFuture<?>> call =
        (Callable<CompletableFuture<?>>)
            submitter.getConstructor(AdvancedPool.class).newInstance(pool);
    call.call().get(30, TimeUnit.SECONDS);
    return new WeakReference<>(own);
  }

  /** Submits a task whose class is not its own, so that nothing but its stack leads back to it. */
  public static final class Submitter implements Callable<CompletableFuture<?>> {

    private final AdvancedPool pool;

    public Submitter(AdvancedPool pool) {
      this.pool = pool;
    }

    @Override
    public CompletableFuture<?> call() {
      return pool.submit(Executors.callable(Thread::yield));
    }
  }

  /** Defines the submitter anew, with a protection domain of its own. */
  private static final class OwnClasses extends ClassLoader {

    OwnClasses() {
      super(ThreadKindsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Submitter.class.getName())) {
        return super.loadClass(name, resolve);
      }
      try (java.io.InputStream code =
          getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = java.util.Objects.requireNonNull(code).readAllBytes();
        java.security.CodeSource source =
            new java.security.CodeSource(null, (java.security.cert.Certificate[]) null);
        return defineClass(
            name,
            bytes,
            0,
            bytes.length,
            new java.security.ProtectionDomain(source, null, this, null));
      } catch (java.io.IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  /** A pool that starts its workers for those who submit. */
  private static AdvancedPool pool(Kind kind) throws Exception {
    return as(
        APPLICATION,
        () ->
            AdvancedPool.builder()
                .name("orders")
                .minWorkers(0)
                .maxWorkers(2)
                .threads(kind.threads())
                .build());
  }

  private static <V> V as(ClassLoader loader, Callable<V> building) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return building.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Calls something on a thread in which everything that can be inherited is unusual. */
  private static <V extends @Nullable Object> V asTenant(Callable<V> call) throws Exception {
    FutureTask<V> task =
        new FutureTask<>(
            () -> {
              USER.set("tenant");
              return call.call();
            });
    Thread tenant = new Thread(new ThreadGroup("tenant"), task, "tenant");
    tenant.setDaemon(true);
    tenant.setPriority(Thread.MIN_PRIORITY);
    tenant.setContextClassLoader(TENANT);
    tenant.start();
    return task.get(30, TimeUnit.SECONDS);
  }

  private static ClassLoader loader(String name) {
    return new URLClassLoader(name, new URL[0], ThreadKindsTest.class.getClassLoader());
  }
}
