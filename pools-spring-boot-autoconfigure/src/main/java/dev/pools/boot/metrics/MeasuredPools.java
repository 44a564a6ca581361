package dev.pools.boot.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one kind that are measured, and where. A pool is measured from when it is added
 * until it ends: it is removed, it has ended by itself, or nothing refers to it any more. One that
 * starts again is measured again. No pool is kept: the only references to pools are weak.
 *
 * <p>Safe for use by several threads. Lock order: this, then {@link MeteredRegistry}, then the
 * registry. Reading a meter takes none of these.
 *
 * @param <P> the pool
 * @param <S> its snapshot
 * @param <E> its events that have a duration
 */
final class MeasuredPools<P, S, E extends Enum<E>> {

  private static final Cleaner FORGOTTEN = Cleaner.create();

  /** A pool under one name. */
  private final class Member {
    private final String name;
    private final WeakReference<P> pool;
    private final PoolReadings<S> readings;

    /** Forgets this member, once: now, or when nothing refers to the pool any more. */
    private Cleaner.@Nullable Cleanable end;

    private boolean isMeasured;

    /** Its counts when its meters ended the last time. */
    private @Nullable S before;

    Member(String name, P pool) {
      WeakReference<P> weak = new WeakReference<>(pool);
      this.name = name;
      this.pool = weak;
      this.readings = new PoolReadings<>(() -> read(weak.get()));
    }
  }

  private final Class<E> events;
  private final List<MeterFamily<S, E>> families;
  private final Function<P, @Nullable S> stats;
  private final BiConsumer<P, Runnable> onStateChange;

  // Guarded by this.
  private final List<MeterRegistry> registries = new ArrayList<>();
  private final Map<String, List<Member>> members = new HashMap<>();
  private final Map<String, WeakReference<PoolTimers<E>>> timers = new HashMap<>();
  private boolean closed;

  /**
   * @param families the meters
   * @param stats reads a pool; null where it has no readings, such as a stand-in of a test
   * @param onStateChange lets an action run when a pool has ended, and when it starts again
   */
  MeasuredPools(
      Class<E> events,
      List<MeterFamily<S, E>> families,
      Function<P, @Nullable S> stats,
      BiConsumer<P, Runnable> onStateChange) {
    this.events = events;
    this.families = families;
    this.stats = stats;
    this.onStateChange = onStateChange;
  }

  /** A meter has no value if its pool cannot be read; no failure reaches the registry. */
  private @Nullable S read(@Nullable P pool) {
    try {
      return pool == null ? null : stats.apply(pool);
    } catch (RuntimeException unreadable) {
      return null;
    }
  }

  /** Measures a pool in all registries that this is, or will be, bound to. */
  void add(String name, P pool) {
    Member added;
    synchronized (this) {
      List<Member> known = members.computeIfAbsent(name, ignored -> new ArrayList<>());
      if (closed || known.stream().anyMatch(member -> member.pool.refersTo(pool))) {
        return;
      }
      // Remove ended pools before this one is measured.
      List.copyOf(known).forEach(this::update);
      Member member = new Member(name, pool);
      known.add(member);
      member.end = FORGOTTEN.register(pool, () -> forget(member));
      added = member;
    }
    // Register first, then read the state: a change after the reading is reported.
    onStateChange.accept(pool, () -> update(added));
    update(added);
  }

  /** Undoes {@link #add}. */
  void remove(String name, P pool) {
    for (Member member : membersOf(name)) {
      Cleaner.Cleanable end = member.end;
      if (member.pool.refersTo(pool) && end != null) {
        end.clean();
      }
    }
  }

  private synchronized List<Member> membersOf(String name) {
    return List.copyOf(members.getOrDefault(name, List.of()));
  }

  /** Measures all pools in a registry, too. */
  synchronized void bindTo(MeterRegistry registry) {
    if (closed) {
      return;
    }
    registries.removeIf(MeterRegistry::isClosed);
    if (!registries.contains(registry)) {
      registries.add(registry);
    }
    members.forEach(
        (name, known) -> {
          for (Member member : known) {
            if (member.isMeasured) {
              register(registry, member);
            }
          }
          feedTimers(name);
        });
  }

  /** The listener that feeds the timers of the pools of one name. */
  synchronized PoolTimers<E> timersOf(String name) {
    timers.values().removeIf(reference -> reference.get() == null);
    WeakReference<PoolTimers<E>> known = timers.get(name);
    PoolTimers<E> fed = known == null ? null : known.get();
    if (fed == null) {
      fed = new PoolTimers<>(events);
      timers.put(name, new WeakReference<>(fed));
      feedTimers(name);
    }
    return fed;
  }

  /** Measures no pool any more. */
  void close() {
    List<Member> all;
    synchronized (this) {
      closed = true;
      all = members.values().stream().flatMap(List::stream).toList();
    }
    for (Member member : all) {
      Cleaner.Cleanable end = member.end;
      if (end != null) {
        end.clean();
      }
    }
    synchronized (this) {
      registries.clear();
    }
  }

  /** The pool may have ended, or started again. */
  private synchronized void update(Member member) {
    if (!members.getOrDefault(member.name, List.of()).contains(member)) {
      return;
    }
    S now = member.readings.now();
    boolean ended = now != null && families.get(0).hasEnded().test(now);
    if (ended && member.isMeasured) {
      unregister(member);
      member.before = now;
    } else if (!ended && !member.isMeasured) {
      member.isMeasured = true;
      registries.forEach(registry -> register(registry, member));
    } else {
      return;
    }
    feedTimers(member.name);
  }

  private synchronized void forget(Member member) {
    List<Member> known = members.getOrDefault(member.name, List.of());
    if (known.remove(member)) {
      if (known.isEmpty()) {
        members.remove(member.name);
      }
      if (member.isMeasured) {
        unregister(member);
        feedTimers(member.name);
      }
    }
  }

  private void register(MeterRegistry registry, Member member) {
    for (MeterFamily<S, E> family : families) {
      MeteredRegistry.of(registry)
          .add(registry, family, member.name, member.readings, member.before);
    }
  }

  private void unregister(Member member) {
    member.isMeasured = false;
    for (MeterRegistry registry : registries) {
      for (MeterFamily<S, E> family : families) {
        MeteredRegistry.of(registry).remove(registry, family, member.name, member.readings);
      }
    }
  }

  /** The timers of a name are there as long as a pool of that name is measured. */
  private void feedTimers(String name) {
    WeakReference<PoolTimers<E>> known = timers.get(name);
    PoolTimers<E> fed = known == null ? null : known.get();
    if (fed == null) {
      return;
    }
    List<Map.Entry<TimerSpec<E>, RegisteredTimer>> registered = new ArrayList<>();
    if (members.getOrDefault(name, List.of()).stream().anyMatch(member -> member.isMeasured)) {
      for (MeterRegistry registry : registries) {
        for (MeterFamily<S, E> family : families) {
          registered.addAll(MeteredRegistry.of(registry).timers(registry, family, name));
        }
      }
    }
    fed.feed(registered);
  }
}
