package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start with arguments that a publisher delivers when it likes. */
class StartWithPublisherTest extends ConnectionTestBase {

  private final AtomicLong requested = new AtomicLong();
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private Flow.Subscriber<? super Arguments> subscriber;
  private ConnectionPool<FakeConnection> pool;

  private final Flow.Publisher<Arguments> publisher =
      asking -> {
        subscriber = asking;
        asking.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long more) {
                requested.addAndGet(more);
              }

              @Override
              public void cancel() {
                cancelled.set(true);
              }
            });
      };

  @BeforeEach
  void aPoolThatKeepsTwo() {
    pool = build(builder().minSize(2).maxSize(5));
  }

  @Test
  void publisherIsAskedForMinSizeArgumentsAndThenCancelled() {
    CompletableFuture<Void> started = pool.startFrom(publisher);
    assertThat(requested).hasValue(2);
    subscriber.onNext(Arguments.of(1));
    assertThat(started).isNotDone();
    subscriber.onNext(Arguments.of(2));
    subscriber.onNext(Arguments.of(3));

    get(started);

    assertThat(cancelled).isTrue();
    assertThat(server.made.stream().map(made -> made.madeWith.positional().get(0)).toList())
        .isEqualTo(List.of(1, 2));
  }

  @Test
  void publisherThatEndsEarly_leavesTheOthersWithoutArguments() {
    CompletableFuture<Void> started = pool.startFrom(publisher);
    subscriber.onNext(Arguments.of(1));
    subscriber.onComplete();

    get(started);

    assertThat(server.made).hasSize(2);
  }

  @Test
  void publisherThatFails_failsTheStart() {
    CompletableFuture<Void> started = pool.startFrom(publisher);
    IllegalStateException failure = new IllegalStateException("no arguments");
    subscriber.onError(failure);

    assertThatThrownBy(started::get).hasCause(failure);
    assertThat(server.made).isEmpty();
    get(pool.start());
    assertThat(server.made).hasSize(2);
  }

  @Test
  void publisherThatThrows_failsTheStart() {
    IllegalStateException failure = new IllegalStateException("cannot subscribe");

    assertThatThrownBy(
            () ->
                pool.startFrom(
                        asking -> {
                          throw failure;
                        })
                    .get())
        .hasCause(failure);
  }

  @Test
  void publisherThatSendsNull_failsTheStart() {
    CompletableFuture<Void> started = pool.startFrom(publisher);

    assertThatThrownBy(() -> subscriber.onNext(null)).isInstanceOf(NullPointerException.class);

    assertThatThrownBy(started::get).hasRootCauseMessage("The publisher sent null.");
    assertThat(cancelled).isTrue();
  }

  @Test
  void stopCancelsTheSubscription() {
    CompletableFuture<Void> started = pool.startFrom(publisher);

    get(pool.stop(Duration.ZERO));

    await().untilTrue(cancelled);
    assertThatThrownBy(started::get).hasCauseInstanceOf(PoolStoppedException.class);
    subscriber.onNext(Arguments.of(1));
    subscriber.onNext(Arguments.of(2));
    assertThat(server.made).isEmpty();
  }

  @Test
  void publisherWhoseCancelBlocks_holdsUpNoOtherStart() throws Exception {
    CountDownLatch bothAreCancelled = new CountDownLatch(2);
    Flow.Publisher<Arguments> waitsForTheOther =
        asking ->
            asking.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long more) {}

                  @Override
                  public void cancel() {
                    bothAreCancelled.countDown();
                    try {
                      bothAreCancelled.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }
                });
    ConnectionPool<FakeConnection> threaded = build(builder().minSize(2).time(Time.system()));
    CompletableFuture<Void> one = threaded.startFrom(waitsForTheOther);
    CompletableFuture<Void> other = threaded.startFrom(waitsForTheOther);

    threaded.stop(Duration.ZERO);

    await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> one.isDone() && other.isDone());
    assertThat(one).isCompletedExceptionally();
    assertThat(other).isCompletedExceptionally();
  }

  /** The stop comes while the publisher is being asked, before it has answered. */
  @Test
  void stopDuringTheSubscription_revokesTheStart() {
    CompletableFuture<Void> started =
        pool.startFrom(
            asking -> {
              get(pool.stop(Duration.ZERO));
              publisher.subscribe(asking);
              asking.onNext(Arguments.of(1));
              asking.onNext(Arguments.of(2));
            });

    assertThatThrownBy(started::get).hasCauseInstanceOf(PoolStoppedException.class);
    assertThat(server.made).isEmpty();
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void stopDoesNotWaitForThePublisherNorForWhatDependsOnTheStart() {
    CountDownLatch stopReturned = new CountDownLatch(1);
    ConnectionPool<FakeConnection> threaded = build(builder().minSize(2).time(Time.system()));
    CompletableFuture<Void> started = threaded.startFrom(publisher);
    CompletableFuture<Boolean> released =
        started.handle(
            (nothing, failure) -> {
              try {
                return stopReturned.await(30, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });

    get(threaded.stop(Duration.ZERO));
    stopReturned.countDown();

    assertThat(get(released)).isTrue();
  }

  @Test
  void failureOfACancelDoesNotKeepTheStart() {
    CompletableFuture<Void> started =
        pool.startFrom(
            asking -> {
              asking.onSubscribe(
                  new Flow.Subscription() {
                    @Override
                    public void request(long more) {}

                    @Override
                    public void cancel() {
                      throw new IllegalStateException("cannot cancel");
                    }
                  });
              asking.onNext(Arguments.of(1));
              asking.onNext(Arguments.of(2));
            });

    get(started);

    assertThat(server.made).hasSize(2);
  }

  @Test
  void callerThatGivesUp_cancelsTheSubscription() {
    CompletableFuture<Void> started = pool.startFrom(publisher);

    started.cancel(false);

    assertThat(cancelled).isTrue();
    subscriber.onNext(Arguments.of(1));
    subscriber.onNext(Arguments.of(2));
    assertThat(server.made).isEmpty();
  }

  @Test
  void poolThatKeepsNone_doesNotSubscribe() {
    ConnectionPool<FakeConnection> none = build(builder().minSize(0));

    get(none.startFrom(publisher));

    assertThat(subscriber).isNull();
    assertThat(none.stats().state()).isEqualTo(State.RUNNING);
  }
}
