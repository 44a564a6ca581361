package dev.pools.connection;

import dev.pools.Arguments;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All callers who ask with equal arguments, and what the pool knows of them: their line, and how
 * their connections are created. With {@link ArgumentMatching#ANY} there is one tenant for all
 * callers. A tenant is compared by identity, so that no step under the pool's lock calls the {@code
 * equals} of an argument. Guarded by the pool's lock, except for what never changes.
 */
final class Tenant<T> {

  /** What {@link SameArgumentsMatcher} has listed a tenant as. */
  enum Listing {
    /** Nowhere: no caller of it waits for something that could be started. */
    NONE,
    /** A connection of it is idle, and a caller may take or check it. */
    IDLE,
    /** A caller needs a place. */
    WANTING,
    /** A caller needs a place, and the last attempt for this tenant failed. */
    FAILING,
    /** A caller needs a place, but the pause after a failure is not over. */
    PAUSED
  }

  /** What its callers ask with; none if it stands for all callers. */
  final Arguments arguments;

  final CreationBackoff creation;

  /** How many connections of it exist and are not being closed. */
  int present;

  // Its line: callers in the order in which they came. Kept with ArgumentMatching.SAME only.
  @Nullable Waiter<T> first;
  @Nullable Waiter<T> last;
  int waiting;

  /** Those in line who do not want to wait while the server is down; null if there are none. */
  private @Nullable Set<Waiter<T>> impatient;

  // Belong to SameArgumentsMatcher.
  Listing listing = Listing.NONE;

  /** The number of the caller whose turn it is, among those of all tenants. */
  long turn;

  /** Tells apart those with the same turn. */
  long tie;

  /** Whether it is in {@link ChangedTenants}, and which one follows it there. */
  boolean changed;

  @Nullable Tenant<T> nextChanged;
  boolean touched;
  int coming;
  int stuck;
  int inUse;
  int idle;
  int passed;

  Tenant(Arguments arguments, CreationBackoff creation) {
    this.arguments = arguments;
    this.creation = creation;
  }

  void joined(Waiter<T> waiter, boolean keepsLine) {
    if (waiter.failsWhenDown) {
      Set<Waiter<T>> known = impatient;
      if (known == null) {
        known = new LinkedHashSet<>();
        impatient = known;
      }
      known.add(waiter);
    }
    if (keepsLine) {
      waiter.previousOfTenant = last;
      if (last == null) {
        first = waiter;
      } else {
        last.nextOfTenant = waiter;
      }
      last = waiter;
      waiting++;
    }
  }

  void left(Waiter<T> waiter, boolean keepsLine) {
    if (waiter.failsWhenDown && impatient != null) {
      impatient.remove(waiter);
      if (impatient.isEmpty()) {
        impatient = null;
      }
    }
    if (keepsLine) {
      Waiter<T> previous = waiter.previousOfTenant;
      Waiter<T> next = waiter.nextOfTenant;
      if (previous == null) {
        first = next;
      } else {
        previous.nextOfTenant = next;
      }
      if (next == null) {
        last = previous;
      } else {
        next.previousOfTenant = previous;
      }
      waiter.previousOfTenant = null;
      waiter.nextOfTenant = null;
      waiting--;
    }
  }

  /** Those in line who do not want to wait while the server is down; a copy. */
  List<Waiter<T>> impatient() {
    return impatient == null ? List.of() : List.copyOf(impatient);
  }

  /** The caller in its line with this many others before it, if there is one. */
  @Nullable Waiter<T> behind(int others) {
    if (others >= waiting) {
      return null;
    }
    Waiter<T> waiter = first;
    for (int i = 0; i < others && waiter != null; i++) {
      waiter = waiter.nextOfTenant;
    }
    return waiter;
  }

  /** Whether its server refuses it and it has no connection: it has nothing to wait for. */
  boolean isDown() {
    return creation.failuresInARow() > 0 && present == 0;
  }
}
