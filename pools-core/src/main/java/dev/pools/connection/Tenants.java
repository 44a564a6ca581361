package dev.pools.connection;

import dev.pools.Arguments;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link Tenant} of some arguments, outside of the pool's lock and on the caller's own
 * thread.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>{@code hashCode} and {@code equals} of arguments are called by {@link #of} only, and before
 *       anything is decided for the caller. What they throw reaches this caller, and changes
 *       nothing.
 *   <li>They are called on the caller's arguments. If a comparison fails because of what was stored
 *       earlier, the two count as different.
 *   <li>The table is indexed by hash codes as numbers, and holds tenants weakly: a tenant without
 *       callers, connections and a pause is collected, and its arguments with it.
 * </ol>
 */
final class Tenants<W> {

  /** The pool remembers at most so many tenants with a failure: callers cannot fill the memory. */
  private static final int MOST_FAILING = 1_024;

  private static final class Entry<W> extends WeakReference<Tenant<W>> {
    private final int hash;

    Entry(Tenant<W> tenant, int hash, ReferenceQueue<Tenant<W>> collected) {
      super(tenant, collected);
      this.hash = hash;
    }
  }

  /** The tenants about which something has changed. */
  private final Tenant.Changes<W> changes = new Tenant.Changes<>();

  private final boolean severalTenants;
  private final CreationLimits creations;

  /** The tenant of those who give no arguments; with {@link ArgumentMatching#ANY}, of all. */
  private final Tenant<W> standard;

  private final ConcurrentMap<Integer, Entry<W>[]> byHash = new ConcurrentHashMap<>();
  private final ReferenceQueue<Tenant<W>> collected = new ReferenceQueue<>();

  /** The tenants whose last attempt failed, the latest failure last. Guarded by the pool's lock. */
  private final Set<Tenant<?>> failing = new LinkedHashSet<>();

  /**
   * @param severalTenants whether callers with different arguments are different tenants
   */
  Tenants(boolean severalTenants, CreationLimits creations) {
    this.severalTenants = severalTenants;
    this.creations = creations;
    this.standard = another(Arguments.none());
  }

  /** The tenant of those who give no arguments; with {@link ArgumentMatching#ANY}, of all. */
  Tenant<W> standard() {
    return standard;
  }

  private Tenant<W> another(Arguments arguments) {
    return new Tenant<>(
        arguments, new CreationBackoff(creations), changes, /* keepsLine= */ severalTenants);
  }

  /** The tenants about which something has changed. Under the pool's lock. */
  Tenant.Changes<W> changes() {
    return changes;
  }

  /** The arguments and the tenant to create a connection for. Not under the pool's lock. */
  ConnectionSpec spec(Arguments arguments) {
    return new ConnectionSpec(arguments, of(arguments));
  }

  /** The tenant of these arguments. Must not be called under the pool's lock. */
  Tenant<W> of(Arguments arguments) {
    if (!severalTenants || arguments.isEmpty()) {
      return standard;
    }
    dropCollected();
    int hash = arguments.hashCode();
    Entry<W> added = null;
    Tenant<W> another = null;
    while (true) {
      Entry<W>[] known = byHash.get(hash);
      Tenant<W> found = known == null ? null : find(known, arguments);
      if (found != null) {
        return found;
      }
      if (another == null) {
        another = another(arguments);
        added = new Entry<>(another, hash, collected);
      }
      Entry<W>[] more = known == null ? newEntries() : Arrays.copyOf(known, known.length + 1);
      more[more.length - 1] = Objects.requireNonNull(added);
      if (known == null
          ? byHash.putIfAbsent(hash, more) == null
          : byHash.replace(hash, known, more)) {
        return another;
      }
    }
  }

  private @Nullable Tenant<W> find(Entry<W>[] known, Arguments arguments) {
    for (Entry<W> entry : known) {
      Tenant<W> tenant = entry.get();
      if (tenant != null && areEqual(arguments, tenant.arguments)) {
        return tenant;
      }
    }
    return null;
  }

  @SuppressWarnings("ReferenceEquality") // Saves the call of user code.
  private static boolean areEqual(Arguments callers, Arguments stored) {
    if (callers == stored) {
      return true;
    }
    try {
      return callers.equals(stored);
    } catch (Throwable fault) {
      // A value that cannot be compared even with itself is the caller's own fault.
      callers.positional().forEach(value -> compare(value, value));
      callers.named().values().forEach(value -> compare(value, value));
      return false;
    }
  }

  private static void compare(@Nullable Object one, @Nullable Object other) {
    if (one != null) {
      boolean unused = one.equals(other);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <W> Entry<W>[] newEntries() {
    return new Entry[1];
  }

  private void dropCollected() {
    for (Reference<? extends Tenant<W>> gone = collected.poll();
        gone != null;
        gone = collected.poll()) {
      Entry<?> entry = (Entry<?>) gone;
      byHash.computeIfPresent(entry.hash, (hash, known) -> without(known, entry));
    }
  }

  private static <W> Entry<W> @Nullable [] without(Entry<W>[] known, Entry<?> gone) {
    Entry<W>[] fewer = Arrays.copyOf(known, known.length);
    int left = 0;
    for (Entry<W> entry : known) {
      if (entry != gone) {
        fewer[left++] = entry;
      }
    }
    return left == 0 ? null : Arrays.copyOf(fewer, left);
  }

  /** How many different arguments are known at the moment. */
  int known() {
    dropCollected();
    int known = 0;
    for (Entry<W>[] entries : byHash.values()) {
      known += entries.length;
    }
    return known;
  }

  // ---- Under the pool's lock

  /** An attempt for this tenant failed: remembers it until its pause has long been over. */
  void failed(Tenant<?> tenant, long nowNanos) {
    if (!severalTenants) {
      return;
    }
    failing.remove(tenant);
    failing.add(tenant);
    expire(nowNanos);
  }

  /** An attempt for this tenant succeeded. */
  void succeeded(Tenant<?> tenant) {
    failing.remove(tenant);
  }

  /** Forgets tenants whose last failure is long ago, and the oldest of too many. */
  void expire(long nowNanos) {
    for (Iterator<Tenant<?>> oldest = failing.iterator(); oldest.hasNext(); ) {
      Tenant<?> tenant = oldest.next();
      if (failing.size() <= MOST_FAILING && !tenant.creation.isForgotten(nowNanos)) {
        return;
      }
      oldest.remove();
    }
  }

  /** How many tenants are remembered because of a failure. */
  int failing() {
    return failing.size();
  }

  /** Keeps no tenant of a pool that is stopped. */
  void clear() {
    failing.clear();
  }
}
