package dev.pools.map;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of a map come from: an iterable or a stream that the map reads, or a publisher
 * that delivers by itself. Inputs of all kinds can be mapped together.
 *
 * <p>A map that fails or is cancelled closes its inputs and cancels its publishers, on the thread
 * that ends it, and completes its result after that. So a close that does not return holds up that
 * thread and those that wait for the result; limit it, as with a network timeout.
 *
 * @param <A> the type of the values
 */
@SuppressWarnings("UnusedTypeParameter") // It tells where the input can be used.
public final class Input<A extends @Nullable Object> {

  /** Creates the source of one map. */
  @FunctionalInterface
  private interface Opening {
    Source open(int number, Source.Listener listener);
  }

  private final Opening opening;

  private Input(Opening opening) {
    this.opening = opening;
  }

  /**
   * The values of an iterable, which may be endless and may contain nulls. Each map gets an
   * iterator of its own. One thread at a time uses the iterator, and sees everything that the
   * threads before it did to it. If the iterator is an {@link AutoCloseable}, the map closes it
   * once, when it needs no more values.
   */
  public static <A extends @Nullable Object> Input<A> of(Iterable<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new IteratorSource(number, values::iterator, null));
  }

  /**
   * The values of a stream, for one map, read as those of an iterable. The map closes the stream
   * once, when it needs no more values.
   */
  public static <A extends @Nullable Object> Input<A> of(Stream<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new IteratorSource(number, values::iterator, values));
  }

  /**
   * The values that a publisher delivers. Each map subscribes to it, requests as many values as its
   * window has room for, and cancels the subscription when it needs no more values. A publisher
   * that breaks the rules of Reactive Streams fails the map with an {@link IllegalStateException}
   * that names the rule; violations that do no harm are ignored.
   */
  public static <A> Input<A> of(Flow.Publisher<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new PublisherSource(number, values, listener));
  }

  /**
   * Creates the source, which does not start to read before it is asked.
   *
   * @param number the number of the input in its map, from 1
   * @param listener is called when the source has changed by itself
   */
  Source open(int number, Source.Listener listener) {
    return opening.open(number, listener);
  }
}
