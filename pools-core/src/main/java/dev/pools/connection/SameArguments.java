package dev.pools.connection;

import dev.pools.Arguments;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings callers and connections together where each caller may get only what was made with his
 * arguments: {@link ArgumentMatching#SAME}. Guarded by the pool's lock.
 *
 * <p>Those in line are gone through from the first, and each takes the best that is left: an idle
 * connection of his kind, one of his kind that is on its way, a place, or the place of an idle
 * connection of another kind. So nobody is overtaken as regards anything that he could use, and
 * whoever has something on its way holds up nobody behind him. It ends when nothing is left, so it
 * takes about as many steps as the pool has places, however long the line is.
 */
final class SameArguments<T> {

  private final Exchange<T> exchange;
  private final Slots<T> slots;
  private final WaitQueue<T> line;
  private final Creation creation;

  SameArguments(Exchange<T> exchange, Slots<T> slots, WaitQueue<T> line, Creation creation) {
    this.exchange = exchange;
    this.slots = slots;
    this.line = line;
    this.creation = creation;
  }

  /**
   * Serves those in line as far as can be.
   *
   * @param proven is known to be fit just now, if any is
   * @return how many places are left over now
   */
  int match(@Nullable Slot<T> proven, int maxSize, long now) {
    Round round = new Round(proven, maxSize, now);
    Waiter<T> next;
    for (Waiter<T> waiter = line.first(); waiter != null && round.hasMore(); waiter = next) {
      next = waiter.next;
      if (exchange.isAlive(waiter, now)) {
        round.serve(waiter);
      }
    }
    return Math.min(round.free, round.places);
  }

  /**
   * Makes room for one of these arguments, for a caller who does not wait for it.
   *
   * @return whether a place will be free soon
   */
  boolean displaceFor(Arguments wanted) {
    Slot<T> victim = slots.coldestBut(Set.of(wanted));
    if (victim != null) {
      exchange.retire(held(victim), RetireReason.DISPLACED);
    }
    return victim != null;
  }

  /** An idle slot, held: nobody can have taken it, because the gate is always barred. */
  private static <T> Slot<T> held(Slot<T> idle) {
    if (!idle.hold()) {
      throw new IllegalStateException("An idle slot was taken through a barred gate.");
    }
    return idle;
  }

  /** Whether a connection of these arguments is being made or checked. */
  boolean isOnItsWay(Arguments wanted) {
    for (Slot<T> slot : slots.all()) {
      if (slot.madeWith().equals(wanted) && isComing(slot)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of these arguments is being checked. */
  boolean isBeingChecked(Arguments wanted) {
    for (Slot<T> slot : slots.all()) {
      if (slot.state() == Slot.State.CHECKING && slot.madeWith().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Whether, of those being checked, one is left for this caller and those before it. */
  boolean isCheckedFor(Waiter<T> waiter) {
    int left = 0;
    for (Slot<T> slot : slots.all()) {
      if (slot.state() == Slot.State.CHECKING && slot.madeWith().equals(waiter.arguments)) {
        left++;
      }
    }
    for (Waiter<T> before = waiter.previous; before != null; before = before.previous) {
      if (before.arguments.equals(waiter.arguments)) {
        left--;
      }
    }
    return left > 0;
  }

  private static boolean isComing(Slot<?> slot) {
    return switch (slot.state()) {
      case CREATING -> !slot.overdue;
      case PROVING -> true;
      case CHECKING -> !slot.checkedInDoubt;
      default -> false;
    };
  }

  /** What is left for those in line who have not been looked at yet. */
  private final class Round {

    private final @Nullable Slot<T> proven;
    private final long now;

    /** How many connections are on their way, by what they are made with. */
    private final Map<Arguments, Integer> coming = new HashMap<>();

    /** What calls of the factory are made with that do not end. */
    private final Set<Arguments> stuck = new HashSet<>();

    /** What those in use were made with, which may come back. */
    private final Set<Arguments> inUse = new HashSet<>();

    /** How many places are free now. */
    private int free;

    /** How many are free now, or will be when what is being closed is closed. */
    private int places;

    /** What those in line want who have not been looked at yet; null until it is needed. */
    private @Nullable Set<Arguments> wanted;

    private Round(@Nullable Slot<T> proven, int maxSize, long now) {
      this.proven = proven;
      this.now = now;
      this.free = maxSize - slots.total();
      this.places = maxSize - slots.live();
      if (line.size() > 0) {
        for (Slot<T> slot : slots.all()) {
          if (isComing(slot)) {
            coming.merge(slot.madeWith(), 1, Integer::sum);
          } else if (slot.state() == Slot.State.CREATING) {
            stuck.add(slot.madeWith());
          } else if (slot.state() == Slot.State.IN_USE) {
            inUse.add(slot.madeWith());
          }
        }
      }
    }

    private boolean hasMore() {
      return places > 0 || !coming.isEmpty() || slots.hasIdle() || exchange.hopeless() != null;
    }

    private void serve(Waiter<T> waiter) {
      Slot<T> slot = fitting(waiter.arguments);
      if (slot != null && (slot == proven || !exchange.isDueOnBorrow(slot, now))) {
        exchange.grant(waiter, held(slot), now);
      } else if (!takeComing(waiter.arguments)) {
        if (slot != null && !(slot.doubtful && free > 0 && creation.mayBegin(now))) {
          exchange.check(held(slot));
        } else if (places > 0) {
          takePlace(waiter.arguments);
        } else {
          makeRoom(waiter);
        }
      }
    }

    /** The idle connection of these arguments that was used last and is not spent. */
    private @Nullable Slot<T> fitting(Arguments arguments) {
      while (true) {
        Slot<T> slot = slots.warmest(arguments);
        RetireReason spent = slot == null ? null : exchange.spent(slot, now);
        if (slot == null || spent == null) {
          return slot;
        }
        exchange.retire(held(slot), spent);
        places++;
      }
    }

    private boolean takeComing(Arguments arguments) {
      Integer left = coming.get(arguments);
      if (left == null) {
        return false;
      }
      if (left == 1) {
        coming.remove(arguments);
      } else {
        coming.put(arguments, left - 1);
      }
      return true;
    }

    private void takePlace(Arguments arguments) {
      places--;
      if (free > 0) {
        free--;
        if (isSoonerBack(arguments)) {
          return;
        }
        if (creation.mayBegin(now)) {
          exchange.create(arguments, /* upkeep= */ false);
        } else {
          exchange.retryLater(creation.pauseNanos(now));
        }
      }
    }

    /**
     * Closes an idle connection in favour of a caller, but not while nothing could be made in its
     * place, nor for one whose server does not answer: else that would cost all the others theirs.
     */
    private void makeRoom(Waiter<T> waiter) {
      if (isSoonerBack(waiter.arguments)) {
        return;
      }
      if (!creation.mayBegin(now)) {
        exchange.retryLater(creation.pauseNanos(now));
      } else if (exchange.mayCreate(/* hasRoom= */ false, now)) {
        exchange.create(waiter.arguments, /* upkeep= */ false);
      } else if (slots.hasIdle() && !stuck.contains(waiter.arguments)) {
        Slot<T> victim = slots.coldestBut(wantedFrom(waiter));
        if (victim == null) {
          victim = slots.coldestBut(Set.of(waiter.arguments));
        }
        if (victim != null) {
          exchange.retire(held(victim), RetireReason.DISPLACED);
        }
      }
    }

    /** Whether one of these arguments that is in use may be back before another one can be made. */
    private boolean isSoonerBack(Arguments arguments) {
      return inUse.contains(arguments) && exchange.awaitsLead(now);
    }

    private Set<Arguments> wantedFrom(Waiter<T> waiter) {
      Set<Arguments> known = wanted;
      if (known == null) {
        known = new HashSet<>();
        for (Waiter<T> other = waiter; other != null; other = other.next) {
          known.add(other.arguments);
        }
        wanted = known;
      }
      return known;
    }
  }
}
