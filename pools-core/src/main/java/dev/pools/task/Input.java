package dev.pools.task;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of a map come from: something that is iterated over, or something that delivers
 * by itself. So inputs of both kinds can be mapped together.
 *
 * @param <A> the type of the values
 */
@SuppressWarnings("UnusedTypeParameter") // It says where the input may be used.
public final class Input<A extends @Nullable Object> {

  /** What is read, for one map. */
  @FunctionalInterface
  private interface Opening {
    Source open(int number, Source.Listener listener);
  }

  private final Opening opening;

  private Input(Opening opening) {
    this.opening = opening;
  }

  /**
   * The values of an iterable, which may be endless and may be null. Each map gets an iterator of
   * its own, which is used by one thread at a time, with all that the threads before it did to it
   * visible; if it is an {@link AutoCloseable} it is closed once, when the map needs it no more.
   */
  public static <A extends @Nullable Object> Input<A> of(Iterable<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new IteratorSource(number, values::iterator, null));
  }

  /**
   * The values of a stream, for one map: as with an iterable. The stream is closed once, when the
   * map needs it no more.
   */
  public static <A extends @Nullable Object> Input<A> of(Stream<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new IteratorSource(number, values::iterator, values));
  }

  /**
   * The values that a publisher delivers. It is subscribed to by each map, asked for as many as the
   * map's window has room for, and cancelled when the map needs it no more. One that breaks the
   * rules of Reactive Streams fails the map with an {@link IllegalStateException} that says how, or
   * is not listened to where no harm is done.
   */
  public static <A> Input<A> of(Flow.Publisher<? extends A> values) {
    Objects.requireNonNull(values, "values");
    return new Input<>((number, listener) -> new PublisherSource(number, values, listener));
  }

  /**
   * Gets ready to read; does not begin.
   *
   * @param number which input of the map this is, from 1
   * @param listener told when the source has news by itself
   */
  Source open(int number, Source.Listener listener) {
    return opening.open(number, listener);
  }
}
