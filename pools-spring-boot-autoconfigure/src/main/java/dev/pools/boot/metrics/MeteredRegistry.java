package dev.pools.boot.metrics;

import dev.pools.internal.Faults;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters of pools in one registry, which several contexts may share. The meters of a name begin
 * with the first pool of that name and end with the last one.
 *
 * <p>The registry belongs to the application. A meter of the same name that is there already stays
 * as it is; a filter may deny or rename ours; a meter that fails costs that meter only.
 */
final class MeteredRegistry {

  /**
   * Weak: a registry that nothing refers to any more is forgotten, with what was registered there.
   */
  private static final Map<MeterRegistry, MeteredRegistry> ALL =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** The meters that are registered for the pools of one name. */
  private static final class Entry<S> {
    private final String pool;
    private final MeterFamily<S, ?> family;
    private final PoolSeries<S> series;

    /** By their specifications. Weak, because a meter may know its registry. */
    private final IdentityHashMap<Object, WeakReference<Meter>> meters = new IdentityHashMap<>();

    /** Whether a meter of other code has the name of one of these meters. */
    private boolean isIncomplete;

    Entry(String pool, MeterFamily<S, ?> family, PoolSeries<S> series) {
      this.pool = pool;
      this.family = family;
      this.series = series;
    }

    boolean has(Object spec, PresentMeters present) {
      WeakReference<Meter> reference = meters.get(spec);
      Meter meter = reference == null ? null : reference.get();
      return meter != null && present.contains(meter);
    }

    /** A meter that existed before belongs to other code, and must not be removed with these. */
    void note(Object spec, Meter meter, boolean wasThere) {
      if (wasThere) {
        isIncomplete = true;
      } else {
        meters.put(spec, new WeakReference<>(meter));
      }
    }
  }

  // Guarded by this. Registries call no pool, so it may be held while they are called.

  /**
   * By family and pool. A family is compared by its identity, as its meters are: the first hash of
   * a record lets the JDK generate classes, and an equal family would have other meters.
   */
  private final IdentityHashMap<MeterFamily<?, ?>, Map<String, Entry<?>>> entries =
      new IdentityHashMap<>();

  /** Weak, as the meters are; the registry keeps it. */
  private final WeakReference<PresentMeters> present;

  /** A failure of one meter is a failure of each. Not guarded: timers fail on threads of pools. */
  private final AtomicBoolean hasFailed = new AtomicBoolean();

  private MeteredRegistry(PresentMeters present) {
    this.present = new WeakReference<>(present);
  }

  static MeteredRegistry of(MeterRegistry registry) {
    return ALL.computeIfAbsent(registry, its -> new MeteredRegistry(PresentMeters.of(its)));
  }

  /** Measures a pool here from now on. */
  synchronized <S> void add(
      MeterRegistry registry,
      MeterFamily<S, ?> family,
      String pool,
      PoolReadings<S> readings,
      @Nullable S before) {
    Entry<S> entry = entry(family, pool);
    entry.series.add(readings, before);
    registerMissing(registry, entry);
  }

  /** Measures a pool here no more, and removes the meters that measure no other one. */
  synchronized <S> void remove(
      MeterRegistry registry, MeterFamily<S, ?> family, String pool, PoolReadings<S> readings) {
    Map<String, Entry<?>> ofFamily = entries.getOrDefault(family, Map.of());
    if (!ofFamily.containsKey(pool)) {
      return;
    }
    Entry<S> entry = entry(family, pool);
    entry.series.remove(readings);
    if (!entry.series.isEmpty()) {
      return;
    }
    ofFamily.remove(pool);
    PresentMeters present = present();
    for (WeakReference<Meter> reference : entry.meters.values()) {
      Meter meter = reference.get();
      if (meter != null && present.contains(meter)) {
        attempt("be removed", pool, meter.getId().getName(), () -> registry.remove(meter));
      }
    }
    // A filter may give meters of several pools one name, so that another gets its place now.
    for (Map<String, Entry<?>> others : entries.values()) {
      for (Entry<?> other : others.values()) {
        if (other.isIncomplete) {
          registerMissing(registry, other);
        }
      }
    }
  }

  /** The timers of the pools of this name, in the order of their family. */
  synchronized <S, E extends Enum<E>> List<Map.Entry<TimerSpec<E>, RegisteredTimer>> timers(
      MeterRegistry registry, MeterFamily<S, E> family, String pool) {
    Entry<S> entry = entry(family, pool);
    PresentMeters present = present();
    long before = present.now();
    List<Map.Entry<TimerSpec<E>, RegisteredTimer>> timers = new ArrayList<>();
    for (TimerSpec<E> spec : family.timers()) {
      Timer timer =
          attempt(
              "be registered",
              pool,
              spec.name(),
              () ->
                  Timer.builder(spec.name())
                      .description(spec.description())
                      .tag(family.nameTag(), pool)
                      .register(registry));
      if (timer != null) {
        if (!entry.has(spec, present)) {
          entry.note(spec, timer, present.wasThere(timer, before));
        }
        timers.add(Map.entry(spec, new RegisteredTimer(this, pool, spec.name(), timer)));
      }
    }
    return timers;
  }

  @SuppressWarnings("unchecked") // A family has one type of snapshot.
  private <S> Entry<S> entry(MeterFamily<S, ?> family, String pool) {
    return (Entry<S>)
        entries
            .computeIfAbsent(family, ignored -> new HashMap<>())
            .computeIfAbsent(
                pool, ignored -> new Entry<>(pool, family, new PoolSeries<>(this, family)));
  }

  private <S> void registerMissing(MeterRegistry registry, Entry<S> entry) {
    PresentMeters present = present();
    long before = present.now();
    entry.isIncomplete = false;
    for (int i = 0; i < entry.family.meters().size(); i++) {
      int index = i;
      MeterSpec<S> spec = entry.family.meters().get(i);
      if (!entry.has(spec, present)) {
        Meter meter =
            attempt(
                "be registered",
                entry.pool,
                spec.name(),
                () -> register(registry, entry, spec, index));
        if (meter != null) {
          entry.note(spec, meter, present.wasThere(meter, before));
        }
      }
    }
  }

  private static <S> Meter register(
      MeterRegistry registry, Entry<S> entry, MeterSpec<S> spec, int index) {
    Tags tags = Tags.of(entry.family.nameTag(), entry.pool).and(spec.tags());
    PoolSeries<S> series = entry.series;
    return switch (spec.kind()) {
      case GAUGE ->
          Gauge.builder(spec.name(), series, read -> read.read(index))
              .description(spec.description())
              .baseUnit(spec.unit())
              .tags(tags)
              .register(registry);
      case COUNTER ->
          FunctionCounter.builder(spec.name(), series, read -> read.read(index))
              .description(spec.description())
              .baseUnit(spec.unit())
              .tags(tags)
              .register(registry);
      case DURATION ->
          TimeGauge.builder(spec.name(), series, TimeUnit.NANOSECONDS, read -> read.read(index))
              .description(spec.description())
              .tags(tags)
              .register(registry);
    };
  }

  private PresentMeters present() {
    return Objects.requireNonNull(present.get(), "kept by the registry, which the caller has");
  }

  /** An exception of a registry or of its filter must not reach the pool. */
  private <M> @Nullable M attempt(
      String what, String pool, String meter, Supplier<@Nullable M> action) {
    try {
      return action.get();
    } catch (Throwable fault) {
      report(fault, what, pool, meter);
      return null;
    }
  }

  /** Warns of the first failure of this registry. Takes no lock of the meters. */
  void report(Throwable fault, String what, String pool, String meter) {
    if (hasFailed.getAndSet(true)) {
      Faults.debug(
          MeteredRegistry.class,
          fault,
          "Pool '{}': the meter '{}' could not {}",
          pool,
          meter,
          what);
    } else {
      Faults.warn(
          MeteredRegistry.class,
          fault,
          "Pool '{}': the meter '{}' could not {}. Further failures of this registry are logged at DEBUG",
          pool,
          meter,
          what);
    }
  }
}
