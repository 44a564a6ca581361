package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With ArgumentMatching.SAME, what one tenant meets reaches no other. */
class TenantsTest extends ConnectionTestBase {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> refused = new ArrayList<>();
  private final AtomicInteger logins = new AtomicInteger();

  private static Arguments of(String tenant) {
    return Arguments.named("tenant", tenant).and("password", "pw-of-" + tenant);
  }

  private FakeConnection login(Arguments arguments) throws Exception {
    String tenant = arguments.isEmpty() ? "" : arguments.get("tenant", String.class);
    if (refused.contains(tenant)) {
      logins.incrementAndGet();
      throw new IOException(
          "login of "
              + tenant
              + " with password '"
              + arguments.get("password", String.class)
              + "' refused");
    }
    return server.open(arguments);
  }

  private ConnectionPoolBuilder<FakeConnection> tenants(int max) {
    return ConnectionPool.builder(this::login)
        .healthChecker(server::check)
        .cleaner(server::close)
        .executor(held)
        .minSize(0)
        .maxSize(max)
        .time(time)
        .argumentMatching(ArgumentMatching.SAME);
  }

  private static String textOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(WhenDown.class)
  void aTenantWithAWrongPasswordNeitherDelaysNorRefusesOthers(WhenDown whenDown) throws Exception {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(4).whenDown(whenDown));
    List<CompletableFuture<?>> mallorys = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      mallorys.add(pool.acquireAsync(of("mallory"), LONG));
    }

    for (int i = 0; i < 8; i++) {
      CompletableFuture<Lease<FakeConnection>> alice = pool.acquireAsync(of("alice" + i), LONG);
      assertThat(alice).as("alice %d", i).isCompleted();
      alice.join().close();
    }

    assertThat(logins).as("attempts in the pause").hasValueLessThanOrEqualTo(1);
    mallorys.forEach(mallory -> mallory.cancel(true));
  }

  @Test
  void aTenantThatIsRefusedReservesNoPlace() throws Exception {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(2));
    Lease<FakeConnection> alice = pool.acquire(of("alice"));
    List<CompletableFuture<?>> mallorys = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      mallorys.add(pool.acquireAsync(of("mallory"), LONG));
    }

    CompletableFuture<Lease<FakeConnection>> bob = pool.acquireAsync(of("bob"), LONG);

    get(bob).close();
    alice.close();
    mallorys.forEach(mallory -> mallory.cancel(true));
  }

  @Test
  void noTenantIsToldOfTheFailureOfAnother() throws Exception {
    refused.add("mallory");
    refused.add("bob");
    ConnectionPool<FakeConnection> pool = build(tenants(1).whenDown(WhenDown.FAIL));
    Throwable mallory = catchThrowable(() -> pool.acquire(of("mallory")));
    Throwable bob = catchThrowable(() -> pool.acquire(of("bob")));
    Lease<FakeConnection> held = pool.acquire(of("alice"));
    CompletableFuture<Lease<FakeConnection>> late =
        pool.acquireAsync(of("carol"), Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(2));
    Throwable carol = catchThrowable(late::join);
    held.close();

    assertThat(mallory).isInstanceOf(BackendDownException.class);
    assertThat(textOf(mallory)).contains("login of mallory").doesNotContain("login of bob");
    assertThat(textOf(bob)).contains("login of bob").doesNotContain("mallory");
    assertThat(carol).hasCauseInstanceOf(AcquireTimeoutException.class);
    assertThat(textOf(carol)).doesNotContain("mallory").doesNotContain("login of");
  }

  @Test
  void theReadingsOfAllTellTheFailureOfATenantOnlyIfItIsTheOnlyOne() throws Exception {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(2).whenDown(WhenDown.FAIL));
    assertThatThrownBy(() -> pool.acquire(of("mallory"))).isInstanceOf(BackendDownException.class);
    assertThat(pool.stats().lastCreateFailure()).hasMessageContaining("login of mallory");
    assertThat(pool.stats().consecutiveCreateFailures()).isEqualTo(1);

    pool.acquire(of("alice")).close();
    assertThat(pool.stats().lastCreateFailure()).isNull();
    time.advance(Duration.ofSeconds(5));
    assertThatThrownBy(() -> pool.acquire(of("mallory"))).isInstanceOf(BackendDownException.class);

    assertThat(textOf(pool.stats().lastCreateFailure()))
        .contains("each caller's own exception has the cause")
        .doesNotContain("mallory");
  }

  @Test
  void aTenantIsServedAsSoonAsItsServerIsBack() {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(2));
    CompletableFuture<Lease<FakeConnection>> mallory = pool.acquireAsync(of("mallory"), LONG);
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(of("mallory"), LONG);
    time.advance(Duration.ofSeconds(3));
    assertThat(logins).hasValueGreaterThan(2);
    assertThat(mallory).isNotDone();

    refused.clear();
    time.advance(Duration.ofSeconds(1));

    get(mallory).close();
    get(second).close();
  }

  @Test
  void theShorterPauseOfALaterTenantIsNotLengthenedByThatOfAnother() {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool =
        build(tenants(4).backoff(Duration.ofMillis(100), Duration.ofSeconds(100)));
    CompletableFuture<Lease<FakeConnection>> mallory = pool.acquireAsync(of("mallory"), LONG);
    time.advance(Duration.ofSeconds(40));
    refused.add("bob");
    CompletableFuture<Lease<FakeConnection>> bob = pool.acquireAsync(of("bob"), LONG);
    refused.remove("bob");

    time.advance(Duration.ofMillis(100));

    get(bob).close();
    mallory.cancel(true);
  }

  /** The calls for one tenant hang: there is room for another, at the start and later on. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void aTenantWhoseServerHangsLeavesRoomForAnAttemptOfAnother(int concurrent) throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(
                    arguments -> {
                      if ("mallory".equals(arguments.get("tenant", String.class))) {
                        CompletableFuture<FakeConnection> hangs = new CompletableFuture<>();
                        hanging.add(hangs);
                        return hangs;
                      }
                      return CompletableFuture.completedFuture(server.open(arguments));
                    })
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(20)
                .time(time)
                .maxConcurrentCreates(concurrent)
                .createTimeout(Duration.ofSeconds(5))
                .argumentMatching(ArgumentMatching.SAME));
    List<CompletableFuture<?>> mallorys = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      mallorys.add(pool.acquireAsync(of("mallory"), Duration.ofHours(1)));
    }

    for (int round = 0; round < 4; round++) {
      assertThat(pool.acquireAsync(of("alice" + round), LONG)).isCompleted();
      time.advance(Duration.ofSeconds(6));
    }

    mallorys.forEach(mallory -> mallory.cancel(true));
    hanging.forEach(hangs -> hangs.completeExceptionally(new IOException("at last")));
    released.countDown();
    pool.stop(Duration.ZERO);
  }

  /** The calls for one tenant never end, so each keeps its place. */
  @Test
  void aTenantWhoseCallsNeverEndLeavesHalfOfThePlacesToOthers() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(
                    arguments -> {
                      if ("mallory".equals(arguments.get("tenant", String.class))) {
                        CompletableFuture<FakeConnection> hangs = new CompletableFuture<>();
                        hanging.add(hangs);
                        return hangs.minimalCompletionStage();
                      }
                      return CompletableFuture.completedFuture(server.open(arguments));
                    })
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(4)
                .time(time)
                .createTimeout(Duration.ofSeconds(1))
                .argumentMatching(ArgumentMatching.SAME));
    CompletableFuture<Lease<FakeConnection>> mallory =
        pool.acquireAsync(of("mallory"), Duration.ofHours(1));
    for (int second = 0; second < 60; second++) {
      time.advance(Duration.ofSeconds(1));
      assertThat(pool.tryAcquire(of("mallory"))).isEmpty();
    }

    assertThat(pool.stats().creating()).isEqualTo(2);
    get(pool.acquireAsync(of("alice"), LONG)).close();
    get(pool.acquireAsync(of("bob"), LONG)).close();
    time.advance(Duration.ofSeconds(10));
    assertThat(pool.tryAcquire(of("mallory"))).isEmpty();
    assertThat(server.closed).isEmpty();

    hanging.get(hanging.size() - 1).complete(server.open(of("mallory")));
    get(mallory).close();
    hanging.forEach(hangs -> hangs.completeExceptionally(new IOException("at last")));
  }

  private final List<CompletableFuture<FakeConnection>> hanging = new ArrayList<>();

  /**
   * Alice's server answers a call after its time limit, while it tries a second one, and other
   * callers of alice then begin a third.
   */
  @Test
  void aServerThatAnswersLate_leavesRoomForLaterAttemptsOfOthers() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .argumentMatching(ArgumentMatching.SAME)
                .maxSize(5)
                .maxConcurrentCreates(3)
                .createTimeout(Duration.ofSeconds(5))
                .backoff(Duration.ofMillis(1), Duration.ofMillis(1)));
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> alices = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alices.add(pool.acquireAsync(of("alice"), Duration.ofHours(1)));
    }
    time.advance(Duration.ofSeconds(5));
    time.advance(Duration.ofMillis(200));
    assertThat(held.waiting()).as("two that are overdue, and one after the pause").isEqualTo(3);
    held.runOne(); // the first call of the factory
    held.runLast(); // the check of its connection
    assertThat(held.waiting()).as("one more for the third caller").isEqualTo(3);
    held.letGo();
    alices.forEach(alice -> assertThat(alice).isCompleted());

    server.refusal.set(new IOException("bob's server is down"));
    CompletableFuture<Lease<FakeConnection>> bob =
        pool.acquireAsync(of("bob"), Duration.ofHours(1));
    assertThat(bob).isNotDone();
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(bob).as("an attempt after the pause").isCompleted();
  }

  @Test
  void manyTenantsThatAreRefusedAreRememberedOnlyAsLongAsTheirPauses() {
    CreationLimits creations = new CreationLimits("pool", true, 4, 100_000_000L, 1_000_000_000L);
    Tenants<Object> tenants = new Tenants<>(true, creations);
    long now = 0;
    for (int i = 0; i < 5_000; i++) {
      Tenant<Object> tenant = tenants.of(of("mallory" + i));
      tenant.creation.begun(now);
      tenant.creation.overdue();
      tenant.creation.failed(new IOException("refused"), now, now);
      tenants.failed(tenant, now);
      assertThat(tenants.failing()).isLessThanOrEqualTo(1_024);
    }

    tenants.expire(now + Duration.ofSeconds(2).toNanos());

    assertThat(tenants.failing()).isZero();
  }

  @Test
  void aTenantWithoutCallersAndConnectionsIsCollectedWithItsArguments() throws Exception {
    Tenants<Object> tenants =
        new Tenants<>(true, new CreationLimits("pool", true, 4, 100_000_000L, 1_000_000_000L));
    WeakReference<Object> secret = of(tenants, new Object());

    CollectedTest.assertCollected(secret);

    org.awaitility.Awaitility.await("the table lets go of it").until(() -> tenants.known() == 0);
  }

  private static WeakReference<Object> of(Tenants<Object> tenants, Object secret) {
    Tenant<Object> tenant = tenants.of(Arguments.of(secret));
    assertThat(tenants.of(Arguments.of(secret))).isSameAs(tenant);
    return new WeakReference<>(secret);
  }

  @Test
  void equalArgumentsAreOneTenant() throws Exception {
    Tenants<Object> tenants = new Tenants<>(true, new CreationLimits("pool", true, 4, 1, 1));
    for (int round = 0; round < 200; round++) {
      int number = round;
      List<CompletableFuture<Tenant<Object>>> found = new ArrayList<>();
      CountDownLatch go = new CountDownLatch(1);
      for (int i = 0; i < 4; i++) {
        CompletableFuture<Tenant<Object>> one = new CompletableFuture<>();
        found.add(one);
        TestThreads.start(
            () -> {
              try {
                go.await();
                one.complete(tenants.of(Arguments.of("tenant", number)));
              } catch (Throwable fault) {
                one.completeExceptionally(fault);
              }
            });
      }
      go.countDown();
      Tenant<Object> first = found.get(0).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      for (CompletableFuture<Tenant<Object>> other : found) {
        assertThat(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(first);
      }
    }
  }

  @Test
  void aStartIsNotFailedByAnotherTenant() {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(3).minSize(1));
    held.hold();
    CompletableFuture<Void> started = pool.start(List.of(of("alice")));
    CompletableFuture<Lease<FakeConnection>> mallory = pool.acquireAsync(of("mallory"), LONG);

    held.runLast();
    held.letGo();

    get(started);
    mallory.cancel(true);
  }

  @Test
  void connectionsForTheMinimumOfOneTenantDoNotWaitForThoseOfAnother() {
    ConnectionPool<FakeConnection> pool =
        build(tenants(4).minSize(2).onStartFailure(StartFailure.START_EMPTY));
    refused.add("mallory");

    get(pool.start(List.of(of("mallory"), of("alice"))));

    assertThat(server.made)
        .extracting(connection -> connection.madeWith)
        .containsExactlyInAnyOrder(of("alice"), Arguments.none());
    assertThat(pool.size()).as("another one in place of mallory's").isEqualTo(2);
    time.advance(Duration.ofMinutes(1));
    assertThat(logins).hasValue(1);
  }

  /** One idle connection, and a line that an outsider makes as long as it likes. */
  @Test
  void aLongLineOfOneTenantIsNotWalkedForEachCallerOfAnother() throws Exception {
    refused.add("mallory");
    ConnectionPool<FakeConnection> pool = build(tenants(3));
    for (int i = 0; i < 20_000; i++) {
      pool.acquireAsync(of("mallory"), Duration.ofHours(1));
    }
    for (int i = 0; i < 20_000; i++) {
      pool.acquire(of("alice")).close();
    }
    assertThat(pool.stats().waiting()).isEqualTo(20_000);
  }
}
