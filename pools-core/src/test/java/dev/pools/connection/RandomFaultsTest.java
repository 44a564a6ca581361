package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

  /** A caller in line, and what it asks for. */
  private record Caller(CompletableFuture<Lease<FakeConnection>> future, Arguments arguments) {}

  /** A call of the factory that has not answered; its server may have made the connection. */
  private record Creation(
      CompletableFuture<FakeConnection> answer,
      Arguments arguments,
      @Nullable FakeConnection made) {}

  /** A check whose answer is on its way. */
  private record Check(CompletableFuture<Boolean> answer, boolean isFit) {}

  private final List<Caller> inLine = new ArrayList<>();
  private final List<Lease<FakeConnection>> leases = new ArrayList<>();
  private final List<Lease<FakeConnection>> ended = new ArrayList<>();
  private final Deque<Creation> hanging = new ArrayDeque<>();
  private final Deque<Check> hangingChecks = new ArrayDeque<>();
  private final Deque<CompletableFuture<FakeConnection>> hangingHooks = new ArrayDeque<>();

  /** Those that no check has proven since the clocks jumped, or a user had doubts. */
  private final Set<FakeConnection> unproven = identitySet();

  /** Those that a user has found broken after the end of a lease. */
  private final Set<FakeConnection> broken = identitySet();

  /** Those that were released, and not reset since. */
  private final Set<FakeConnection> dirty = identitySet();

  /** Those that were prepared, and neither leased nor reset since. */
  private final Set<FakeConnection> prepared = identitySet();

  private final StringBuilder story = new StringBuilder();
  private SplittableRandom random = new SplittableRandom();
  private ConnectionPool<FakeConnection> pool = sized(0, 1);
  private boolean checks;
  private boolean prepares;
  private boolean resets;
  private boolean apart;
  private boolean isFair = true;
  private boolean serverAnswers;

  /** How many places may be taken, which is more than may be while a smaller pool shrinks. */
  private int mostPlaces;

  @RepeatedTest(200)
  @Timeout(60)
  void randomFaultsLeaveTheCountsRight() {
    long seed = Long.getLong("pools.faults.seed", System.nanoTime());
    random = new SplittableRandom(seed);
    checks = random.nextBoolean();
    prepares = random.nextBoolean();
    resets = random.nextInt(3) == 0;
    apart = random.nextInt(3) == 0;
    pool = build(randomBuilder());
    try {
      for (int step = 0; step < STEPS; step++) {
        step();
        assertAllIsWell();
      }
      serverAnswers = true;
      // Also the hooks: a connection that is being created must pass onAcquire, too, and keeps its
      // place in a pool that has been made smaller until then.
      while (isAnyCallUnderWay()) {
        held.letGo();
        answer();
        answerHook();
        answerCheck();
      }
      assertAllIsWell();
      everyPoolEndsWithItsBooksInOrder();
    } catch (Throwable fault) {
      throw new AssertionError(
          "Repeat it with -Dpools.faults.seed=" + seed + ". What happened: " + story, fault);
    }
  }

  private static Set<FakeConnection> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private boolean isAnyCallUnderWay() {
    return !hanging.isEmpty()
        || !hangingHooks.isEmpty()
        || !hangingChecks.isEmpty()
        || held.waiting() > 0;
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
          .asyncHealthChecker(this::check)
          .checkOnCreate(random.nextInt(4) == 0)
          .checkOnReturn(random.nextInt(4) == 0)
          .idleBypass(Duration.ofMillis(random.nextInt(1000)));
    }
    if (prepares) {
      builder.asyncOnAcquire(this::prepare);
    }
    if (resets) {
      builder.asyncOnReturn(this::reset);
    }
    if (random.nextInt(3) == 0) {
      builder.asyncOnCreate(this::hook);
    }
    if (apart) {
      builder.argumentMatching(ArgumentMatching.SAME);
    }
    return builder;
  }

  // ---- What the pool calls; each looks at the pool, which hangs if its lock is held

  private CompletionStage<FakeConnection> open(Arguments arguments) throws Exception {
    pool.stats();
    return switch (serverAnswers ? 9 : random.nextInt(10)) {
      case 0 -> throw new IOException("refused");
      case 1 -> hang(arguments, null);
      case 2 -> hang(arguments, server.open(arguments));
      default -> CompletableFuture.completedFuture(server.open(arguments));
    };
  }

  private CompletionStage<FakeConnection> hang(Arguments arguments, @Nullable FakeConnection made) {
    Creation creation = new Creation(new CompletableFuture<>(), arguments, made);
    hanging.add(creation);
    return creation.answer();
  }

  private CompletionStage<Boolean> check(FakeConnection connection) throws Exception {
    pool.stats();
    unproven.remove(connection);
    boolean isFit = server.check(connection) && (serverAnswers || random.nextInt(10) > 0);
    return switch (serverAnswers ? 9 : random.nextInt(30)) {
      case 0, 1 -> throw new IOException("reset");
      case 2 -> {
        Check check = new Check(new CompletableFuture<>(), isFit);
        hangingChecks.add(check);
        yield check.answer();
      }
      default -> CompletableFuture.completedFuture(isFit);
    };
  }

  private CompletionStage<?> prepare(FakeConnection connection) throws Exception {
    prepared.add(connection);
    return hook(connection);
  }

  private CompletionStage<?> reset(FakeConnection connection) throws Exception {
    dirty.remove(connection);
    prepared.remove(connection);
    return hook(connection);
  }

  private CompletionStage<?> hook(FakeConnection connection) throws Exception {
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
    int dice = random.nextInt(112);
    if (dice < 25) {
      told("acquire");
      Duration patience = Duration.ofMillis(random.nextInt(4) == 0 ? 0 : random.nextInt(20_000));
      Arguments arguments = arguments();
      inLine.add(new Caller(pool.acquireAsync(arguments, patience), arguments));
    } else if (dice < 30) {
      told("tryAcquire");
      if (pool.stats().state() != ConnectionPoolStats.State.STOPPED
          && pool.stats().state() != ConnectionPoolStats.State.STOPPING) {
        Arguments arguments = arguments();
        pool.tryAcquire(arguments).ifPresent(lease -> take(lease, arguments));
      }
    } else if (dice < 35) {
      told("cancel");
      if (!inLine.isEmpty()) {
        inLine.get(random.nextInt(inLine.size())).future().cancel(false);
      }
    } else if (dice < 55) {
      told("close");
      end(Lease::close);
    } else if (dice < 58) {
      told("invalidate");
      end(Lease::invalidate);
    } else if (dice < 61) {
      told("close again");
      if (!ended.isEmpty()) {
        ended.get(random.nextInt(ended.size())).close();
      }
    } else if (dice < 71) {
      told("time");
      time.advance(Duration.ofMillis(random.nextInt(3) == 0 ? 7_000 : random.nextInt(400)));
    } else if (dice < 74) {
      if (allIsDelivered()) {
        told("jump");
        time.jumpWall(Duration.ofHours(1));
        unproven.addAll(server.made);
      }
    } else if (dice < 78) {
      told("hold");
      held.hold();
    } else if (dice < 87) {
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
      told("answer a hook");
      answerHook();
    } else if (dice < 97) {
      told("answer a check");
      answerCheck();
    } else if (dice < 99) {
      told("maintain");
      pool.maintain();
    } else if (dice < 101) {
      int max = random.nextInt(1, 5);
      told("resize " + max);
      mostPlaces = Math.max(max, places(pool.stats()));
      pool.resize(random.nextInt(max + 1), max);
    } else if (dice < 103) {
      told("change options");
      pool.reconfigure(this::change);
    } else if (dice < 104) {
      told("evict");
      pool.softEvict();
    } else if (dice < 106) {
      told("fail");
      end(this::fail);
    } else if (dice < 108) {
      told("doubt");
      if (!leases.isEmpty()) {
        Lease<FakeConnection> lease = leases.get(random.nextInt(leases.size()));
        unproven.add(lease.connection());
        lease.doubt();
      }
    } else if (dice < 109) {
      if (!ended.isEmpty() && allIsDelivered()) {
        told("fail after the end");
        Lease<FakeConnection> lease = ended.get(random.nextInt(ended.size()));
        broken.add(lease.leased());
        lease.fail(new IOException("reset by peer"));
      }
    } else if (dice < 110) {
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

  /** Whether no lease was granted that its owner has not got yet, and that began before a fault. */
  private boolean allIsDelivered() {
    return held.waiting() == 0;
  }

  private Arguments arguments() {
    return apart ? Arguments.named("tenant", random.nextInt(2)) : Arguments.none();
  }

  private void change(ConnectionPoolChange change) {
    switch (random.nextInt(8)) {
      case 0 -> change.idleBypass(Duration.ofMillis(random.nextInt(1000)));
      case 1 -> change.checkOnReturn(random.nextBoolean());
      case 2 -> change.checkOnCreate(random.nextBoolean());
      case 3 -> change.maxLife(Duration.ofSeconds(random.nextInt(20, 100)));
      case 4 -> change.maxConcurrentCreates(random.nextInt(1, 4));
      case 5 -> change.healthCheckInterval(Duration.ofSeconds(random.nextInt(1, 60)));
      case 6 -> change.hookTimeout(Duration.ofSeconds(random.nextInt(1, 10)));
      default -> {
        if (!apart) {
          isFair = false;
          change.fairness(Fairness.THROUGHPUT);
        }
      }
    }
  }

  private void told(String what) {
    story.append(what).append(", ");
  }

  private void answer() {
    Creation call = hanging.poll();
    if (call != null) {
      try {
        FakeConnection made = call.made();
        FakeConnection late = made == null ? server.open(call.arguments()) : made;
        if (!call.answer().complete(late)) {
          // The pool has cancelled the call, so the connection belongs to the factory.
          server.close(late, call.arguments());
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

  private void answerCheck() {
    Check check = hangingChecks.poll();
    if (check != null) {
      check.answer().complete(check.isFit());
    }
  }

  private void end(Consumer<Lease<FakeConnection>> how) {
    if (leases.isEmpty()) {
      return;
    }
    Lease<FakeConnection> lease = leases.remove(random.nextInt(leases.size()));
    ended.add(lease);
    dirty.add(lease.connection());
    how.accept(lease);
    assertThat(lease.isClosed()).isTrue();
  }

  private void fail(Lease<FakeConnection> lease) {
    unproven.add(lease.connection());
    lease.fail(new IllegalStateException("may be the user's own fault"));
  }

  private void take(Lease<FakeConnection> lease, Arguments arguments) {
    if (lease.isClosed()) {
      // It was taken back before its owner came to look at it.
      return;
    }
    FakeConnection connection = lease.connection();
    if (checks) {
      assertThat(unproven.contains(connection)).as("6, 7: leased unproven").isFalse();
    }
    assertThat(broken.contains(connection)).as("7: leased though it is broken").isFalse();
    if (prepares) {
      assertThat(prepared.remove(connection)).as("12: prepared for each lease").isTrue();
    }
    if (resets) {
      assertThat(dirty.contains(connection)).as("12: not reset").isFalse();
    }
    if (apart) {
      assertThat(connection.madeWith).as("11: of its tenant").isEqualTo(arguments);
    }
    leases.add(lease);
  }

  // ---- What must hold

  private void assertAllIsWell() {
    servedInTheirOrder();
    leases.removeIf(Lease::isClosed);
    Set<FakeConnection> owned = identitySet();
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
      assertThat(stats.waiting()).as("3: no caller is forgotten").isEqualTo(inLine.size());
      if (!apart && stats.state() == ConnectionPoolStats.State.RUNNING && stats.waiting() > 0) {
        assertThat(canBeServed(stats) || canGrow(stats))
            .as("3: no caller waits in vain: %s", stats)
            .isFalse();
      }
    }
  }

  private static boolean canBeServed(ConnectionPoolStats stats) {
    // Each caller in line has at most one connection checked or prepared for it at a time.
    return stats.idle() > 0 && stats.creating() == 0 && stats.checking() < stats.waiting();
  }

  private boolean canGrow(ConnectionPoolStats stats) {
    return places(stats) < stats.maxSize()
        && stats.creating() + stats.checking() + stats.inUse() == 0
        && stats.consecutiveCreateFailures() == 0
        && pool.parts().core.creation.pauseNanos(time.nanoTime()) == 0;
  }

  private static int places(ConnectionPoolStats stats) {
    return stats.size() + stats.creating() + stats.closing();
  }

  private void servedInTheirOrder() {
    Set<Arguments> earlierWait = new HashSet<>();
    for (Iterator<Caller> all = inLine.iterator(); all.hasNext(); ) {
      Caller caller = all.next();
      if (!caller.future().isDone()) {
        earlierWait.add(caller.arguments());
      } else {
        all.remove();
        if (!caller.future().isCompletedExceptionally()) {
          assertThat(isFair && held.waiting() == 0 && earlierWait.contains(caller.arguments()))
              .as("3: first come, first served")
              .isFalse();
          take(caller.future().join(), caller.arguments());
        }
      }
    }
  }
}
