package dev.pools.boot.metrics;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of all pools of one name in one registry, by one naming convention. Usually that is
 * one pool. It is more than one while a pool is replaced by another of its name, and where several
 * contexts share a registry: a registry has one meter for each name and its tags, so that this
 * meter must tell about all of them.
 *
 * @param <S> the snapshot of a pool
 */
final class PoolSeries<S> {

  /** A pool. */
  private static final class Part<S> {
    private final PoolReadings<S> readings;

    /** The values of its counters before it was measured here. */
    private final @Nullable S before;

    /** The last values of its counters; the pool may not exist at the next reading. */
    private final double[] counted;

    Part(PoolReadings<S> readings, @Nullable S before, int meters) {
      this.readings = readings;
      this.before = before;
      this.counted = new double[meters];
    }
  }

  private final Object registry;
  private final MeterFamily<S, ?> family;

  // Guarded by this.
  private final List<Part<S>> parts = new ArrayList<>();

  /** The counts of ended pools, so that no counter decreases while other pools continue. */
  private final double[] departed;

  /**
   * @param registry stands for the registry
   */
  PoolSeries(Object registry, MeterFamily<S, ?> family) {
    this.registry = registry;
    this.family = family;
    this.departed = new double[family.meters().size()];
  }

  /**
   * @param before the counts of the pool when its meters ended the last time; null if it is
   *     measured for the first time
   */
  synchronized void add(PoolReadings<S> readings, @Nullable S before) {
    if (parts.stream().noneMatch(part -> part.readings == readings)) {
      parts.add(new Part<>(readings, before, departed.length));
    }
  }

  synchronized void remove(PoolReadings<S> readings) {
    for (Part<S> part : List.copyOf(parts)) {
      if (part.readings == readings) {
        parts.remove(part);
        S last = readings.now();
        for (int i = 0; i < departed.length; i++) {
          if (family.meters().get(i).kind() == MeterSpec.Kind.COUNTER) {
            departed[i] += counted(i, part, last);
          }
        }
      }
    }
  }

  synchronized boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The value of a meter, which is the {@code index}-th of its family. */
  double read(int index) {
    MeterSpec<S> meter = family.meters().get(index);
    boolean inScrape = Scrape.isUnderway();
    synchronized (this) {
      return switch (meter.kind()) {
        case COUNTER -> count(index, meter, inScrape);
        case GAUGE, DURATION -> gauge(meter, inScrape);
      };
    }
  }

  private double count(int index, MeterSpec<S> meter, boolean inScrape) {
    double sum = departed[index];
    for (Part<S> part : parts) {
      sum += counted(index, part, stats(part, meter, inScrape));
    }
    return sum;
  }

  private double gauge(MeterSpec<S> meter, boolean inScrape) {
    double value = Double.NaN;
    for (Part<S> part : parts) {
      S stats = stats(part, meter, inScrape);
      if (stats == null || (parts.size() > 1 && family.hasEnded().test(stats))) {
        continue;
      }
      double own = meter.reading().applyAsDouble(stats);
      if (Double.isNaN(value)) {
        value = own;
      } else {
        value = meter.kind() == MeterSpec.Kind.DURATION ? Math.max(value, own) : value + own;
      }
    }
    return value;
  }

  private @Nullable S stats(Part<S> part, MeterSpec<S> meter, boolean inScrape) {
    return inScrape ? part.readings.inScrape(registry, meter) : part.readings.now();
  }

  private double counted(int index, Part<S> part, @Nullable S stats) {
    if (stats != null) {
      MeterSpec<S> meter = family.meters().get(index);
      double all = meter.reading().applyAsDouble(stats);
      part.counted[index] =
          part.before == null ? all : all - meter.reading().applyAsDouble(part.before);
    }
    return part.counted[index];
  }
}
