package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Users, an operator, a faulty server, a clock that jumps and an executor that takes its time, all
 * drawn at random, one step after another; after each step all that must always hold is looked at.
 */
@Tag("heavy")
class RandomFaultsTest extends ConnectionTestBase {

  private static final int STEPS = 400;

  private final List<CompletableFuture<Lease<FakeConnection>>> inLine = new ArrayList<>();
  private final List<Lease<FakeConnection>> leases = new ArrayList<>();
  private final List<Lease<FakeConnection>> ended = new ArrayList<>();
  private final Deque<CompletableFuture<FakeConnection>> hanging = new ArrayDeque<>();
  private final Deque<CompletableFuture<FakeConnection>> hangingHooks = new ArrayDeque<>();
  private final Set<FakeConnection> unproven = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder story = new StringBuilder();
  private SplittableRandom random = new SplittableRandom();
  private ConnectionPool<FakeConnection> pool = sized(0, 1);
  private boolean checks;
  private boolean prepares;
  private boolean serverAnswers;

  /** How many places may be taken, which is more than may be while a smaller pool shrinks. */
  private int mostPlaces;

  @RepeatedTest(200)
  @Timeout(60)
  void randomFaultsLeaveTheCountsRight() {
    long seed = Long.getLong("pools.faults.seed", System.nanoTime());
    random = new SplittableRandom(seed);
    checks = random.nextBoolean();
    pool = build(randomBuilder());
    try {
      for (int step = 0; step < STEPS; step++) {
        step();
        assertAllIsWell();
      }
      serverAnswers = true;
      // Also the hooks: a connection that is being created must pass onAcquire, too, and keeps its
      // place in a pool that has been made smaller until then.
      while (!hanging.isEmpty() || !hangingHooks.isEmpty() || held.waiting() > 0) {
        held.letGo();
        answer();
        answerHook();
      }
      assertAllIsWell();
      everyPoolEndsWithItsBooksInOrder();
    } catch (Throwable fault) {
      throw new AssertionError(
          "Repeat it with -Dpools.faults.seed=" + seed + ". What happened: " + story, fault);
    }
  }

  private ConnectionPoolBuilder<FakeConnection> randomBuilder() {
    mostPlaces = random.nextInt(1, 5);
    ConnectionPoolBuilder<FakeConnection> builder =
        ConnectionPool.asyncBuilder(this::open)
            .cleaner(this::close)
            .executor(held)
            .time(time)
            .minSize(random.nextInt(mostPlaces + 1))
            .maxSize(mostPlaces)
            .maxConcurrentCreates(random.nextInt(1, 4))
            .createTimeout(Duration.ofSeconds(5))
            .maxLife(Duration.ofSeconds(random.nextInt(20, 100)))
            .idleTimeout(Duration.ofSeconds(random.nextInt(10, 50)))
            .maxUses(random.nextInt(3) * 7)
            .maintenanceInterval(Duration.ofSeconds(5))
            .reclaimAfter(Duration.ofSeconds(random.nextBoolean() ? 40 : 0))
            .onStartFailure(StartFailure.START_EMPTY);
    if (checks) {
      builder
          .healthChecker(this::check)
          .checkOnReturn(random.nextInt(4) == 0)
          .idleBypass(Duration.ofMillis(random.nextInt(1000)));
    }
    prepares = random.nextBoolean();
    if (prepares) {
      builder.asyncOnAcquire(this::prepare);
    }
    return builder;
  }

  // ---- What the pool calls; each looks at the pool, which hangs if its lock is held

  private CompletionStage<FakeConnection> open(Arguments arguments) throws Exception {
    pool.stats();
    return switch (serverAnswers ? 9 : random.nextInt(10)) {
      case 0 -> throw new IOException("refused");
      case 1, 2 -> {
        CompletableFuture<FakeConnection> call = new CompletableFuture<>();
        hanging.add(call);
        yield call;
      }
      default -> CompletableFuture.completedFuture(server.open(arguments));
    };
  }

  private boolean check(FakeConnection connection) throws Exception {
    pool.stats();
    unproven.remove(connection);
    boolean fit = server.check(connection);
    if (random.nextInt(15) == 0) {
      throw new IOException("reset");
    }
    return fit && random.nextInt(10) > 0;
  }

  private CompletionStage<?> prepare(FakeConnection connection) throws Exception {
    pool.stats();
    return switch (serverAnswers ? 9 : random.nextInt(20)) {
      case 0 -> throw new IOException("cannot be adapted");
      case 1 -> {
        CompletableFuture<FakeConnection> call = new CompletableFuture<>();
        hangingHooks.add(call);
        yield call;
      }
      default -> CompletableFuture.completedFuture(connection);
    };
  }

  private void close(FakeConnection connection, Arguments arguments) throws Exception {
    pool.stats();
    server.close(connection, arguments);
    if (random.nextInt(5) == 0) {
      throw new IOException("broken pipe");
    }
  }

  // ---- What happens

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 25) {
      told("acquire");
      Duration patience = Duration.ofMillis(random.nextInt(4) == 0 ? 0 : random.nextInt(20_000));
      inLine.add(pool.acquireAsync(patience));
    } else if (dice < 30) {
      told("tryAcquire");
      if (pool.stats().state() != ConnectionPoolStats.State.STOPPED
          && pool.stats().state() != ConnectionPoolStats.State.STOPPING) {
        pool.tryAcquire().ifPresent(this::take);
      }
    } else if (dice < 35) {
      told("cancel");
      if (!inLine.isEmpty()) {
        inLine.get(random.nextInt(inLine.size())).cancel(false);
      }
    } else if (dice < 55) {
      told("close");
      end(false);
    } else if (dice < 58) {
      told("invalidate");
      end(true);
    } else if (dice < 61) {
      told("close again");
      if (!ended.isEmpty()) {
        ended.get(random.nextInt(ended.size())).close();
      }
    } else if (dice < 71) {
      told("time");
      time.advance(Duration.ofMillis(random.nextInt(3) == 0 ? 7_000 : random.nextInt(400)));
    } else if (dice < 72) {
      // Else a lease that was granted before, and not delivered yet, would seem to be a fault.
      if (held.waiting() == 0) {
        told("jump");
        time.jumpWall(Duration.ofHours(1));
        unproven.addAll(server.made);
      }
    } else if (dice < 76) {
      told("hold");
      held.hold();
    } else if (dice < 86) {
      told("run");
      if (held.waiting() > 0) {
        held.runOne();
      }
    } else if (dice < 90) {
      told("let go");
      held.letGo();
    } else if (dice < 93) {
      told("answer");
      answer();
    } else if (dice < 95) {
      told("maintain");
      pool.maintain();
    } else if (dice < 97) {
      int max = random.nextInt(1, 5);
      told("resize " + max);
      mostPlaces = Math.max(max, places(pool.stats()));
      pool.resize(random.nextInt(max + 1), max);
    } else if (dice < 98) {
      told("evict");
      pool.softEvict();
    } else if (dice < 99) {
      told("suspend or resume");
      switch (pool.stats().state()) {
        case CREATED, RUNNING -> pool.suspend();
        case SUSPENDED, STOPPING, STOPPED -> pool.resume();
      }
    } else {
      told("stop or start");
      switch (pool.stats().state()) {
        case RUNNING -> pool.stop(Duration.ofSeconds(random.nextInt(3)));
        case CREATED, SUSPENDED, STOPPING, STOPPED -> pool.start();
      }
    }
  }

  private void told(String what) {
    story.append(what).append(", ");
  }

  private void answer() {
    CompletableFuture<FakeConnection> call = hanging.poll();
    if (call != null) {
      try {
        FakeConnection late = server.open(Arguments.none());
        if (!call.complete(late)) {
          // The pool has cancelled the call, so the connection belongs to the factory.
          server.close(late, Arguments.none());
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private void answerHook() {
    CompletableFuture<FakeConnection> call = hangingHooks.poll();
    if (call != null) {
      call.complete(null);
    }
  }

  private void end(boolean invalid) {
    if (leases.isEmpty()) {
      return;
    }
    Lease<FakeConnection> lease = leases.remove(random.nextInt(leases.size()));
    ended.add(lease);
    if (invalid) {
      lease.invalidate();
    } else {
      lease.close();
    }
    assertThat(lease.isClosed()).isTrue();
  }

  private void take(Lease<FakeConnection> lease) {
    if (lease.isClosed()) {
      // It was taken back before its owner came to look at it.
      return;
    }
    FakeConnection connection = lease.connection();
    if (checks) {
      assertThat(unproven.contains(connection)).as("6: leased though the clocks jumped").isFalse();
    }
    leases.add(lease);
  }

  // ---- What must hold

  private void assertAllIsWell() {
    servedInTheirOrder();
    leases.removeIf(Lease::isClosed);
    Set<FakeConnection> owned = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Lease<FakeConnection> lease : leases) {
      assertThat(owned.add(lease.connection())).as("1: one owner for each").isTrue();
      assertThat(lease.connection().closings).as("2: not closed in use").hasValue(0);
    }
    ConnectionPoolStats stats = pool.stats();
    assertThat(stats.size()).isEqualTo(stats.idle() + stats.inUse() + stats.checking());
    mostPlaces = Math.max(stats.maxSize(), Math.min(mostPlaces, places(stats)));
    assertThat(places(stats)).as("1: %s", stats).isLessThanOrEqualTo(mostPlaces);
    for (FakeConnection connection : server.made) {
      assertThat(connection.closings.get()).as("2: closed once").isLessThanOrEqualTo(1);
    }
    long retired = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    assertThat(stats.created() - retired).as("2: %s", stats).isEqualTo(stats.size());
    if (held.waiting() == 0) {
      assertThat(stats.inUse()).as("3: none is lost: %s", stats).isEqualTo(leases.size());
      assertThat(stats.waiting()).as("3: nobody is forgotten").isEqualTo(inLine.size());
      // Each caller in line has at most one connection prepared for it at a time.
      boolean isPreparedFor = prepares && stats.checking() >= stats.waiting();
      boolean canBeServed = stats.idle() > 0 && stats.creating() == 0 && !isPreparedFor;
      boolean canGrow =
          places(stats) < stats.maxSize()
              && stats.creating() + stats.checking() + stats.inUse() == 0
              && stats.consecutiveCreateFailures() == 0;
      if (stats.state() == ConnectionPoolStats.State.RUNNING && stats.waiting() > 0) {
        assertThat(canBeServed || canGrow).as("3: nobody waits in vain: %s", stats).isFalse();
      }
    }
  }

  private static int places(ConnectionPoolStats stats) {
    return stats.size() + stats.creating() + stats.closing();
  }

  private void servedInTheirOrder() {
    boolean earlierWaits = false;
    for (Iterator<CompletableFuture<Lease<FakeConnection>>> all = inLine.iterator();
        all.hasNext(); ) {
      CompletableFuture<Lease<FakeConnection>> waiter = all.next();
      if (!waiter.isDone()) {
        earlierWaits = true;
      } else {
        all.remove();
        if (!waiter.isCompletedExceptionally()) {
          assertThat(earlierWaits && held.waiting() == 0)
              .as("3: first come, first served")
              .isFalse();
          take(waiter.join());
        }
      }
    }
  }
}
