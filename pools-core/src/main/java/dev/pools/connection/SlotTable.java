package dev.pools.connection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All places of a pool. Guarded by the pool's lock; the numbers may be read without it.
 *
 * <p>The pool leases the connection first that was used last, so that connections that are not
 * needed stay idle and can be closed. It knows connections by identity: it never calls their {@code
 * equals}.
 */
final class SlotTable<T> implements Slot.Table<T>, CreationLimits.Connections {

  private final LeaseGate<T> gate;
  private final Set<Slot<T>> all = new LinkedHashSet<>();
  private final IdentityHashMap<T, Slot<T>> byConnection = new IdentityHashMap<>();
  private int creating;
  private int present;
  private int checking;
  private int checkedInDoubt;
  private int hooking;
  private int resetting;
  private int closing;
  private int held;
  private long offers;
  private long numbers;

  /** How many leases the connections had that are not present any more. */
  private long formerLeases;

  SlotTable(LeaseGate<T> gate) {
    this.gate = gate;
  }

  /** A new place, whose connection will be created. */
  Slot<T> add(ConnectionSpec spec) {
    Slot<T> slot = new Slot<>(this, spec);
    slot.number = ++numbers;
    slot.tenant.hasChanged();
    all.add(slot);
    creating++;
    return slot;
  }

  /** The number of the last place that was added. */
  long lastNumber() {
    return numbers;
  }

  @Override
  public boolean isAnyLeasedAgain(Object tenant, long sinceNumber) {
    for (Slot<T> slot : all) {
      if (slot.number > sinceNumber && slot.tenant.creation == tenant && slot.uses() > 1) {
        return true;
      }
    }
    return false;
  }

  /** Gives up a place that was just added, because there was no memory to start its creation. */
  void remove(Slot<T> slot) {
    all.remove(slot);
    creating--;
  }

  /**
   * A slot is about to go from one state to another, under the lock. What the step needs is
   * allocated here, so that a step that fails has changed nothing.
   *
   * @return room for the row of the gate, if the step changes it
   */
  @Override
  public Slot<T> @Nullable [] beforeMove(Slot<T> slot, Slot.State from, Slot.State to) {
    slot.tenant.hasChanged();
    if (to == Slot.State.HELD && isNew(from)) {
      return gate.roomFor(1);
    }
    return to == Slot.State.CLOSING && from != Slot.State.PROVING ? gate.roomFor(-1) : null;
  }

  private static boolean isNew(Slot.State state) {
    return state == Slot.State.CREATING || state == Slot.State.PROVING;
  }

  /**
   * A slot has gone from one state to another, under the lock. Allocates nothing.
   *
   * @param room what {@link #beforeMove} has returned
   */
  @Override
  public void moved(Slot<T> slot, Slot.State from, Slot.State to, Slot<T> @Nullable [] room) {
    switch (from) {
      case CREATING -> creating -= to == Slot.State.PROVING ? 0 : 1;
      case PROVING -> creating--;
      case CHECKING -> {
        checking--;
        if (slot.checkedInDoubt) {
          checkedInDoubt--;
        }
        if (slot.hooking) {
          hooking--;
          slot.hooking = false;
        }
        if (slot.resetting) {
          resetting--;
          slot.resetting = false;
        }
      }
      case CLOSING -> {
        closing--;
        byConnection.remove(slot.connection());
      }
      case HELD -> held--;
      case IN_USE, IDLE, GONE -> {}
    }
    switch (to) {
      case CHECKING -> {
        checking++;
        if (slot.checkedInDoubt) {
          checkedInDoubt++;
        }
        hooking += slot.hooking ? 1 : 0;
        resetting += slot.resetting ? 1 : 0;
      }
      case HELD -> {
        held++;
        if (room != null) {
          present++;
          slot.tenant.present++;
          gate.admit(slot, room);
        }
      }
      case CLOSING -> {
        closing++;
        if (room != null) {
          present--;
          slot.tenant.present--;
          formerLeases += slot.uses();
          gate.dismiss(slot, room);
        }
      }
      case GONE -> all.remove(slot);
      case CREATING, PROVING, IN_USE, IDLE -> {}
    }
  }

  /** A slot is held that was idle or in use. */
  @Override
  public void hasHeld(Slot<T> slot) {
    held++;
    slot.tenant.hasChanged();
  }

  /** Whether no slot is held; this must be so whenever the lock is free (S1). */
  boolean noneIsHeld() {
    return held == 0;
  }

  /** A slot that is held becomes idle, as the one that was used last. */
  void offer(Slot<T> slot) {
    slot.offered = ++offers;
    slot.offer();
  }

  /** The idle slot that was used last, of those that need no check if there are any; held. */
  @Nullable Slot<T> holdWarmest() {
    while (true) {
      Slot<T> warmest = null;
      for (Slot<T> slot : gate.row()) {
        if (slot.state() == Slot.State.IDLE
            && (warmest == null || compareByWarmth(slot, warmest) > 0)) {
          warmest = slot;
        }
      }
      if (warmest == null || warmest.hold()) {
        return warmest;
      }
    }
  }

  /** As {@link #holdWarmest}, of the connections of this tenant; not held. */
  @Nullable Slot<T> warmest(Tenant<?> tenant) {
    return warmest(slot -> slot.tenant == tenant);
  }

  /** The idle slot that was used last, among those that meet the condition; not held. */
  @Nullable Slot<T> warmest(Predicate<? super Slot<T>> such) {
    Slot<T> warmest = null;
    for (Slot<T> slot : gate.row()) {
      if (slot.state() == Slot.State.IDLE
          && (warmest == null || compareByWarmth(slot, warmest) > 0)
          && such.test(slot)) {
        warmest = slot;
      }
    }
    return warmest;
  }

  /**
   * The idle slot of another tenant that was not used for longest; one of a tenant without waiting
   * callers comes first.
   */
  @Nullable Slot<T> coldestBut(Tenant<?> spared) {
    Slot<T> coldest = null;
    for (Slot<T> slot : gate.row()) {
      if (slot.tenant != spared
          && slot.state() == Slot.State.IDLE
          && (coldest == null || goesBefore(slot, coldest))) {
        coldest = slot;
      }
    }
    return coldest;
  }

  /**
   * A connection that must be checked is colder than any that need not. Of the others, one that has
   * been prepared for a lease is warmer than any that has not.
   */
  private static int compareByWarmth(Slot<?> one, Slot<?> other) {
    return signOf(
        rank(one) - rank(other), one.usedNanos - other.usedNanos, one.offered - other.offered);
  }

  private static int rank(Slot<?> slot) {
    return (slot.awaitsProof() ? 0 : 2) + (slot.isPrepared() ? 1 : 0);
  }

  /** The sign of the first difference that is not zero. */
  private static int signOf(int byRank, long byUse, long byOffer) {
    return byRank != 0 ? byRank : Long.signum(byUse != 0 ? byUse : byOffer);
  }

  /** How warm a slot was when it was read. Without the lock it may be leased at any moment. */
  private record Warmth<T>(Slot<T> slot, int rank, long usedNanos, long offered) {

    static <T> Warmth<T> of(Slot<T> slot) {
      return new Warmth<>(slot, SlotTable.rank(slot), slot.usedNanos, slot.offered);
    }

    int comparedTo(Warmth<T> other) {
      return signOf(rank - other.rank, usedNanos - other.usedNanos, offered - other.offered);
    }
  }

  private boolean goesBefore(Slot<T> slot, Slot<T> other) {
    boolean isWaitedFor = slot.tenant.waiting > 0;
    boolean otherIsWaitedFor = other.tenant.waiting > 0;
    return isWaitedFor == otherIsWaitedFor ? compareByWarmth(slot, other) < 0 : otherIsWaitedFor;
  }

  /** Counts the places of a tenant, for {@link SameArgumentsMatcher}. */
  void count(Tenant<?> tenant) {
    tenant.coming = 0;
    tenant.stuck = 0;
    tenant.inUse = 0;
    tenant.idle = 0;
    for (Slot<T> slot : all) {
      if (slot.tenant == tenant) {
        switch (slot.state()) {
          case CREATING -> {
            if (slot.overdue) {
              tenant.stuck++;
            } else {
              tenant.coming++;
            }
          }
          case PROVING -> tenant.coming++;
          case CHECKING -> {
            if (!slot.checkedInDoubt) {
              tenant.coming++;
            }
          }
          case IN_USE -> tenant.inUse++;
          case IDLE -> tenant.idle++;
          case HELD, CLOSING, GONE -> {}
        }
      }
    }
  }

  /** How many connections of a tenant are being checked. */
  int checking(Tenant<?> tenant) {
    int ofTenant = 0;
    for (Slot<T> slot : all) {
      if (slot.tenant == tenant && slot.state() == Slot.State.CHECKING) {
        ofTenant++;
      }
    }
    return ofTenant;
  }

  /** As {@link #gettingReady}: whether there is one of a tenant. */
  boolean isGettingReady(Tenant<?> tenant) {
    for (Slot<T> slot : all) {
      if (slot.tenant == tenant && slot.state() == Slot.State.CHECKING && !slot.resetting) {
        return true;
      }
    }
    return false;
  }

  /** Whether one is idle at this moment. */
  boolean hasIdle() {
    for (Slot<T> slot : gate.row()) {
      if (slot.state() == Slot.State.IDLE) {
        return true;
      }
    }
    return false;
  }

  /** The slots that are idle at this moment, the one that has not been used for longest first. */
  List<Slot<T>> fromColdest() {
    // A sort fails if what it compares changes meanwhile.
    List<Warmth<T>> idle = new ArrayList<>();
    for (Slot<T> slot : gate.row()) {
      if (slot.state() == Slot.State.IDLE) {
        idle.add(Warmth.of(slot));
      }
    }
    idle.sort(Warmth::comparedTo);
    List<Slot<T>> slots = new ArrayList<>(idle.size());
    for (Warmth<T> next : idle) {
      slots.add(next.slot());
    }
    return slots;
  }

  /** Finds out which connections were used since the last time, where leases are not noted. */
  void sweep(long nowNanos) {
    for (Slot<T> slot : gate.row()) {
      slot.sweep(nowNanos);
    }
  }

  /** Marks each slot: its next step is taken under the lock. */
  void markAll() {
    for (Slot<T> slot : gate.row()) {
      slot.mark();
    }
  }

  void know(T connection, Slot<T> slot) {
    byConnection.put(connection, slot);
  }

  @Nullable Slot<T> of(T connection) {
    return byConnection.get(connection);
  }

  /** The slots that have a connection, whatever is done with it; never changed. */
  Slot<T>[] present() {
    return gate.row();
  }

  /** All slots, whatever their state; a copy. */
  Collection<Slot<T>> all() {
    return List.copyOf(all);
  }

  /** How many connections are being created, or pass their first check. */
  int creating() {
    return creating;
  }

  int checking() {
    return checking;
  }

  /** How many are being checked, or prepared, for a lease; without those in a reset. */
  int gettingReady() {
    return checking - resetting;
  }

  /** How many the checker looks at; without those on which a hook acts. */
  int inCheck() {
    return checking - hooking;
  }

  int closing() {
    return closing;
  }

  /** How many of the connections that are being checked are probably fit. */
  int promising() {
    return checking - checkedInDoubt;
  }

  /** All places that are taken, also those of connections that are being created and closed. */
  int total() {
    return live() + closing;
  }

  /** The places of connections that exist, or are being created. */
  int live() {
    return creating + present;
  }

  /** The places of connections that exist. */
  int size() {
    return present;
  }

  /**
   * A count of what changes without the lock.
   *
   * @param inUse how many connections are leased
   * @param leases how many leases there have been
   */
  record Use(int inUse, long leases) {}

  /** How often {@link #use} looks for a moment in which nothing changes. */
  private static final int LOOKS = 16;

  /**
   * Counts the connections in use: as they are at one instant, if no lease begins or ends during
   * one of several looks; otherwise each slot as it is when it is read. Each slot is counted by one
   * reading of its word, so never twice, and a slot that is being checked never counts as in use.
   */
  Use use() {
    for (int looks = 1; ; looks++) {
      int inUse = 0;
      long leases = formerLeases;
      long stepsBefore = 0;
      Slot<T>[] seen = gate.row();
      for (Slot<T> slot : seen) {
        long steps = slot.steps();
        stepsBefore += steps;
        inUse += Slot.isInUse(steps) ? 1 : 0;
        leases += slot.usesAtSteps(steps);
      }
      long stepsAfter = 0;
      for (Slot<T> slot : seen) {
        stepsAfter += slot.steps();
      }
      // Each step makes its number greater, so an equal sum means that there was no step.
      if (stepsAfter == stepsBefore || looks == LOOKS) {
        return new Use(inUse, leases);
      }
    }
  }
}
