package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pools.StateTable;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.LogOf;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Walks the table of {@link OverdueCalls}, and shows what its states are for. */
class OverdueCallsTest {

  private static final int BOUND = OverdueCalls.LEAST_BOUND;
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofHours(1);

  /** Time that sets no timers, and has no threads, while the test says so. */
  private static final class FullTime extends ManualTime {

    private boolean hasNoTimers;
    private boolean hasNoThreads;

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      if (hasNoTimers) {
        throw new OutOfMemoryError("no timer");
      }
      return super.schedule(delayNanos, action);
    }

    @Override
    public void runOnHelperThread(Runnable action) {
      if (hasNoThreads) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      super.runOnHelperThread(action);
    }
  }

  private final FullTime time = new FullTime();
  private final Deque<Runnable> queued = new ArrayDeque<>();
  private boolean queues;
  private final ConnectionThreads threads =
      ConnectionThreads.of("hangs", time, new AfterUnlock("hangs", time), this::execute);
  private OverdueCalls calls = newCalls();

  private OverdueCalls newCalls() {
    return new OverdueCalls("hangs", time, "onReturn", "hookTimeout");
  }

  private void execute(Runnable command) {
    if (queues) {
      queued.add(command);
    } else {
      command.run();
    }
  }

  /** A call that returns when the test says so, and that nothing can cancel. */
  private static final class Call implements OverdueCalls.Listener<String> {

    final CompletableFuture<String> answer = new CompletableFuture<>();
    boolean isWanted = true;
    boolean isCalled;
    final List<String> told = new ArrayList<>();

    @Override
    public void refused(NotCalledException why) {
      told.add(why.getMessage());
    }

    @Override
    public void overdue() {
      told.add("overdue");
    }

    @Override
    public void ended(@Nullable String value, @Nullable Throwable failure) {
      told.add("ended");
    }
  }

  private Call start(Duration limit) {
    return start(calls, limit, /* maxSize= */ 1);
  }

  private Call start(OverdueCalls of, Duration limit, int maxSize) {
    Call call = new Call();
    of.start(
        threads,
        limit,
        maxSize,
        () -> call.isWanted,
        () -> {
          call.isCalled = true;
          return call.answer.minimalCompletionStage();
        },
        call);
    return call;
  }

  private List<Call> hang(int number) {
    List<Call> hanging = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      hanging.add(start(LIMIT));
    }
    time.advance(LIMIT);
    return hanging;
  }

  /** A call that waits in the queue of the executor. */
  private Call enqueue(Duration limit) {
    queues = true;
    Call call = start(limit);
    queues = false;
    return call;
  }

  // ---- The table

  /** What has led to a state, for the methods that lead from there. */
  private final class Scene {

    final Call older = start(LONG);
    List<Call> overdue = List.of();
    @Nullable Call trial;

    Scene(String state) {
      if (!state.equals("FREE")) {
        overdue = hang(BOUND);
      }
      if (state.equals("TRIAL")) {
        time.advance(FIRST_PAUSE);
        trial = enqueue(LIMIT);
      }
      assertThat(calls.state()).hasToString(state);
    }

    /** The trial if there is one, or another call. */
    private Call latest() {
      Call running = trial == null ? older : trial;
      queued.forEach(Runnable::run);
      return running;
    }

    void happens(String method) {
      switch (method) {
        case "shut" -> {
          latest();
          if (overdue.isEmpty()) {
            hang(BOUND);
          } else {
            time.advance(LIMIT);
          }
        }
        case "tryOne" -> {
          latest();
          if (trial != null) {
            time.hasNoTimers = true;
          }
          time.advance(trial == null ? FIRST_PAUSE : Duration.ofMillis(999));
          Call next = start(LIMIT);
          assertThat(next.isCalled).isEqualTo(trial == null);
        }
        case "giveUp" -> {
          Call unwanted = trial == null ? enqueue(LIMIT) : trial;
          unwanted.isWanted = false;
          queued.forEach(Runnable::run);
          assertThat(unwanted.isCalled).isFalse();
        }
        case "works" -> latest().answer.complete("in time");
        case "open" -> {
          latest();
          overdue.forEach(call -> call.answer.complete("late"));
        }
        default -> throw new AssertionError(method);
      }
    }
  }

  /** A pair of state and method without a row changes nothing. */
  @Test
  void eachMethodLeadsFromEachStateWhereTheTableSays() throws Exception {
    StateTable table = StateTable.of(OverdueCalls.State.class);
    assertThat(table.methods())
        .containsExactlyInAnyOrder("shut", "tryOne", "giveUp", "works", "open");
    for (String from : Arrays.stream(OverdueCalls.State.values()).map(Enum::name).toList()) {
      for (String method : table.methods()) {
        calls = newCalls();
        queued.clear();
        Scene scene = new Scene(from);

        scene.happens(method);

        String to = table.after(from, method);
        assertThat(calls.state())
            .as("%s from %s", method, from)
            .hasToString(to == null ? from : to);
        time.hasNoTimers = false;
      }
    }
  }

  // ---- The bound

  @Test
  void callsThatNeverReturn_addOneThreadInEachPause() {
    List<Call> called = new ArrayList<>();
    for (int second = 0; second < 3600; second++) {
      for (int i = 0; i < 3; i++) {
        Call call = start(LIMIT);
        if (call.isCalled) {
          called.add(call);
        }
      }
      time.advance(Duration.ofSeconds(1));
    }

    // The bound, those that ran when it was reached, five short pauses, one for each minute.
    assertThat(called).hasSizeBetween(BOUND + 50, BOUND + 2 + 5 + 60);
    assertThat(calls.count()).isEqualTo(called.size());

    called.forEach(call -> call.answer.complete("late"));
    assertThat(calls.count()).isZero();
    assertThat(start(LIMIT).isCalled).isTrue();
  }

  @Test
  void callThatDoesNotStart_isToldWhyAtOnce() {
    hang(BOUND);

    Call refused = start(LIMIT);

    assertThat(refused.isCalled).isFalse();
    assertThat(refused.told)
        .containsExactly(
            "Pool 'hangs': onReturn was not called, because 10 earlier calls of it have not returned within 1 s (hookTimeout), and at most 10 may hang (maxSize, but at least 10). Give the calls that it makes timeouts");
  }

  @Test
  void boundIsMaxSize_andFollowsIt() {
    hang(BOUND);
    assertThat(start(calls, LIMIT, BOUND + 1).isCalled).as("the pool is larger now").isTrue();

    time.advance(LIMIT);

    assertThat(calls.count()).isEqualTo(BOUND + 1);
    assertThat(start(calls, LIMIT, BOUND + 1).isCalled).isFalse();
  }

  @Test
  void callsOfOneKind_doNotKeepThoseOfAnotherFromStarting() {
    hang(BOUND);

    assertThat(start(newCalls(), LIMIT, 1).isCalled).isTrue();
  }

  @Test
  void callIsCountedOnce_howeverOftenItIsTold() {
    Call call = start(LIMIT);
    time.advance(LIMIT);
    time.advance(Duration.ofMinutes(1));
    assertThat(calls.count()).isEqualTo(1);

    call.answer.complete("late");
    call.answer.complete("late");

    assertThat(calls.count()).isZero();
    assertThat(call.told).containsExactly("overdue", "ended");
  }

  // ---- Trials

  @Test
  void trialThatReturnsInTime_letsCallsStart_untilOneIsOverdueAgain() {
    hang(BOUND);
    time.advance(FIRST_PAUSE);
    start(LIMIT).answer.complete("in time");

    assertThat(start(LIMIT).isCalled).isTrue();
    assertThat(start(LIMIT).isCalled).as("several at a time").isTrue();
    time.advance(LIMIT);

    assertThat(calls.count()).as("nothing is forgotten").isEqualTo(BOUND + 2);
    time.advance(FIRST_PAUSE.multipliedBy(2).minusMillis(1));
    assertThat(start(LIMIT).isCalled).as("the pause grows").isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(start(LIMIT).isCalled).isTrue();
  }

  @Test
  void trialThatFailsInTime_showsThatCallsReturn() {
    hang(BOUND);
    time.advance(FIRST_PAUSE);

    start(LIMIT).answer.completeExceptionally(new IllegalStateException("cannot be reset"));

    assertThat(calls.state()).isEqualTo(OverdueCalls.State.FREE);
  }

  @Test
  void pausesBeginAnew_afterALongTimeInWhichCallsReturned() {
    hang(BOUND);
    time.advance(FIRST_PAUSE);
    start(LIMIT).answer.complete("in time");
    time.advance(Duration.ofNanos(OverdueCalls.LONGEST_PAUSE_NANOS));

    hang(1);

    time.advance(FIRST_PAUSE);
    assertThat(start(LIMIT).isCalled).isTrue();
  }

  @Test
  void pauseIsAMinuteAtMost_howeverLongTheLimitIs() {
    Duration limit = Duration.ofMinutes(5);
    for (int i = 0; i < BOUND; i++) {
      start(limit);
    }
    time.advance(limit);

    time.advance(Duration.ofMinutes(1).minusMillis(1));
    assertThat(start(limit).isCalled).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(start(limit).isCalled).isTrue();
  }

  @Test
  void trialWithoutAFiniteLimit_isOneTrial() {
    hang(BOUND);
    time.advance(FIRST_PAUSE);

    Call trial = start(Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(trial.isCalled).isTrue();
    assertThat(start(LIMIT).isCalled).isFalse();
    trial.answer.complete("in time");
    assertThat(start(LIMIT).isCalled).isTrue();
  }

  @Test
  void trialOfWhichNothingIsHeard_isReplaced() {
    hang(BOUND);
    time.advance(FIRST_PAUSE);
    time.hasNoTimers = true;
    Call lost = start(LIMIT);
    time.hasNoTimers = false;
    assertThat(lost.isCalled).isTrue();

    time.advance(LIMIT.plus(FIRST_PAUSE.multipliedBy(2)).minusMillis(1));
    assertThat(start(LIMIT).isCalled).isFalse();
    time.advance(Duration.ofMillis(1));
    Call next = start(LIMIT);

    assertThat(next.isCalled).isTrue();
    lost.answer.complete("late");
    assertThat(calls.state())
        .as("it is not the trial any more")
        .isEqualTo(OverdueCalls.State.TRIAL);
    next.answer.complete("in time");
    assertThat(calls.state()).isEqualTo(OverdueCalls.State.FREE);
  }

  @Test
  void trialThatFindsNoThread_leavesTheTrialToTheNextCall() {
    ConnectionThreads own =
        ConnectionThreads.of("hangs", time, new AfterUnlock("hangs", time), null);
    hang(BOUND);
    time.advance(FIRST_PAUSE);
    Call call = new Call();
    time.hasNoThreads = true;

    assertThatThrownBy(
            () -> calls.start(own, LIMIT, 1, () -> true, call.answer::minimalCompletionStage, call))
        .isInstanceOf(OutOfMemoryError.class);

    time.hasNoThreads = false;
    assertThat(call.told).isEmpty();
    assertThat(start(LIMIT).isCalled).isTrue();
  }

  @Test
  void boundIsAWarningOnceInAMinute_andTheRecoveryIsNews() {
    try (LogOf log = new LogOf(OverdueCalls.class)) {
      List<Call> hanging = hang(BOUND);
      for (int i = 0; i < 5; i++) {
        hanging.remove(0).answer.complete("late");
        hanging.addAll(hang(1));
      }
      assertThat(
              log.at(Level.WARN, "10 calls of onReturn have not returned within 1 s (hookTimeout)"))
          .hasSize(1);

      time.advance(FIRST_PAUSE);
      start(LIMIT).answer.complete("in time");

      assertThat(log.at(Level.INFO, "a call of onReturn has returned in time again")).hasSize(1);
    }
  }
}
