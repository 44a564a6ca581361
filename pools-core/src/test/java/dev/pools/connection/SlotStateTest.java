package dev.pools.connection;

import static dev.pools.connection.Slot.State.CHECKING;
import static dev.pools.connection.Slot.State.CLOSING;
import static dev.pools.connection.Slot.State.CREATING;
import static dev.pools.connection.Slot.State.GONE;
import static dev.pools.connection.Slot.State.HELD;
import static dev.pools.connection.Slot.State.IDLE;
import static dev.pools.connection.Slot.State.IN_USE;
import static dev.pools.connection.Slot.State.PROVING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import dev.pools.StateTable;
import dev.pools.connection.Slot.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Walks the table of the states of a slot, with the methods that make the transitions. */
class SlotStateTest {

  /** A method; says whether the step was taken, as it says itself, or by not throwing. */
  private record Step(String method, boolean isChecked, Predicate<Slot<Object>> taken) {
    @Override
    public String toString() {
      return method;
    }
  }

  private static Step attempt(String method, Predicate<Slot<Object>> step) {
    return new Step(method, false, step);
  }

  private static Step checked(String method, Consumer<Slot<Object>> step) {
    return new Step(
        method,
        true,
        slot -> {
          try {
            step.accept(slot);
            return true;
          } catch (IllegalStateException refused) {
            return false;
          }
        });
  }

  private static final Step MADE = checked("made", slot -> slot.made(new Object(), 0));
  private static final Step PROVE = checked("prove", slot -> slot.prove(new Object(), 0));
  private static final Step TAKE = attempt("take", slot -> slot.take() != Slot.LOST);
  private static final Step PUT_BACK = attempt("putBack", slot -> slot.putBack(slot.epoch()));
  private static final Step HOLD = attempt("hold", Slot::hold);
  private static final Step SEIZE = attempt("seize", slot -> slot.seize() != null);
  private static final Step SEIZE_LEASE = attempt("seize", slot -> slot.seize(slot.epoch()));
  private static final Step GIVE_BACK =
      attempt("giveBack", slot -> slot.giveBack(slot.epoch(), null, 0));
  private static final Step OFFER = checked("offer", Slot::offer);
  private static final Step LEASE = checked("lease", slot -> slot.lease(0, /* marked= */ false));
  private static final Step BEGIN_CHECK = checked("beginCheck", Slot::beginCheck);
  private static final Step PASSED = checked("passed", slot -> slot.passed(0));
  private static final Step HOOK_DONE = checked("hookDone", Slot::hookDone);
  private static final Step RETIRE = checked("retire", Slot::retire);
  private static final Step VACATE = checked("vacate", Slot::vacate);

  private static final List<Step> ALL =
      List.of(
          MADE,
          PROVE,
          TAKE,
          PUT_BACK,
          HOLD,
          SEIZE,
          SEIZE_LEASE,
          GIVE_BACK,
          OFFER,
          LEASE,
          BEGIN_CHECK,
          PASSED,
          HOOK_DONE,
          RETIRE,
          VACATE);

  /** The steps that bring a new slot into each state. */
  private static final Map<State, List<Step>> WAY_TO =
      Map.of(
          CREATING, List.of(),
          PROVING, List.of(PROVE),
          HELD, List.of(MADE),
          IDLE, List.of(MADE, OFFER),
          IN_USE, List.of(MADE, OFFER, TAKE),
          CHECKING, List.of(MADE, BEGIN_CHECK),
          CLOSING, List.of(MADE, RETIRE),
          GONE, List.of(VACATE));

  /** Where a step leads by the table in the comment; null if there is no row for it. */
  @SuppressWarnings("ReferenceEquality") // The steps are constants.
  private static State next(StateTable table, State from, Step step) {
    if (step == SEIZE_LEASE && from != IN_USE) {
      return null;
    }
    String to = table.after(from.name(), step.method);
    return to == null ? null : State.valueOf(to);
  }

  /** Whether another method may make the transition that this one would make: no method looks. */
  private static boolean isSharedWithAnother(StateTable table, State from, Step step) {
    return step.isChecked
        && table.after(from.name(), step.method) == null
        && table.rows().stream()
            .filter(row -> row.method().equals(step.method))
            .anyMatch(row -> table.after(from.name()).contains(row.to()));
  }

  private static ConnectionSpec spec() {
    CreationLimits creations = new CreationLimits("pool", false, 1, 1, 1);
    return new Tenants<Object>(false, creations).spec(Arguments.none());
  }

  private static Slot<Object> slotIn(State state, SlotTable<Object> slots) {
    Slot<Object> slot = slots.add(spec());
    for (Step step : WAY_TO.get(state)) {
      assertThat(step.taken.test(slot)).as("%s on the way to %s", step, state).isTrue();
    }
    assertThat(slot.state()).isEqualTo(state);
    return slot;
  }

  @Test
  void eachMethodMakesTheTransitionsOfTheTableAndNoOther() throws Exception {
    StateTable table = StateTable.of(State.class);
    assertThat(ALL.stream().map(Step::method))
        .as("the methods in %s", table.file())
        .hasSameElementsAs(table.methods());
    for (State from : State.values()) {
      for (Step step : ALL) {
        if (isSharedWithAnother(table, from, step)) {
          continue;
        }
        SlotTable<Object> slots = new SlotTable<>(new LeaseGate<>());
        Slot<Object> slot = slotIn(from, slots);
        long epoch = slot.epoch();

        boolean taken = step.taken.test(slot);

        State to = next(table, from, step);
        assertThat(taken).as("%s from %s", step, from).isEqualTo(to != null);
        assertThat(slot.state()).as("%s from %s", step, from).isEqualTo(to == null ? from : to);
        if (to == null) {
          assertThat(slot.epoch()).isEqualTo(epoch);
        } else {
          assertThat(slot.isOwnedBy(epoch, from))
              .as("an owner from before owns it no more")
              .isFalse();
          assertThat(slots.total()).isEqualTo(to == GONE ? 0 : 1);
          boolean begins = to == IN_USE || to == CHECKING || to == PROVING;
          assertThat(slot.epoch()).isEqualTo(begins ? epoch + 1 : epoch);
        }
      }
    }
  }

  @Test
  void stateMachineAllowsTheTransitionsOfTheTable() throws Exception {
    StateTable table = StateTable.of(State.class);
    for (State from : State.values()) {
      for (State to : State.values()) {
        assertThat(from.mayBecome(to))
            .as("%s to %s in %s", from, to, table.file())
            .isEqualTo(table.after(from.name()).contains(to.name()));
      }
    }
  }

  @Test
  void markedSlotIsOutOfReachWithoutTheLock() {
    for (State state : State.values()) {
      Slot<Object> slot = slotIn(state, new SlotTable<>(new LeaseGate<>()));

      slot.mark();

      assertThat(slot.isMarked()).as("%s", state).isEqualTo(state == IDLE || state == IN_USE);
      assertThat(slot.state()).isEqualTo(state);
      assertThat(slot.take()).isEqualTo(Slot.LOST);
      assertThat(slot.putBack(slot.epoch())).isFalse();
      assertThat(slot.markLease(slot.epoch())).as("%s", state).isEqualTo(state == IN_USE);
      assertThat(slot.markLease(slot.epoch() - 1)).as("a lease from before").isFalse();
      slot.seize();
      assertThat(slot.isMarked()).as("who holds it decides").isFalse();
    }
  }

  @Test
  void oldEpochEndsNoLease() {
    Slot<Object> slot = slotIn(IN_USE, new SlotTable<>(new LeaseGate<>()));
    long old = slot.epoch();
    assertThat(slot.putBack(old)).isTrue();
    long next = slot.take();

    assertThat(slot.putBack(old)).isFalse();
    assertThat(slot.seize(old)).isFalse();
    assertThat(slot.giveBack(old, null, 0)).isFalse();
    assertThat(slot.isOwnedBy(next, IN_USE)).isTrue();
  }

  /** On this rests that two equal sums of them mean that nothing has happened in between. */
  @Test
  void stepWithoutTheLockRaisesTheCountOfSteps() {
    Slot<Object> slot = slotIn(IDLE, new SlotTable<>(new LeaseGate<>()));
    List<Long> steps = new ArrayList<>(List.of(slot.steps()));
    for (int i = 0; i < 3; i++) {
      long epoch = slot.take();
      steps.add(slot.steps());
      slot.putBack(epoch);
      steps.add(slot.steps());
    }
    assertThat(steps).isSorted().doesNotHaveDuplicates();
    assertThat(Arrays.asList(State.values()).indexOf(IN_USE))
        .isLessThan(Arrays.asList(State.values()).indexOf(IDLE));
  }
}
