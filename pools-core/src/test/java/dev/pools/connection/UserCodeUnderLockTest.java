package dev.pools.connection;

import static dev.pools.internal.LockWatch.tryTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import dev.pools.internal.LockWatch;
import dev.pools.internal.VersionedLock;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Walks the whole API with objects whose every method looks whether the pool's lock is held. */
class UserCodeUnderLockTest extends ConnectionTestBase {

  /** What the walk calls; a new method must be walked, too. */
  private static final Set<String> WALKED =
      Set.of(
          "acquire",
          "acquireAsync",
          "acquireTimeout",
          "closeTimeout",
          "tryAcquire",
          "use",
          "useAsync",
          "release",
          "invalidate",
          "start",
          "startFrom",
          "stop",
          "close",
          "createConnection",
          "isHealthy",
          "maintain",
          "resize",
          "preview",
          "reconfigure",
          "softEvict",
          "leases",
          "evictLease",
          "revokeLease",
          "suspend",
          "resume",
          "onStateChange",
          "options",
          "name",
          "available",
          "size",
          "inUse",
          "maxLife",
          "maxSize",
          "minSize",
          "stats",
          "toString");

  private final LockWatch watch = new LockWatch();
  private final AtomicBoolean factoryFails = new AtomicBoolean();
  private final AtomicBoolean checkFails = new AtomicBoolean();
  private final AtomicBoolean hangs = new AtomicBoolean();
  private final List<Stage<?>> hanging = new ArrayList<>();

  private void look(String what) {
    watch.look(what);
  }

  @AfterEach
  void restoreTheLog() {
    watch.close();
  }

  private final class Value {
    private final int number;

    Value(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(Object other) {
      look("equals of an argument");
      return other instanceof Value value && value.number == number;
    }

    @Override
    public int hashCode() {
      look("hashCode of an argument");
      return number;
    }

    @Override
    public String toString() {
      look("toString of an argument");
      return "value";
    }
  }

  /** What a connection can do, for a guard. */
  public interface Session extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  private final class Connection implements Session {
    @Override
    public boolean equals(Object other) {
      look("equals of a connection");
      return this == other;
    }

    @Override
    public int hashCode() {
      look("hashCode of a connection");
      return 1;
    }

    @Override
    public String toString() {
      look("toString of a connection");
      return "connection";
    }

    @Override
    public void close() throws IOException {
      look("close of a connection");
      throw watch.failure();
    }
  }

  /** A class of futures of the user. */
  private final class Stage<V> extends CompletableFuture<V> {
    @Override
    public CompletableFuture<V> whenComplete(BiConsumer<? super V, ? super Throwable> action) {
      look("whenComplete of a stage");
      return super.whenComplete(action);
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super V, Throwable, ? extends U> function) {
      look("handle of a stage");
      return super.handle(function);
    }

    @Override
    public CompletableFuture<V> toCompletableFuture() {
      look("toCompletableFuture of a stage");
      return this;
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      look("cancel of a stage");
      return super.cancel(mayInterrupt);
    }

    @Override
    public boolean isDone() {
      look("isDone of a stage");
      return super.isDone();
    }

    @Override
    public String toString() {
      look("toString of a stage");
      return "stage";
    }
  }

  private Arguments arguments(int number) {
    return Arguments.of(new Value(number)).and("named", new Value(number));
  }

  /** Any object of the user: each method looks, and fails or gives what is harmless. */
  private Object object(Class<?> type, boolean fails) {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {type},
        (self, method, given) -> {
          look(method.getName() + " of a " + type.getSimpleName());
          return switch (method.getName()) {
            case "equals" -> self == given[0];
            case "hashCode" -> 1;
            case "toString" -> type.getSimpleName();
            default -> fails ? fail() : harmless(method.getReturnType());
          };
        });
  }

  private Object fail() throws IOException {
    throw watch.failure();
  }

  private static Object harmless(Class<?> type) {
    if (type == boolean.class) {
      return true;
    }
    return CompletionStage.class.isAssignableFrom(type)
        ? CompletableFuture.completedFuture(null)
        : null;
  }

  /** Gives the builder an object for each other kind of user code that it takes. */
  private void giveTheRest(ConnectionPoolBuilder<Session> builder, boolean async) throws Exception {
    Set<String> given =
        Set.of("healthChecker", "asyncHealthChecker", "cleaner", "executor", "time", "listener");
    List<Method> takers =
        Arrays.stream(ConnectionPoolBuilder.class.getMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> method.getParameterCount() > 0)
            .filter(method -> method.getParameterTypes()[0].isInterface())
            .filter(method -> !given.contains(method.getName()))
            .filter(method -> async || !isAsync(method))
            .sorted(Comparator.comparing(UserCodeUnderLockTest::isAsync))
            .toList();
    for (Method taker : takers) {
      Object[] values =
          Arrays.stream(taker.getParameterTypes())
              .map(type -> type.isInterface() ? object(type, false) : Duration.ofSeconds(5))
              .toArray();
      try {
        taker.invoke(builder, values);
      } catch (InvocationTargetException e) {
        throw new AssertionError("not walked: " + taker, e.getCause());
      }
    }
  }

  private static boolean isAsync(Method method) {
    return method.getName().toLowerCase(Locale.ROOT).contains("async");
  }

  private Executor executor(String what) {
    return task -> {
      look(what);
      task.run();
    };
  }

  private Session create() throws IOException {
    look("a factory");
    if (factoryFails.get()) {
      throw watch.failure();
    }
    return new Connection();
  }

  private boolean check() throws IOException {
    look("a checker");
    if (checkFails.get()) {
      throw watch.failure();
    }
    return true;
  }

  private interface Source<V> {
    V get() throws IOException;
  }

  /** Fails within the stage, or does not complete at all. */
  private <V> Stage<V> stage(Source<V> source) {
    Stage<V> stage = new Stage<>();
    if (hangs.get()) {
      hanging.add(stage);
      return stage;
    }
    try {
      stage.complete(source.get());
    } catch (IOException failure) {
      stage.completeExceptionally(failure);
    }
    return stage;
  }

  @SuppressWarnings("unchecked")
  private ConnectionPool<Session> pool(ArgumentMatching matching, boolean async) throws Exception {
    ConnectionPoolBuilder<Session> builder =
        async
            ? ConnectionPool.<Session>asyncBuilder(arguments -> stage(this::create))
                .asyncHealthChecker(connection -> stage(this::check))
                .guard(Session.class)
            : ConnectionPool.<Session>builder((ConnectionFactory<Session>) arguments -> create())
                .healthChecker(connection -> check());
    giveTheRest(builder, async);
    ConnectionPool<Session> built =
        builder
            .listener((ConnectionPoolListener<Session>) object(ConnectionPoolListener.class, true))
            .executor(executor("an executor"))
            .argumentMatching(matching)
            .minSize(1)
            .maxSize(3)
            .waiterLimit(4)
            .leakThreshold(Duration.ofMinutes(1))
            .reclaimAfter(Duration.ofMinutes(2))
            .checkOnReturn(true)
            .acquireTimeout(Duration.ofSeconds(5))
            .onStartFailure(StartFailure.START_EMPTY)
            .time(time)
            .build();
    Field lockOfCore = ConnectionCore.class.getDeclaredField("lock");
    lockOfCore.setAccessible(true);
    VersionedLock lock = (VersionedLock) lockOfCore.get(built.parts().core);
    watch.lookAt(lock::isHeldByCurrentThread);
    built.onStateChange(() -> look("an action on the state"));
    return built;
  }

  private <V> CompletableFuture<V> watched(CompletableFuture<V> future) {
    return watch.watched(future);
  }

  @ParameterizedTest
  @CsvSource({"ANY, false", "ANY, true", "SAME, false", "SAME, true"})
  void noMethodOfAUsersObjectIsCalledUnderTheLock(ArgumentMatching matching, boolean async)
      throws Exception {
    watch.walk(() -> walk(matching, async), TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    watch.assertLooksAreMoreThan(300);
  }

  private void walk(ArgumentMatching matching, boolean async) throws Exception {
    ConnectionPool<Session> walked = pool(matching, async);
    watched(walked.start(List.of(arguments(1), arguments(2)))).join();
    lease(walked);
    wait(walked);
    fail(walked);
    if (async) {
      hang(walked);
    }
    byHand(walked);
    operate(walked);
    leak(walked);
    stop(walked);
  }

  private void lease(ConnectionPool<Session> walked) throws Exception {
    walked.acquire().close();
    walked.acquire(Duration.ofSeconds(1)).close(arguments(1));
    walked.acquire(arguments(1)).close();
    walked.acquire(arguments(2), Duration.ofSeconds(1)).invalidate();
    walked.acquire(AcquireOptions.DEFAULT.withArguments(arguments(3))).close();
    watched(walked.acquireAsync()).join().close();
    watched(walked.acquireAsync(Duration.ofSeconds(1))).join().close();
    watched(walked.acquireAsync(arguments(1))).join().close();
    watched(walked.acquireAsync(arguments(4), Duration.ofSeconds(1))).join().close();
    watched(walked.acquireAsync(AcquireOptions.DEFAULT)).join().close();
    walked.tryAcquire().ifPresent(Lease::close);
    walked.tryAcquire(arguments(1)).ifPresent(Lease::close);
    walked.use(connection -> 1);
    walked.use(arguments(1), connection -> 1);
    tryTo(
        () ->
            walked.use(
                AcquireOptions.DEFAULT,
                connection -> {
                  throw watch.failure();
                }));
    walked.useAsync(connection -> CompletableFuture.completedFuture(1)).join();
    walked.useAsync(arguments(1), connection -> CompletableFuture.completedFuture(1)).join();
    watched(
        walked.useAsync(
            AcquireOptions.DEFAULT, connection -> CompletableFuture.failedFuture(watch.failure())));
    walked.release(walked.acquire().connection());
    walked.release(walked.acquire(arguments(1)).connection(), arguments(2));
    walked.invalidate(walked.acquire().connection());
    tryTo(() -> walked.release(new Connection()));
  }

  /** Callers in line: served, cancelled, timed out, too many. */
  private void wait(ConnectionPool<Session> walked) throws Exception {
    List<Lease<Session>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(walked.acquire(arguments(5)));
    }
    List<CompletableFuture<Lease<Session>>> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      waiting.add(watched(walked.acquireAsync(arguments(5 + i % 2), Duration.ofSeconds(3 + i))));
    }
    waiting.get(1).cancel(true);
    tryTo(() -> walked.acquire(Duration.ZERO));
    all.get(0).close();
    time.advance(Duration.ofMillis(3500));
    all.get(1).close();
    all.get(2).invalidate();
    time.advance(Duration.ofSeconds(20));
    for (CompletableFuture<Lease<Session>> one : waiting) {
      if (one.isDone() && !one.isCompletedExceptionally()) {
        one.join().close();
      }
    }
    assertThat(walked.inUse()).isZero();
  }

  private void fail(ConnectionPool<Session> walked) throws Exception {
    factoryFails.set(true);
    walked.softEvict();
    time.advance(Duration.ofMillis(10));
    CompletableFuture<Lease<Session>> patient =
        watched(walked.acquireAsync(arguments(7), Duration.ofSeconds(3)));
    tryTo(() -> walked.acquire(AcquireOptions.whenDown(WhenDown.FAIL)));
    watched(
        walked.acquireAsync(AcquireOptions.whenDown(WhenDown.FAIL).withArguments(arguments(7))));
    time.advance(Duration.ofSeconds(4));
    assertThat(patient).isCompletedExceptionally();
    assertThat(walked.toString()).isNotNull();
    walked.stats();
    walked.options();
    factoryFails.set(false);
    time.advance(Duration.ofSeconds(2));
    Lease<Session> lease = walked.acquire(arguments(7));
    checkFails.set(true);
    lease.close();
    CompletableFuture<Lease<Session>> unfit =
        watched(walked.acquireAsync(arguments(8), Duration.ofSeconds(2)));
    time.advance(Duration.ofSeconds(40));
    checkFails.set(false);
    time.advance(Duration.ofSeconds(40));
    assertThat(unfit).isDone();
    unfit.thenAccept(Lease::close);
    assertThat(walked.inUse()).isZero();
  }

  /** Calls that are overdue, and end after all. */
  private void hang(ConnectionPool<Session> walked) throws Exception {
    hangs.set(true);
    walked.softEvict();
    watched(walked.acquireAsync(arguments(1)));
    watched(walked.maintain());
    time.advance(Duration.ofMinutes(1));
    hangs.set(false);
    hanging.forEach(stage -> stage.completeExceptionally(watch.failure()));
    time.advance(Duration.ofMinutes(1));
    Lease<Session> lease = walked.acquire();
    hangs.set(true);
    lease.close();
    time.advance(Duration.ofMinutes(1));
    hangs.set(false);
    hanging.forEach(stage -> stage.complete(null));
    time.advance(Duration.ofMinutes(1));
    assertThat(hanging).hasSizeGreaterThan(1);
    assertThat(walked.inUse()).isZero();
  }

  private void byHand(ConnectionPool<Session> walked) throws Exception {
    Session made = watched(walked.createConnection()).join();
    walked.isHealthy(made);
    watched(walked.createConnection(arguments(1))).join();
    Executor own = executor("an executor of a call");
    watched(walked.createConnection(own)).join();
    factoryFails.set(true);
    watched(walked.createConnection(arguments(1), own));
    factoryFails.set(false);
  }

  private void operate(ConnectionPool<Session> walked) throws Exception {
    watched(walked.maintain()).join();
    watched(walked.resize(0, 1)).join();
    watched(walked.resize(1, 3)).join();
    assertThat(
            walked.preview(
                change -> {
                  look("a change");
                  change.waiterLimit(1_000);
                }))
        .isNotEmpty();
    assertThat(
            walked.reconfigure(
                change -> {
                  look("a change");
                  change.waiterLimit(1_000).maxUses(100_000).maxLife(Duration.ofHours(2));
                }))
        .isNotEmpty();
    watched(walked.softEvict()).join();
    walked.suspend();
    CompletableFuture<Lease<Session>> waits = watched(walked.acquireAsync(arguments(1)));
    walked.resume();
    waits.join().close();
    assertThat(walked.name()).isNotNull();
    assertThat(walked.available() + walked.size() + walked.maxSize() + walked.minSize())
        .isPositive();
    assertThat(walked.maxLife()).isPositive();
    assertThat(walked.acquireTimeout()).isPositive();
    assertThat(walked.closeTimeout()).isPositive();
    Lease<Session> evicted = walked.acquire(arguments(2));
    assertThat(walked.evictLease(walked.leases().get(0).id())).isTrue();
    evicted.close();
    Lease<Session> revoked = walked.acquire(arguments(3));
    assertThat(walked.revokeLease(walked.leases().get(0).id())).isTrue();
    revoked.close();
    time.advance(Duration.ofMinutes(2));
  }

  private void leak(ConnectionPool<Session> walked) throws Exception {
    long before = walked.stats().leaks();
    for (int i = 0; i < 3; i++) {
      walked.acquire(arguments(9));
    }
    tryTo(() -> walked.acquire(arguments(9), Duration.ZERO));
    time.advance(Duration.ofSeconds(90));
    time.advance(Duration.ofSeconds(90));
    assertThat(walked.stats().leaks()).isEqualTo(before + 3);
  }

  /** Publishes as much as it is asked for, at once. */
  private Flow.Publisher<Arguments> publisher() {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long number) {
                look("request of a subscription");
                subscriber.onNext(arguments(1));
              }

              @Override
              public void cancel() {
                look("cancel of a subscription");
              }
            });
  }

  private void stop(ConnectionPool<Session> walked) throws Exception {
    walked.acquire(arguments(9));
    CompletableFuture<Void> stopped = watched(walked.stop(Duration.ofSeconds(1)));
    CompletableFuture<Void> again = watched(walked.start(List.of(arguments(1))));
    time.advance(Duration.ofSeconds(2));
    stopped.join();
    again.join();
    watched(walked.stop()).join();
    watched(walked.start(task -> task.run())).join();
    walked.close();
    watched(walked.startFrom(publisher())).join();
    walked.close();
    factoryFails.set(true);
    watched(walked.start(List.of(arguments(1)), task -> task.run()));
    watched(walked.start());
    watched(walked.stop(Duration.ZERO));
    time.advance(Duration.ofMinutes(1));
  }

  @Test
  void theWalkCallsEachPublicMethod() {
    Set<String> methods = new TreeSet<>();
    Arrays.stream(ConnectionPool.class.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class)
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
        .map(Method::getName)
        .forEach(methods::add);

    assertThat(methods).isEqualTo(WALKED);
  }
}
