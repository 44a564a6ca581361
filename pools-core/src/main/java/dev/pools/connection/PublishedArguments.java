package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that a publisher delivers for a pool's first connections. The publisher is asked
 * once, for as many as are wanted, and cancelled when they are here or are no longer wanted.
 *
 * <p>Exactly one event ends the waiting: the last of the arguments, the end or the failure of the
 * publisher, or {@link #giveUp}. It ends the subscription and calls the listener. Later events are
 * ignored.
 */
final class PublishedArguments implements Flow.Subscriber<Arguments> {

  /** Called once when the waiting is over, on the thread that ends it. */
  @FunctionalInterface
  interface Listener {

    /**
     * The waiting is over.
     *
     * @param received as many as were wanted at most
     * @param failure why the arguments are missing; null if they are here
     */
    void over(List<Arguments> received, @Nullable Throwable failure);
  }

  private final int wanted;
  private final Listener listener;

  // Guarded by this.
  private final List<Arguments> soFar = new ArrayList<>();
  private Flow.@Nullable Subscription subscription;
  private boolean isOver;

  PublishedArguments(int wanted, Listener listener) {
    this.wanted = wanted;
    this.listener = listener;
  }

  /** Subscribes to a publisher, once; if the publisher throws, the waiting ends with that. */
  void subscribeTo(Flow.Publisher<? extends Arguments> publisher) {
    if (wanted == 0) {
      end(null);
      return;
    }
    try {
      publisher.subscribe(narrowed());
    } catch (Throwable failure) {
      end(failure);
    }
  }

  /** Ends the waiting with a failure, unless it is over. */
  void giveUp(Throwable failure) {
    end(failure);
  }

  @SuppressWarnings("unchecked") // A consumer of arguments consumes these, too.
  private <A extends Arguments> Flow.Subscriber<A> narrowed() {
    return (Flow.Subscriber<A>) this;
  }

  private void end(@Nullable Throwable failure) {
    Flow.Subscription present;
    List<Arguments> received;
    synchronized (this) {
      if (isOver) {
        return;
      }
      isOver = true;
      present = subscription;
      received = List.copyOf(soFar);
    }
    if (present != null) {
      Faults.guard(
          PublishedArguments.class, "Cancelling a subscription to arguments", present::cancel);
    }
    listener.over(received, failure);
  }

  @Override
  public void onSubscribe(Flow.Subscription offered) {
    Objects.requireNonNull(offered, "subscription");
    boolean isWanted;
    synchronized (this) {
      isWanted = subscription == null && !isOver;
      if (isWanted) {
        subscription = offered;
      }
    }
    if (isWanted) {
      offered.request(wanted);
    } else {
      offered.cancel();
    }
  }

  @Override
  public void onNext(Arguments next) {
    if (next == null) {
      NullPointerException violation = new NullPointerException("The publisher sent null.");
      end(violation);
      throw violation;
    }
    boolean isLast;
    synchronized (this) {
      if (isOver || soFar.size() == wanted) {
        return;
      }
      soFar.add(next);
      isLast = soFar.size() == wanted;
    }
    if (isLast) {
      end(null);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(Objects.requireNonNull(failure, "failure"));
  }

  @Override
  public void onComplete() {
    end(null);
  }
}
