package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call of user code with a time limit. */
class TimedCallTest {

  private final ManualTime time = new ManualTime();
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Throws the first time, as the pool does that finds no memory or no stack. */
  private final class Full implements TimedCall.Listener<String> {

    private final Error full;
    private int calls;

    Full(Error full) {
      this.full = full;
    }

    @Override
    public void overdue() {
      told.add("overdue");
    }

    @Override
    public void ended(@Nullable String value, @Nullable Throwable failure) {
      calls++;
      if (calls == 1) {
        throw full;
      }
      told.add(String.valueOf(value));
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class})
  void anEndThatFindsNoMemoryOrStackIsToldAgain(Class<? extends Error> kind) throws Exception {
    AfterUnlock owed = new AfterUnlock("test", time);
    ConnectionThreads threads = ConnectionThreads.of("full", time, owed, Runnable::run);

    TimedCall.start(
        threads,
        time,
        Duration.ofMinutes(1).toNanos(),
        () -> CompletableFuture.completedFuture("fit"),
        new Full(kind.getConstructor().newInstance()));
    assertThat(told).isEmpty();

    time.advance(Duration.ofSeconds(10));

    assertThat(told).containsExactly("fit");
  }

  @Test
  void interruptThatTheCodeLeaves_doesNotReachWhatFollows() {
    ConnectionThreads threads =
        ConnectionThreads.of(
            "interrupted", time, new AfterUnlock("interrupted", time), Runnable::run);

    TimedCall.start(
        threads,
        time,
        Duration.ofMinutes(1).toNanos(),
        () -> {
          Thread.currentThread().interrupt();
          return CompletableFuture.completedFuture("fit");
        },
        new TimedCall.Listener<String>() {
          @Override
          public void overdue() {}

          @Override
          public void ended(@Nullable String value, @Nullable Throwable failure) {
            told.add(value + (Thread.currentThread().isInterrupted() ? ", interrupted" : ""));
          }
        });
    boolean isLeft = Thread.interrupted();

    assertThat(told).containsExactly("fit");
    assertThat(isLeft).as("it may be for the owner of the thread").isTrue();
  }

  /** Has no thread to run the next action on a helper thread. */
  private static final class FullTime extends ManualTime {

    private boolean isFull = true;

    @Override
    public void runOnHelperThread(Runnable action) {
      if (isFull) {
        isFull = false;
        throw new OutOfMemoryError("unable to create native thread");
      }
      super.runOnHelperThread(action);
    }
  }

  @Test
  void aTakeoverThatFindsNoThreadIsTriedAgain() {
    FullTime full = new FullTime();
    AfterUnlock owed = new AfterUnlock("test", full);
    ConnectionThreads threads = ConnectionThreads.of("full", full, owed, dropped -> {});

    threads.run(() -> told.add("run"));
    full.advance(Duration.ofSeconds(1));
    assertThat(full.isFull).isFalse();
    full.advance(Duration.ofSeconds(10));

    assertThat(told).containsExactly("run");
  }

  // ---- Callbacks that do not return

  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CountDownLatch hasEnded = new CountDownLatch(1);

  private void hang() {
    hangs.countDown();
    try {
      goesOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ConnectionThreads ownThreads() {
    return ConnectionThreads.of(
        "slow", time, new AfterUnlock("test", time), command -> TestThreads.start(command::run));
  }

  /** Hangs when the limit is over, as a listener of a user does. */
  private final class SlowWhenOverdue implements TimedCall.Listener<String> {

    @Override
    public void overdue() {
      hang();
    }

    @Override
    public void ended(@Nullable String value, @Nullable Throwable failure) {
      told.add(String.valueOf(value));
      hasEnded.countDown();
    }
  }

  @Test
  void codeIsInterrupted_thoughWhatFollowsFromItsLimitDoesNotReturn() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    TimedCall.start(
        ownThreads(),
        time,
        Duration.ofMinutes(1).toNanos(),
        () -> {
          inside.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return CompletableFuture.completedFuture("late");
        },
        new SlowWhenOverdue());
    inside.await();
    TestThreads.Started limit = TestThreads.start(() -> time.advance(Duration.ofMinutes(1)));
    hangs.await();

    time.advance(Duration.ofSeconds(1));

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    goesOn.countDown();
    limit.awaitEnd();
  }

  @Test
  void stageIsCancelled_thoughWhatFollowsFromItsLimitDoesNotReturn() throws Exception {
    CompletableFuture<String> never = new CompletableFuture<>();
    ConnectionThreads threads =
        ConnectionThreads.of("slow", time, new AfterUnlock("test", time), Runnable::run);
    TimedCall.start(
        threads, time, Duration.ofMinutes(1).toNanos(), () -> never, new SlowWhenOverdue());
    TestThreads.Started limit = TestThreads.start(() -> time.advance(Duration.ofMinutes(1)));
    hangs.await();

    time.advance(Duration.ofSeconds(1));

    assertThat(never).isCancelled();
    goesOn.countDown();
    limit.awaitEnd();
  }

  // ---- Interrupts of a user's threads

  private final CountDownLatch inCode = new CountDownLatch(1);
  private final CountDownLatch inInterrupt = new CountDownLatch(1);
  private final CountDownLatch interruptGoesOn = new CountDownLatch(1);

  /** Its interrupt is code of the user. */
  private static final class UsersThread extends Thread {
    private final Runnable whenInterrupted;

    UsersThread(Runnable code, Runnable whenInterrupted) {
      super(code);
      this.whenInterrupted = whenInterrupted;
      setDaemon(true);
    }

    @Override
    public void interrupt() {
      whenInterrupted.run();
      super.interrupt();
    }
  }

  private ConnectionThreads usersThreads(Runnable whenInterrupted) {
    return ConnectionThreads.of(
        "slow",
        time,
        new AfterUnlock("interrupted", time),
        command -> new UsersThread(command, whenInterrupted).start());
  }

  private void hangInInterrupt() {
    inInterrupt.countDown();
    try {
      interruptGoesOn.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<String> waitForInterrupt() {
    inCode.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      told.add("interrupted");
    }
    return CompletableFuture.completedFuture("late");
  }

  @Test
  void interruptThatHangs_holdsUpNoOtherThread() throws Exception {
    TimedCall.start(
        usersThreads(this::hangInInterrupt),
        time,
        Duration.ofMinutes(1).toNanos(),
        this::waitForInterrupt,
        new SlowWhenOverdue());

    assertThatTheLimitIsNotHeldUp();

    assertThat(told).containsExactly("interrupted", "late");
  }

  @Test
  void interruptOfOnCreateThatHangs_holdsUpNoOtherThread() throws Exception {
    ConnectionThreads threads = usersThreads(this::hangInInterrupt);
    CompletableFuture<String> creation = new CompletableFuture<>();
    TimedCall.start(
        threads,
        time,
        Duration.ofMinutes(1).toNanos(),
        () ->
            Preparation.of(
                creation,
                connection -> waitForInterrupt(),
                threads,
                new Preparation.Limit(time, time.nanoTime(), Duration.ofHours(1).toNanos()),
                unprepared -> {}),
        new SlowWhenOverdue());
    Awaitility.await().until(() -> creation.getNumberOfDependents() > 0);
    creation.complete("created");

    assertThatTheLimitIsNotHeldUp();

    assertThat(told).containsExactly("interrupted", "created");
  }

  /** One thread hangs in the interrupt, and another one stops the call once more. */
  private void assertThatTheLimitIsNotHeldUp() throws Exception {
    inCode.await();
    TestThreads.Started limit = TestThreads.start(() -> time.advance(Duration.ofMinutes(1)));
    hangs.await();
    TestThreads.Started patience = TestThreads.start(() -> time.advance(Duration.ofSeconds(1)));
    inInterrupt.await();

    goesOn.countDown();
    limit.awaitEnd();

    interruptGoesOn.countDown();
    patience.awaitEnd();
    hasEnded.await();
  }

  @Test
  void codeWhoseInterruptFails_endsByItself() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    goesOn.countDown();
    TimedCall.start(
        usersThreads(
            () -> {
              throw new IllegalStateException("no interrupt");
            }),
        time,
        Duration.ofMinutes(1).toNanos(),
        () -> {
          inCode.countDown();
          letGo.await();
          return CompletableFuture.completedFuture("late");
        },
        new SlowWhenOverdue());
    inCode.await();

    time.advance(Duration.ofMinutes(1));

    letGo.countDown();
    hasEnded.await();
    assertThat(told).containsExactly("late");
  }

  // ---- Texts that do not come

  @Test
  void failureWhoseTextDoesNotCome_isOverdue() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    TimedCall.start(
        ownThreads(),
        time,
        Duration.ofMinutes(1).toNanos(),
        () -> {
          throw new IllegalStateException();
        },
        new TimedCall.Listener<String>() {
          @Override
          public void overdue() {
            told.add("overdue");
          }

          @Override
          public Throwable told(Throwable failure) {
            hang();
            return new IllegalStateException("late");
          }

          @Override
          public void ended(@Nullable String value, @Nullable Throwable failure) {
            told.add(String.valueOf(failure));
            ended.countDown();
          }
        });
    hangs.await();

    time.advance(Duration.ofMinutes(1));

    assertThat(told).containsExactly("overdue");
    goesOn.countDown();
    ended.await();
    assertThat(told).containsExactly("overdue", "java.lang.IllegalStateException: late");
  }
}
