package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two hooks that run as one. */
class HooksInOrderTest {

  private final List<String> begun = new ArrayList<>();

  private CompletableFuture<?> begin(CompletableFuture<?> first, CompletableFuture<?> second)
      throws Exception {
    HooksInOrder hooks =
        new HooksInOrder(
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
        new HooksInOrder(
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
}
