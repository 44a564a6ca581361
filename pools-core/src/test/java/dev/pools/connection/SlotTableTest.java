package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the holder of the lock reads of all slots, while other threads lease them without it. */
class SlotTableTest {

  private static final int SLOTS = 500;

  private final SlotTable<Object> slots = new SlotTable<>(new LeaseGate<>());
  private final ConnectionSpec wanted =
      new Tenants<Object>(false, new CreationLimits("pool", false, 1, 1, 1)).spec(Arguments.none());

  private Slot<Object> idle(long usedNanos) {
    Slot<Object> slot = slots.add(wanted);
    slot.made(new Object(), usedNanos);
    slots.offer(slot);
    return slot;
  }

  private List<Slot<Object>> idle() {
    return IntStream.range(0, SLOTS).mapToObj(number -> idle(SLOTS - number)).toList();
  }

  @Test
  void idleSlotThatWasNotUsedForLongest_comesFirst() {
    List<Slot<Object>> all = idle();

    List<Slot<Object>> found = slots.fromColdest();

    assertThat(found).hasSize(SLOTS);
    assertThat(found.get(0)).isSameAs(all.get(SLOTS - 1));
    assertThat(found.get(SLOTS - 1)).isSameAs(all.get(0));
  }

  /** A sort by times that change meanwhile can notice that they contradict each other. */
  @Test
  void idleSlotsAreSorted_whileTheyAreLeasedAndReleased() throws Exception {
    List<Slot<Object>> all = idle();
    AtomicBoolean over = new AtomicBoolean();
    TestThreads.Started user =
        TestThreads.start(
            () -> {
              SplittableRandom random = new SplittableRandom(1);
              while (!over.get()) {
                Slot<Object> slot = all.get(random.nextInt(SLOTS));
                long epoch = slot.take();
                slot.noteEnd(random.nextLong(1_000_000));
                slot.putBack(epoch);
              }
            });
    try {
      for (int look = 0; look < 2_000; look++) {
        assertThat(slots.fromColdest()).isNotEmpty();
      }
    } finally {
      over.set(true);
      user.awaitEnd();
    }
  }
}
