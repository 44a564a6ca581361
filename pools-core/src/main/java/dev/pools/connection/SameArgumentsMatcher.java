package dev.pools.connection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings callers and connections together where each caller may get only what was created with
 * equal arguments: {@link ArgumentMatching#SAME}. Guarded by the pool's lock.
 *
 * <p>Callers are served in the order in which they came, and each takes the best that is left: an
 * idle connection of its tenant, one of its tenant that is on its way, a place, or the place of an
 * idle connection of another tenant. So a caller is not overtaken as regards anything that it could
 * use, and a caller that has something on its way holds up no caller behind it.
 *
 * <p>A tenant whose last attempt failed is out of the order until its pause is over: it reserves no
 * place, and delays no caller of another tenant.
 *
 * <p>Each tenant has a line of its own, and the tenants whose turn may come are sorted by the first
 * of their callers that needs something. What one round looks at is bounded by the number of places
 * and of the tenants that have changed since the last round, however long the lines are:
 *
 * <ol>
 *   <li>S1: a tenant is listed as what it was when it last changed; each change is noted by {@link
 *       Tenant#hasChanged}, and only the passing of time changes a tenant without a note. Those
 *       that wait for that are sorted by time. New options change all: see {@link #beginAnew}.
 *   <li>S2: each step of a round uses up a connection or a place, or puts a tenant aside for the
 *       rest of the round that has a connection of its own.
 * </ol>
 */
final class SameArgumentsMatcher<T> implements ArgumentsMatcher<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final WaiterOutcomes<T> outcomes;
  private final HealthChecks<T> checks;
  private final ConnectionCreator<T> creator;
  private final CreationDemand<T> demand;
  private final SlotTable<T> slots;
  private final CreationLimits creations;

  private final NavigableSet<Tenant<Waiter<T>>> idle = byTurn();
  private final NavigableSet<Tenant<Waiter<T>>> wanting = byTurn();
  private final NavigableSet<Tenant<Waiter<T>>> failing = byTurn();

  /** Sorted by the end of the pause, which is what {@code turn} is in this set. */
  private final NavigableSet<Tenant<Waiter<T>>> paused = byTurn();

  private final Tenant.Changes<Waiter<T>> changed;

  SameArgumentsMatcher(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      WaiterOutcomes<T> outcomes,
      HealthChecks<T> checks,
      ConnectionCreator<T> creator,
      CreationDemand<T> demand) {
    this.core = core;
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.checks = checks;
    this.creator = creator;
    this.demand = demand;
    this.slots = core.slots;
    this.creations = core.creations;
    this.changed = core.tenants.changes();
  }

  private static <W> NavigableSet<Tenant<W>> byTurn() {
    return new TreeSet<>(
        Comparator.<Tenant<W>>comparingLong(tenant -> tenant.turn)
            .thenComparingLong(tenant -> tenant.tie));
  }

  /** Begins to note changes. */
  @Override
  public void open() {
    changed.begin();
  }

  @Override
  public void beginAnew() {
    for (Waiter<T> waiter = core.line.first(); waiter != null; waiter = waiter.next) {
      waiter.tenant.touched = false;
      waiter.tenant.passed = 0;
      waiter.tenant.hasReserved = false;
      waiter.tenant.hasChanged();
    }
  }

  /** Forgets all tenants. */
  @Override
  public void clear() {
    changed.end();
    for (NavigableSet<Tenant<Waiter<T>>> listed : List.of(idle, wanting, failing, paused)) {
      listed.forEach(tenant -> tenant.listing = Tenant.Listing.NONE);
      listed.clear();
    }
  }

  @Override
  public void serve(long now) {
    demand.keepUp(serve(null, now), now);
  }

  @Override
  public void offerProven(Slot<T> slot, long now) {
    if (core.serves() && slot.isWanted() && !checks.isPrepared(slot)) {
      checks.prepare(slot);
    } else {
      slots.offer(slot);
    }
    if (core.serves()) {
      demand.keepUp(serve(slot, now), now);
    }
  }

  /**
   * Serves the callers in line as far as possible.
   *
   * @param proven is known to be fit, if there is one: it is not checked again
   * @return how many places are left over now
   */
  private int serve(@Nullable Slot<T> proven, long now) {
    Round round = new Round(proven, core.maxSize, now);
    while (!paused.isEmpty() && paused.first().turn - now <= 0) {
      round.list(paused.first());
    }
    round.listChanged();
    while (round.step()) {
      round.listChanged();
    }
    round.over();
    return Math.min(round.free(), round.places());
  }

  @Override
  public void makeRoomFor(ConnectionSpec wanted) {
    slots.count(wanted.tenant());
    if (slots.live() >= core.maxSize && wanted.tenant().stuck == 0) {
      displaceFor(wanted);
    }
  }

  @Override
  public @Nullable Slot<T> holdWarmest(Tenant<?> wanted) {
    Slot<T> slot = slots.warmest(wanted);
    return slot != null && slot.hold() ? slot : null;
  }

  /**
   * Closes an idle connection of another tenant. Its place is free when it is closed. A caller in
   * line takes it then, in its turn; if it has given up, and no other takes it, the pool takes it
   * for {@code minSize}, with the arguments of that caller.
   *
   * @return whether there was one, so that a place will be free soon
   */
  private boolean displaceFor(ConnectionSpec wanted) {
    Slot<T> victim = slots.coldestBut(wanted.tenant());
    if (victim != null) {
      retirement.retire(held(victim), RetireReason.DISPLACED);
      core.nextArguments.want(wanted, core.minSize);
    }
    return victim != null;
  }

  /** An idle slot, held: no thread can have taken it, because the gate is always barred. */
  private static <T> Slot<T> held(Slot<T> idle) {
    if (!idle.hold()) {
      throw new IllegalStateException("An idle slot was taken through a barred gate.");
    }
    return idle;
  }

  @Override
  public boolean isOnItsWay(Tenant<?> wanted) {
    slots.count(wanted);
    return wanted.coming > 0;
  }

  @Override
  public boolean isGettingReady(Tenant<?> wanted) {
    return slots.isGettingReady(wanted);
  }

  @Override
  public boolean isCheckedFor(Waiter<T> waiter, int place) {
    int left = slots.checking(waiter.tenant);
    Tenant.Place<Waiter<T>> before = Objects.requireNonNull(waiter.placeOfTenant).previous;
    for (; before != null && left > 0; before = before.previous) {
      left--;
    }
    return left > 0;
  }

  private NavigableSet<Tenant<Waiter<T>>> listOf(Tenant.Listing listing) {
    return switch (listing) {
      case IDLE -> idle;
      case WANTING -> wanting;
      case FAILING -> failing;
      case PAUSED -> paused;
      case NONE -> throw new IllegalArgumentException("not listed");
    };
  }

  private void remove(Tenant<Waiter<T>> tenant) {
    if (tenant.listing != Tenant.Listing.NONE) {
      listOf(tenant.listing).remove(tenant);
      tenant.listing = Tenant.Listing.NONE;
    }
  }

  private void add(Tenant<Waiter<T>> tenant, Tenant.Listing listing, Waiter<T> waiter, long turn) {
    tenant.turn = turn;
    tenant.tie = waiter.number;
    listOf(listing).add(tenant);
    tenant.listing = listing;
  }

  /** One round over the line: it knows what is left for the callers that follow. */
  private final class Round {

    private final @Nullable Slot<T> proven;
    private final int maxSize;
    private final long now;

    /** Places for which callers wait that have had their turn. */
    private int reserved;

    /** The tenants that have callers that had their turn, or that were put aside. */
    private final List<Tenant<Waiter<T>>> touched = new ArrayList<>(0);

    private Round(@Nullable Slot<T> proven, int maxSize, long now) {
      this.proven = proven;
      this.maxSize = maxSize;
      this.now = now;
    }

    /** How many places are free, or will be free when all closings have ended. */
    private int places() {
      return maxSize - slots.live() - reserved;
    }

    /** How many places are free now. */
    private int free() {
      return Math.max(0, maxSize - slots.total() - reserved);
    }

    private void listChanged() {
      for (Tenant<Waiter<T>> next = changed.poll(); next != null; next = changed.poll()) {
        list(next);
      }
    }

    /** Lists a tenant by what its callers wait for now. */
    private void list(Tenant<Waiter<T>> tenant) {
      remove(tenant);
      boolean owesRefusals = tenant.takeOwedRefusals();
      if (tenant.waiting == 0) {
        return;
      }
      if (owesRefusals || tenant.creation.pauseNanos(now) > 0) {
        outcomes.refuseAllIfDown(tenant);
      }
      slots.count(tenant);
      Slot<T> best = tenant.idle > 0 ? fitting(tenant) : null;
      if (best != null && isUsable(best)) {
        addFirst(tenant, Tenant.Listing.IDLE, 0);
        return;
      }
      int served = tenant.coming + tenant.passed;
      if (best != null) {
        addFirst(tenant, Tenant.Listing.IDLE, served);
      } else if (tenant.creation.pauseNanos(now) > 0) {
        // As soon as the pause is over, one of its callers needs a place.
        Waiter<T> waiter = tenant.behind(served);
        if (waiter != null) {
          add(tenant, Tenant.Listing.PAUSED, waiter, now + tenant.creation.pauseNanos(now));
        }
      } else if (tenant.creation.hasShare()) {
        boolean isFailing = tenant.creation.failuresInARow() > 0;
        if (!isFailing) {
          addFirst(tenant, Tenant.Listing.WANTING, served);
        } else if (!tenant.hasReserved) {
          // There is one attempt at a time, so one of its callers needs a place.
          addFirst(tenant, Tenant.Listing.FAILING, served);
        }
      }
    }

    private void addFirst(Tenant<Waiter<T>> tenant, Tenant.Listing listing, int others) {
      Waiter<T> waiter = tenant.behind(others);
      if (waiter != null) {
        add(tenant, listing, waiter, waiter.number);
      }
    }

    private boolean isUsable(Slot<T> slot) {
      return slot == proven ? checks.isPrepared(slot) : checks.isReady(slot, now);
    }

    /**
     * The idle connection of this tenant that was used last and is not spent; of those that can be
     * leased as they are, if there are any.
     */
    private @Nullable Slot<T> fitting(Tenant<?> tenant) {
      while (true) {
        Slot<T> slot = slots.warmest(tenant);
        RetireReason spent = slot == null ? null : core.fitness.spent(slot, now);
        if (slot == null || spent == null) {
          return slot == null || isUsable(slot) ? slot : checks.readyInsteadOf(slot, now);
        }
        retirement.retire(held(slot), spent);
      }
    }

    /** The next caller has its turn; false if nothing is left for any caller. */
    private boolean step() {
      Tenant<Waiter<T>> next = earlier(null, idle);
      if (places() > 0 || mayMakeRoom()) {
        next = earlier(next, wanting);
        if (creations.hasRoomForDoubtful()) {
          next = earlier(next, failing);
        }
      }
      if (next == null) {
        return false;
      }
      serve(next);
      return true;
    }

    private @Nullable Tenant<Waiter<T>> earlier(
        @Nullable Tenant<Waiter<T>> one, NavigableSet<Tenant<Waiter<T>>> others) {
      Tenant<Waiter<T>> other = others.isEmpty() ? null : others.first();
      return one == null || (other != null && other.turn < one.turn) ? other : one;
    }

    /** Whether a connection could be created at once if an idle one gives up its place. */
    private boolean mayMakeRoom() {
      return creations.hasRoom() && (slots.hasIdle() || creator.hopeless() != null);
    }

    private void serve(Tenant<Waiter<T>> tenant) {
      Slot<T> slot = fitting(tenant);
      boolean usable = slot != null && isUsable(slot);
      Waiter<T> waiter = tenant.behind(usable ? 0 : tenant.coming + tenant.passed);
      boolean isStale = slot == null && tenant.listing == Tenant.Listing.IDLE;
      if (isStale || waiter == null || !outcomes.isAlive(waiter, now)) {
        tenant.hasChanged();
      } else if (slot != null && usable) {
        outcomes.grant(waiter, held(slot), now);
      } else if (slot != null && !(slot.doubtful && free() > 0 && tenant.creation.mayBegin(now))) {
        boolean inDoubt = slot.doubtful;
        if (slot == proven) {
          checks.prepare(held(slot));
        } else {
          checks.makeReady(held(slot), now);
        }
        if (inDoubt) {
          // It counts as nothing yet, but each caller has one turn in a round.
          pass(tenant);
        }
      } else if (places() > 0 && creator.mayTakePlace(tenant)) {
        takePlace(tenant, waiter);
      } else {
        makeRoom(tenant, waiter);
      }
    }

    private void takePlace(Tenant<Waiter<T>> tenant, Waiter<T> waiter) {
      boolean isFree = free() > 0;
      if (isFree && !isSoonerBack(tenant) && tenant.creation.mayBegin(now)) {
        creator.create(waiter.spec(), /* upkeep= */ false);
      } else {
        reserve(tenant, waiter);
      }
    }

    /**
     * Closes an idle connection of another tenant for a caller. Not while no connection could be
     * created in its place, and not for a tenant whose server does not answer: that would cost all
     * other tenants their connections.
     */
    private void makeRoom(Tenant<Waiter<T>> tenant, Waiter<T> waiter) {
      if (isSoonerBack(tenant) || !tenant.creation.mayBegin(now)) {
        putAside(tenant);
      } else if (demand.mayCreate(tenant, /* hasRoom= */ false, now)) {
        creator.create(waiter.spec(), /* upkeep= */ false);
      } else if (tenant.stuck == 0 && displaceFor(waiter.spec())) {
        reserve(tenant, waiter);
      } else {
        putAside(tenant);
      }
    }

    /** Whether a connection of this tenant may come back before another one can be created. */
    private boolean isSoonerBack(Tenant<?> tenant) {
      return tenant.inUse > 0 && demand.awaitsLead(tenant, now);
    }

    /** Keeps a place that is not free yet, or may not be needed, for a caller. */
    private void reserve(Tenant<Waiter<T>> tenant, Waiter<T> waiter) {
      reserved++;
      tenant.hasReserved = true;
      waiter.awaitsPlace = true;
      pass(tenant);
    }

    /** The caller whose turn it is has had it. */
    private void pass(Tenant<Waiter<T>> tenant) {
      tenant.passed++;
      touch(tenant);
      tenant.hasChanged();
    }

    /** There is nothing for any of this tenant's callers in this round. */
    private void putAside(Tenant<Waiter<T>> tenant) {
      touch(tenant);
      remove(tenant);
    }

    private void touch(Tenant<Waiter<T>> tenant) {
      if (!tenant.touched) {
        tenant.touched = true;
        touched.add(tenant);
      }
    }

    /** Lists the tenants that were touched as they are without this round. */
    private void over() {
      for (Tenant<Waiter<T>> tenant : touched) {
        tenant.touched = false;
        tenant.passed = 0;
        tenant.hasReserved = false;
        list(tenant);
      }
      if (!paused.isEmpty()) {
        demand.retryLater(paused.first().turn - now);
      }
    }
  }
}
