package dev.pools.map;

import dev.pools.internal.Faults;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An input that delivers by itself, on threads of its own.
 *
 * <p>The publisher's signals only store what they bring and call the listener. Only the thread that
 * has the turn to read calls the publisher. So requests and the cancellation never overlap
 * (Reactive Streams, rule 2.7), and no signal recurses into itself.
 */
final class PublisherSource extends Source {

  private final int number;
  private final Flow.Publisher<?> publisher;
  private final Listener listener;
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
  private final Queue<Object> received = new ConcurrentLinkedQueue<>();
  private final AtomicLong receivedTotal = new AtomicLong();

  /** All further signals are ignored. */
  private volatile boolean ended;

  /** The publisher has completed or failed, so there is nothing to cancel. */
  private volatile boolean finished;

  /** Written by the reader before it requests, so that no value it requested is one too many. */
  private volatile long requestedTotal;

  // The reader's own.
  private boolean subscribed;
  private boolean cancelled;

  PublisherSource(int number, Flow.Publisher<?> publisher, Listener listener) {
    this.number = number;
    this.publisher = publisher;
    this.listener = listener;
  }

  // ---- Called by the reader

  @Override
  void allow(long total) {
    Flow.Subscription present = subscription.get();
    long more = total - requestedTotal;
    if (present != null && more > 0 && !ended) {
      requestedTotal = total;
      present.request(more);
    }
  }

  @Override
  State look() {
    if (!subscribed) {
      subscribed = true;
      publisher.subscribe(new Signals<>());
    }
    // Read the end before the values: values that came before the end were stored before it.
    boolean last = ended;
    if (!received.isEmpty()) {
      return State.READY;
    }
    return last ? State.ENDED : State.PENDING;
  }

  @Override
  Object take() {
    return received.remove();
  }

  @Override
  void close() {
    ended = true;
    received.clear();
    Flow.Subscription present = subscription.get();
    if (present != null && !cancelled && !finished) {
      cancelled = true;
      present.cancel();
    }
  }

  // ---- Called by the publisher

  private final class Signals<T> implements Flow.Subscriber<T> {

    @Override
    public void onSubscribe(Flow.Subscription offered) {
      if (offered == null) {
        throw broken("called onSubscribe with null", "2.13");
      }
      if (subscription.compareAndSet(null, offered)) {
        listener.changed();
      } else if (offered != subscription.get()) {
        offered.cancel();
      }
    }

    @Override
    public void onNext(T value) {
      if (value == null) {
        throw broken("sent null", "2.13");
      }
      if (ended) {
        return;
      }
      if (receivedTotal.incrementAndGet() > requestedTotal) {
        fail(
            violation(
                subscription.get() == null
                    ? "sent a value before it called onSubscribe"
                    : "sent more values than the "
                        + Faults.count(requestedTotal, "that was", "that were")
                        + " requested",
                subscription.get() == null ? "1.9" : "1.1"));
        return;
      }
      received.add(value);
      listener.changed();
    }

    @Override
    public void onError(Throwable cause) {
      if (cause == null) {
        throw broken("called onError with null", "2.13");
      }
      finished = true;
      if (!ended) {
        fail(cause);
      }
    }

    @Override
    public void onComplete() {
      finished = true;
      ended = true;
      listener.changed();
    }

    private NullPointerException broken(String how, String rule) {
      IllegalStateException violation = violation(how, rule);
      if (!ended) {
        fail(violation);
      }
      return new NullPointerException(violation.getMessage());
    }

    private void fail(Throwable cause) {
      ended = true;
      listener.failed(cause);
    }

    private IllegalStateException violation(String how, String rule) {
      return new IllegalStateException(
          "The publisher of input %d %s, which breaks rule %s of Reactive Streams. Correct it, or iterate over its values instead."
              .formatted(number, how, rule));
    }
  }
}
