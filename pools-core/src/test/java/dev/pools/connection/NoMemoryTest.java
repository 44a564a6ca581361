package dev.pools.connection;

import static dev.pools.connection.ConnectionTestBase.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.internal.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * One step of a pool finds no memory: at each place in turn where the step looks at the clock or
 * sets a timer, which stands for what it allocates there. The pool lives on, and nothing is lost.
 */
class NoMemoryTest {

  /** More places than any of these steps has. */
  private static final int PLACES = 40;

  /** There is no memory once. */
  private static final class ShortOfMemory extends ManualTime {

    private int placesLeft = Integer.MAX_VALUE;

    /** Runs an action during which there is no memory at one place. */
    void at(int place, Runnable action) {
      placesLeft = place;
      try {
        action.run();
      } catch (OutOfMemoryError expected) {
        // As any code of an application may meet it.
      } finally {
        placesLeft = Integer.MAX_VALUE;
      }
    }

    private void place() {
      if (placesLeft != Integer.MAX_VALUE && placesLeft-- == 0) {
        placesLeft = Integer.MAX_VALUE;
        throw new OutOfMemoryError("as planned");
      }
    }

    @Override
    public long nanoTime() {
      place();
      return super.nanoTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      place();
      return super.schedule(delayNanos, action);
    }
  }

  private ShortOfMemory time = new ShortOfMemory();
  private final List<CompletableFuture<Object>> calls = new ArrayList<>();
  private final List<Object> closed = new ArrayList<>();

  /** A pool whose factory answers when the test says so. */
  private ConnectionPoolBuilder<Object> builder() {
    time = new ShortOfMemory();
    calls.clear();
    closed.clear();
    return ConnectionPool.<Object>asyncBuilder(
            arguments -> {
              CompletableFuture<Object> call = new CompletableFuture<>();
              calls.add(call);
              return call;
            })
        .cleaner((connection, arguments) -> closed.add(connection))
        .listener(new ConnectionPoolListener<Object>() {})
        .healthChecker(connection -> true)
        .executor(Runnable::run)
        .minSize(0)
        .maxSize(2)
        .time(time);
  }

  /** Answers all calls of the factory, also those that follow from an answer. */
  private void answer() {
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).complete(new Object());
    }
  }

  /** Answers the calls of the next seconds. */
  private void answerInTime() {
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofSeconds(1));
      answer();
    }
  }

  private Lease<Object> lease(ConnectionPool<Object> pool) {
    CompletableFuture<Lease<Object>> caller = pool.acquireAsync();
    answer();
    assertThat(caller).as("%s", pool.stats()).isCompleted();
    return caller.join();
  }

  /** The pool leases both its connections, counts right, and stops at once. */
  private void assertLivesOn(ConnectionPool<Object> pool, int place) {
    Lease<Object> one = lease(pool);
    Lease<Object> other = lease(pool);
    assertThat(one.connection()).isNotSameAs(other.connection());
    one.close();
    other.close();
    ConnectionPoolStats stats = pool.stats();
    long retired = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    assertThat(stats.idle()).as("place %d: %s", place, stats).isEqualTo(2);
    assertThat(stats.created() - retired).as("place %d: %s", place, stats).isEqualTo(2);
    assertThat(stats.creating() + stats.closing() + stats.waiting()).as("%s", stats).isZero();
    assertThat(pool.stop(Duration.ofSeconds(1))).as("place %d", place).isCompleted();
  }

  private void assertServesAndLivesOn(
      ConnectionPool<Object> pool, CompletableFuture<Lease<Object>> caller, int place) {
    answerInTime();
    assertThat(caller).as("place %d: %s", place, pool.stats()).isCompleted();
    caller.join().close();
    assertLivesOn(pool, place);
  }

  @Test
  void roundOfTheMaintenance_isFollowedByTheNext() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool =
          builder()
              .idleTimeout(Duration.ofSeconds(10))
              .maintenanceInterval(Duration.ofSeconds(5))
              .build();
      lease(pool).close();

      time.at(place, () -> time.advance(Duration.ofSeconds(5)));
      time.advance(Duration.ofMinutes(1));

      assertThat(pool.size()).as("place %d: closed because it was idle", place).isZero();
      assertLivesOn(pool, place);
    }
  }

  @Test
  void endOfACreation_isNotLost() {
    for (boolean checkOnCreate : new boolean[] {false, true}) {
      for (int place = 0; place < PLACES; place++) {
        ConnectionPool<Object> pool = builder().minSize(1).checkOnCreate(checkOnCreate).build();
        CompletableFuture<Void> start = pool.start();

        time.at(place, this::answer);
        answerInTime();

        assertThat(start).as("place %d: %s", place, pool.stats()).isCompleted();
        assertLivesOn(pool, place);
      }
    }
  }

  @Test
  void endOfACreationThatFails_isCountedOnce() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().build();
      CompletableFuture<Lease<Object>> caller = pool.acquireAsync();

      time.at(place, () -> calls.get(0).completeExceptionally(new IOException("refused")));
      assertServesAndLivesOn(pool, caller, place);
    }
  }

  @Test
  void endOfAFirstCheckThatFails_isCountedOnce() {
    for (int place = 0; place < PLACES; place++) {
      List<CompletableFuture<Boolean>> checks = new ArrayList<>();
      ConnectionPool<Object> pool =
          builder()
              .checkOnCreate(true)
              .asyncHealthChecker(
                  connection -> {
                    boolean isFirst = checks.isEmpty();
                    checks.add(new CompletableFuture<>());
                    return isFirst ? checks.get(0) : CompletableFuture.completedFuture(true);
                  })
              .build();
      CompletableFuture<Lease<Object>> caller = pool.acquireAsync();
      answer();

      time.at(place, () -> checks.get(0).complete(false));
      assertServesAndLivesOn(pool, caller, place);
    }
  }

  @Test
  void timeoutsOfCallersThatDoNotBlock_areNotLost() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().maxSize(1).build();
      Lease<Object> lease = lease(pool);
      List<CompletableFuture<Lease<Object>>> callers =
          List.of(
              pool.acquireAsync(Duration.ofSeconds(2)),
              pool.acquireAsync(Duration.ofSeconds(2)),
              pool.acquireAsync(Duration.ofSeconds(3)));

      time.at(place, () -> time.advance(Duration.ofSeconds(2)));
      time.advance(Duration.ofSeconds(5));

      assertThat(callers)
          .as("place %d: %s", place, pool.stats())
          .allMatch(CompletableFuture::isCompletedExceptionally);
      lease.close();
    }
  }

  @Test
  void callerThatJoinsTheLine_doesNotLoseTheTimeoutsOfOthers() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().maxSize(1).build();
      Lease<Object> lease = lease(pool);
      CompletableFuture<Lease<Object>> caller = pool.acquireAsync(Duration.ofSeconds(3));

      time.at(place, () -> pool.acquireAsync(Duration.ofSeconds(2)));
      time.advance(Duration.ofSeconds(5));

      assertThat(caller).as("place %d: %s", place, pool.stats()).isCompletedExceptionally();
      lease.close();
    }
  }

  @Test
  void deadlineOfAStop_isNotLost() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().build();
      Lease<Object> lease = lease(pool);
      CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(1));

      time.at(place, () -> time.advance(Duration.ofSeconds(1)));
      time.advance(Duration.ofSeconds(30));

      assertThat(stopped).as("place %d: %s", place, pool.stats()).isCompleted();
      assertThat(lease.isClosed()).isTrue();
    }
  }

  @Test
  void endOfThePatienceWithCleaners_isNotLost() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool =
          builder()
              .asyncCleaner((connection, arguments, reason) -> new CompletableFuture<>())
              .closeTimeout(Duration.ofHours(1))
              .build();
      lease(pool).close();
      CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(1));
      time.advance(Duration.ofSeconds(1));

      time.at(place, () -> time.advance(Duration.ofSeconds(5)));
      time.advance(Duration.ofSeconds(30));

      assertThat(stopped).as("place %d: %s", place, pool.stats()).isCompleted();
    }
  }

  @Test
  void connectionThatIsTakenFromItsUser_isClosedInAnyCase() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool =
          builder()
              .maxSize(1)
              .reclaimAfter(Duration.ofSeconds(10))
              .maxLife(Duration.ZERO)
              .maintenanceInterval(Duration.ofHours(1))
              .build();
      Object used = lease(pool).connection();

      time.at(place, () -> time.advance(Duration.ofSeconds(10)));
      time.advance(Duration.ofSeconds(30));

      assertThat(closed).as("place %d: %s", place, pool.stats()).containsExactly(used);
      assertThat(lease(pool).connection()).isNotSameAs(used);
    }
  }

  @Test
  void connectionOfALeaseThatIsRevoked_isClosedInAnyCase() {
    ConnectionPool<Object> pool = builder().maxSize(1).build();
    Object used = lease(pool).connection();
    String id = pool.leases().get(0).id();
    ConnectionParts<Object> parts = pool.parts();
    // It takes the connection from its user, and then fails to have it closed.
    LeaseControl<Object> control = new LeaseControl<>(parts.core, null, parts.matcher);

    assertThatThrownBy(() -> control.revokeLease(id)).isInstanceOf(NullPointerException.class);

    assertThat(closed).as("the user may still use it").containsExactly(used);
    assertThat(lease(pool).connection()).isNotSameAs(used);
  }

  @Test
  void futureOfAMaintenance_completes() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().healthCheckInterval(Duration.ofMinutes(2)).build();
      Lease<Object> one = lease(pool);
      lease(pool).close();
      one.close();
      time.advance(Duration.ofSeconds(119));
      List<CompletableFuture<Void>> maintained = new ArrayList<>();
      // Due now, while no timer is.
      pool.reconfigure(change -> change.maintenanceInterval(Duration.ofHours(1)));
      time.advance(Duration.ofMillis(999));

      time.at(
          place,
          () -> {
            time.advance(Duration.ofMillis(1));
            maintained.add(pool.maintain());
          });
      time.advance(Duration.ofMinutes(5));

      assertThat(maintained)
          .as("place %d: %s", place, pool.stats())
          .allMatch(CompletableFuture::isDone);
      assertLivesOn(pool, place);
    }
  }

  @Test
  void argumentsOfTheNextConnection_areNotLost() {
    Arguments arguments = Arguments.of("sales");
    for (int place = 0; place < PLACES; place++) {
      time = new ShortOfMemory();
      List<Arguments> asked = new ArrayList<>();
      ConnectionPool<Object> pool =
          ConnectionPool.<Object>builder(
                  given -> {
                    asked.add(given);
                    return new Object();
                  })
              .executor(Runnable::run)
              .minSize(1)
              .maxSize(1)
              .time(time)
              .build();
      get(pool.start(List.of(arguments)));
      Lease<Object> lease = get(pool.acquireAsync());

      time.at(place, lease::invalidate);
      time.advance(Duration.ofMinutes(1));
      lease.close();

      assertThat(pool.available()).as("place %d: %s", place, pool.stats()).isEqualTo(1);
      assertThat(asked).as("place %d", place).containsOnly(arguments);
    }
  }

  @Test
  void beginOfALife_isNotLost() {
    for (boolean implicit : new boolean[] {false, true}) {
      for (int place = 0; place < PLACES; place++) {
        ConnectionPool<Object> pool =
            builder()
                .minSize(1)
                .idleTimeout(Duration.ofSeconds(10))
                .maintenanceInterval(Duration.ofSeconds(5))
                .build();
        List<CompletableFuture<Lease<Object>>> callers = new ArrayList<>();

        time.at(place, implicit ? () -> callers.add(pool.acquireAsync()) : () -> pool.start());
        CompletableFuture<Void> start = pool.start();
        answerInTime();

        assertThat(start).as("place %d: %s", place, pool.stats()).isCompleted();
        assertThat(callers).as("place %d", place).allMatch(CompletableFuture::isDone);
        callers.forEach(caller -> caller.join().close());
        List.of(lease(pool), lease(pool)).forEach(Lease::close);
        time.advance(Duration.ofMinutes(1));
        assertThat(pool.size()).as("place %d: the maintenance runs", place).isEqualTo(1);
        assertLivesOn(pool, place);
      }
    }
  }

  @Test
  void creationThatIsOverdue_failsTheStart() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool =
          builder()
              .minSize(1)
              .onStartFailure(StartFailure.FAIL)
              .createTimeout(Duration.ofSeconds(5))
              .build();
      CompletableFuture<Void> start = pool.start();

      time.at(place, () -> time.advance(Duration.ofSeconds(5)));
      time.advance(Duration.ofSeconds(2));

      assertThat(start).as("place %d: %s", place, pool.stats()).isCompletedExceptionally();
    }
  }

  // ---- The first call of a kind hangs

  private boolean hangs;

  private <V> CompletableFuture<V> firstHangs(V answer) {
    boolean isFirst = hangs;
    hangs = false;
    return isFirst ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer);
  }

  private void assertGivesBackThePlaceOfWhatHangs(
      UnaryOperator<ConnectionPoolBuilder<Object>> options, Consumer<Lease<Object>> end) {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = options.apply(builder()).build();
      hangs = true;
      end.accept(lease(pool));
      assertThat(hangs).isFalse();

      time.at(place, () -> time.advance(Duration.ofSeconds(5)));
      time.advance(Duration.ofSeconds(2));

      assertLivesOn(pool, place);
    }
  }

  @Test
  void hookThatIsOverdue_givesBackItsPlace() {
    assertGivesBackThePlaceOfWhatHangs(
        builder ->
            builder
                .hookTimeout(Duration.ofSeconds(5))
                .asyncOnReturn(connection -> firstHangs(true)),
        Lease::close);
  }

  @Test
  void checkThatIsOverdue_givesBackItsPlace() {
    assertGivesBackThePlaceOfWhatHangs(
        builder ->
            builder
                .checkOnReturn(true)
                .healthCheckTimeout(Duration.ofSeconds(5))
                .asyncHealthChecker(connection -> firstHangs(true)),
        Lease::close);
  }

  @Test
  void closingThatIsOverdue_givesBackItsPlace() {
    assertGivesBackThePlaceOfWhatHangs(
        builder ->
            builder
                .closeTimeout(Duration.ofSeconds(5))
                .asyncCleaner((connection, arguments, reason) -> firstHangs(true)),
        Lease::invalidate);
  }

  @Test
  void changeToFewerConnections_closesThoseThatAreTooMany() {
    for (int place = 0; place < PLACES; place++) {
      ConnectionPool<Object> pool = builder().maxSize(4).build();
      List<Lease<Object>> leases = List.of(lease(pool), lease(pool), lease(pool), lease(pool));
      leases.forEach(Lease::close);

      time.at(
          place,
          () ->
              pool.reconfigure(change -> change.maxSize(2).leakThreshold(Duration.ofSeconds(10))));
      time.advance(Duration.ofSeconds(2));

      assertThat(pool.size()).as("place %d", place).isEqualTo(pool.stats().maxSize());
      pool.reconfigure(change -> change.maxSize(2).leakThreshold(Duration.ofSeconds(10)));
      assertLivesOn(pool, place);
    }
  }

  @Test
  void callerWhoseThreadCannotWait_leavesTheLine() {
    ManualTime faulty =
        new ManualTime() {
          @Override
          public void park(Object blocker, long parkNanos) {
            throw new IllegalStateException("as planned");
          }
        };
    ConnectionPool<Object> pool = builder().maxSize(1).time(faulty).build();
    Lease<Object> lease = lease(pool);

    assertThatThrownBy(() -> pool.acquire()).isInstanceOf(IllegalStateException.class);
    lease.close();

    assertThat(pool.stats().waiting()).isZero();
    assertThat(pool.available()).isEqualTo(1);
  }
}
