package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two hooks that run as one. */
class HooksInOrderTest {

  private final List<String> begun = new ArrayList<>();

  private CompletableFuture<?> begin(CompletableFuture<?> first, CompletableFuture<?> second)
      throws Exception {
    HooksInOrder<String> hooks =
        new HooksInOrder<>(
            "hooks",
            connection -> {
              begun.add("first of " + connection);
              return first;
            },
            connection -> {
              begun.add("second of " + connection);
              return second;
            });
    return hooks.run("one").toCompletableFuture();
  }

  @Test
  void secondHook_startsWhenTheFirstIsDone() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    CompletableFuture<?> both = begin(first, second);
    assertThat(begun).containsExactly("first of one");

    first.complete("done");
    Awaitility.await().until(() -> second.getNumberOfDependents() > 0);
    assertThat(both).isNotDone();
    second.complete("done");

    both.get(30, TimeUnit.SECONDS);
    assertThat(begun).containsExactly("first of one", "second of one");
  }

  @Test
  void failureOfEither_isThatOfBoth() throws Exception {
    IllegalStateException failure = new IllegalStateException("no");
    CompletableFuture<String> done = CompletableFuture.completedFuture("done");

    assertThat(begin(CompletableFuture.failedFuture(failure), done)).isCompletedExceptionally();
    assertThat(begun).containsExactly("first of one");
    assertThat(begin(done, CompletableFuture.failedFuture(failure))).isCompletedExceptionally();
  }

  @Test
  void cancel_reachesTheFirstHookAndTheSecondDoesNotStart() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<?> both = begin(first, new CompletableFuture<>());

    both.cancel(true);

    assertThat(first).isCancelled();
    assertThat(both).isCancelled();
    assertThat(begun).containsExactly("first of one");
  }

  @Test
  void cancel_reachesTheSecondHook() throws Exception {
    CompletableFuture<String> second = new CompletableFuture<>();
    CompletableFuture<?> both = begin(CompletableFuture.completedFuture("done"), second);

    both.cancel(true);

    assertThat(second).isCancelled();
    assertThat(both).isCancelled();
  }

  @Test
  void cancel_interruptsTheSecondHookWhereverItRuns() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CountDownLatch inside = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CompletableFuture<?> both =
        new HooksInOrder<String>(
                "hooks",
                connection -> first,
                connection -> {
                  inside.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                  }
                  return CompletableFuture.completedFuture(null);
                })
            .run("one")
            .toCompletableFuture();
    first.complete("done");
    assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();

    both.cancel(true);

    assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
  }

  // ---- Interrupts of a user's threads

  /** A future of the user, whose dependants run on threads that the user has made. */
  private static final class OnUsersThreads extends CompletableFuture<String> {
    private final Runnable whenInterrupted;

    OnUsersThreads(Runnable whenInterrupted) {
      this.whenInterrupted = whenInterrupted;
    }

    @Override
    public Executor defaultExecutor() {
      return command ->
          startDaemon(
              new Thread(command) {
                @Override
                public void interrupt() {
                  whenInterrupted.run();
                  super.interrupt();
                }
              });
    }
  }

  /** Two hooks; the second one waits on a thread of the user. */
  private static CompletableFuture<?> waitingInTheSecond(
      Runnable whenInterrupted, CountDownLatch letGo) throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    OnUsersThreads first = new OnUsersThreads(whenInterrupted);
    CompletableFuture<?> both =
        new HooksInOrder<String>(
                "hooks",
                connection -> first,
                connection -> {
                  inside.countDown();
                  letGo.await();
                  return CompletableFuture.completedFuture(null);
                })
            .run("one")
            .toCompletableFuture();
    first.complete("done");
    assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
    return both;
  }

  @Test
  void cancelWhoseInterruptHangs_holdsUpNoOther() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    CompletableFuture<?> both =
        waitingInTheSecond(
            () -> {
              hangs.countDown();
              awaitLatch(goesOn);
            },
            new CountDownLatch(1));
    CompletableFuture<Boolean> hung = onAThread(() -> both.cancel(true));
    assertThat(hangs.await(30, TimeUnit.SECONDS)).isTrue();

    CompletableFuture<Boolean> other = onAThread(() -> both.cancel(true));

    assertThat(other.get(30, TimeUnit.SECONDS)).isTrue();
    goesOn.countDown();
    assertThat(hung.get(30, TimeUnit.SECONDS)).isTrue();
  }

  private static <T> CompletableFuture<T> onAThread(Supplier<T> step) {
    return CompletableFuture.supplyAsync(step, command -> startDaemon(new Thread(command)));
  }

  private static void startDaemon(Thread thread) {
    thread.setDaemon(true);
    thread.start();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void cancelWhoseInterruptFails_cancels() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    CompletableFuture<?> both =
        waitingInTheSecond(
            () -> {
              throw new IllegalStateException("no interrupt");
            },
            letGo);

    assertThat(both.cancel(true)).isTrue();

    assertThat(both).isCancelled();
    letGo.countDown();
  }
}
