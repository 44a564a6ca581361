package dev.pools.connection;

import dev.pools.Arguments;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All callers that ask with equal arguments, and what the pool knows of them: their line, and how
 * their connections are created. With {@link ArgumentMatching#ANY} there is one tenant for all
 * callers. A tenant is compared by identity, so that no step under the pool's lock calls the {@code
 * equals} of an argument. Guarded by the pool's lock, except for what never changes.
 *
 * @param <W> the callers
 */
final class Tenant<W> {

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

  /** A caller's place in the line of its tenant. */
  static final class Place<W> {

    final W caller;
    @Nullable Place<W> previous;
    @Nullable Place<W> next;

    Place(W caller) {
      this.caller = caller;
    }
  }

  /**
   * The tenants about which something has changed since they were last looked at, each once. The
   * tenants are the nodes of the list, so that to note a change allocates nothing and cannot fail.
   */
  static final class Changes<W> {

    private @Nullable Tenant<W> first;
    private @Nullable Tenant<W> last;
    private boolean areNoted;

    /** Begins to note changes. */
    void begin() {
      areNoted = true;
    }

    /** Notes no more changes, and forgets those that were noted. */
    void end() {
      areNoted = false;
      while (poll() != null) {}
    }

    private void add(Tenant<W> tenant) {
      if (!areNoted || tenant.changed) {
        return;
      }
      tenant.changed = true;
      if (last == null) {
        first = tenant;
      } else {
        last.nextChanged = tenant;
      }
      last = tenant;
    }

    /** Takes the tenant that was added first. */
    @Nullable Tenant<W> poll() {
      Tenant<W> taken = first;
      if (taken != null) {
        first = taken.nextChanged;
        if (first == null) {
          last = null;
        }
        taken.nextChanged = null;
        taken.changed = false;
      }
      return taken;
    }
  }

  /** What its callers ask with; none if it stands for all callers. */
  final Arguments arguments;

  final CreationBackoff creation;

  /** How many connections of it exist and are not being closed. */
  int present;

  private final Changes<W> changes;

  /** Whether it has a line of its own; with ArgumentMatching.SAME only. */
  private final boolean keepsLine;

  // Its line: callers in the order in which they came.
  private @Nullable Place<W> first;
  private @Nullable Place<W> last;
  int waiting;

  /** The callers in line that do not wait while the server is down; null if there are none. */
  private @Nullable Set<W> impatient;

  /** Whether an attempt for it has failed, and its impatient callers have not been told. */
  private boolean owesRefusals;

  // Belong to SameArgumentsMatcher.
  Listing listing = Listing.NONE;

  /** The number of the caller whose turn it is, among those of all tenants. */
  long turn;

  /** Tells apart tenants with the same turn. */
  long tie;

  /** Whether it is in {@link Changes}, and which one follows it there. */
  private boolean changed;

  private @Nullable Tenant<W> nextChanged;

  /** Whether the present round must list it once more at its end. */
  boolean touched;

  /** How many of its callers had a turn in the present round and still wait. */
  int passed;

  /** Whether a place is kept in the present round for one of its callers. */
  boolean hasReserved;

  // Its places, as SlotTable.count counted them last: those whose connection will soon serve
  // a caller, those whose creation is overdue, those that are leased, and those that are idle.
  int coming;
  int stuck;
  int inUse;
  int idle;

  Tenant(Arguments arguments, CreationBackoff creation, Changes<W> changes, boolean keepsLine) {
    this.arguments = arguments;
    this.creation = creation;
    this.changes = changes;
    this.keepsLine = keepsLine;
  }

  /** A tenant in place of this one that keeps none of its arguments and callers. */
  Tenant<W> nameless() {
    return new Tenant<>(Arguments.none(), creation, new Changes<>(), /* keepsLine= */ false);
  }

  /** Something about it has changed; {@link SameArgumentsMatcher} looks at it again. */
  void hasChanged() {
    changes.add(this);
  }

  /** A place in its line for a caller; null if it has no line of its own. */
  @Nullable Place<W> placeFor(W caller) {
    return keepsLine ? new Place<>(caller) : null;
  }

  /**
   * A caller joins the line. If this throws there was no memory, and the caller has not joined.
   *
   * @param isImpatient whether it does not wait while the server is down
   */
  void joined(W caller, @Nullable Place<W> place, boolean isImpatient) {
    if (isImpatient) {
      Set<W> known = impatient;
      if (known == null) {
        known = new LinkedHashSet<>();
        impatient = known;
      }
      known.add(caller);
    }
    if (place != null) {
      place.previous = last;
      if (last == null) {
        first = place;
      } else {
        last.next = place;
      }
      last = place;
      waiting++;
    }
    hasChanged();
  }

  void left(W caller, @Nullable Place<W> place) {
    if (impatient != null) {
      impatient.remove(caller);
      if (impatient.isEmpty()) {
        impatient = null;
      }
    }
    if (place != null) {
      Place<W> previous = place.previous;
      Place<W> next = place.next;
      if (previous == null) {
        first = next;
      } else {
        previous.next = next;
      }
      if (next == null) {
        last = previous;
      } else {
        next.previous = previous;
      }
      place.previous = null;
      place.next = null;
      waiting--;
    }
    hasChanged();
  }

  /** An attempt for it has failed. */
  void attemptFailed() {
    owesRefusals |= impatient != null;
    hasChanged();
  }

  /** Whether its impatient callers must be told of a failure; not after this call. */
  boolean takeOwedRefusals() {
    boolean owed = owesRefusals;
    owesRefusals = false;
    return owed;
  }

  /** The callers in line that do not wait while the server is down; a copy. */
  List<W> impatient() {
    return impatient == null ? List.of() : List.copyOf(impatient);
  }

  /** The caller in its line with this many others before it, if there is one. */
  @Nullable W behind(int others) {
    if (others >= waiting) {
      return null;
    }
    Place<W> place = first;
    for (int i = 0; i < others && place != null; i++) {
      place = place.next;
    }
    return place == null ? null : place.caller;
  }

  /** Whether its server refuses it and it has no connection: it has nothing to wait for. */
  boolean isDown() {
    return creation.failuresInARow() > 0 && present == 0;
  }
}
