package dev.pools.map;

import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows, one value of each input. One thread at a time calls it, the one that has the turn to
 * read, each after the one before. All methods run user code.
 */
final class InputReader {

  private final Lengths lengths;
  private final List<Source> sources = new ArrayList<>();
  private long rowsRead;

  InputReader(Lengths lengths, List<Input<?>> inputs, Source.Listener listener) {
    this.lengths = lengths;
    for (Input<?> input : inputs) {
      sources.add(input.open(sources.size() + 1, listener));
    }
  }

  /** How many rows have been read. */
  long rowsRead() {
    return rowsRead;
  }

  /** Allows inputs that deliver by themselves to have delivered this many values in total. */
  void allow(long total) {
    for (Source source : sources) {
      source.allow(total);
    }
  }

  /**
   * Whether there is a next row.
   *
   * @throws IllegalArgumentException if inputs that must be equally long are not
   * @throws Throwable what the user's code throws
   */
  Source.State look() throws Throwable {
    int ended = -1;
    int ready = -1;
    int pending = -1;
    for (int i = 0; i < sources.size(); i++) {
      switch (sources.get(i).look()) {
        case READY -> ready = i;
        case PENDING -> pending = i;
        case ENDED -> {
          if (lengths == Lengths.SHORTEST) {
            return Source.State.ENDED;
          }
          ended = ended < 0 ? i : ended;
        }
      }
    }
    if (ended >= 0 && ready >= 0) {
      throw new IllegalArgumentException(
          "Input %d of %d ended after %s, but input %d has more. With Lengths.STRICT all must be equally long; Lengths.SHORTEST stops at the shortest."
              .formatted(
                  ended + 1,
                  sources.size(),
                  Faults.count(rowsRead, "element", "elements"),
                  ready + 1));
    }
    if (pending >= 0) {
      return Source.State.PENDING;
    }
    return ready >= 0 ? Source.State.READY : Source.State.ENDED;
  }

  /**
   * The next row, which {@link #look} has found.
   *
   * @throws Throwable what the user's code throws
   */
  @Nullable Object[] take() throws Throwable {
    @Nullable Object[] row = new Object[sources.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = sources.get(i).take();
    }
    rowsRead++;
    return row;
  }

  /**
   * Closes all inputs. Can be called again, because a publisher may deliver its subscription late.
   *
   * @throws Throwable the first failure of an input; the others are suppressed in it
   */
  void close() throws Throwable {
    Throwable failure = null;
    for (Source source : sources) {
      try {
        source.close();
      } catch (Throwable thrown) {
        if (failure == null) {
          failure = thrown;
        } else if (thrown != failure) {
          // Two inputs may throw the same object, which cannot be suppressed in itself.
          failure.addSuppressed(thrown);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
