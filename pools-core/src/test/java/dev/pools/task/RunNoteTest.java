package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.StateTable;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Walks the table of {@link RunNote}: from each state, each method. */
class RunNoteTest {

  private final AtomicInteger told = new AtomicInteger();
  private final RunNote note = new RunNote(Thread.currentThread(), new Object(), 1, false, 0);

  private boolean trySetStuck() {
    return note.trySetStuck(run -> told.incrementAndGet());
  }

  private static RunNote in(String state) {
    RunNote made = new RunNote(Thread.currentThread(), new Object(), 1, false, 0);
    switch (state) {
      case "STUCK" -> made.trySetStuck(run -> {});
      case "OVER" -> made.end();
      default -> {}
    }
    return made;
  }

  private static String stateOf(RunNote looked) {
    if (looked.isOver()) {
      return "OVER";
    }
    return looked.trySetStuck(run -> {}) ? "RUNNING" : "STUCK";
  }

  /** A pair of state and method without a row changes nothing. */
  @Test
  void eachMethodLeadsFromEachStateWhereTheTableSays() throws Exception {
    StateTable table = StateTable.of("RUNNING", "STUCK", "OVER");
    for (String from : List.of("RUNNING", "STUCK", "OVER")) {
      RunNote looked = in(from);
      looked.trySetStuck(run -> {});
      assertThat(stateOf(looked))
          .as("trySetStuck from %s", from)
          .isEqualTo(or(table.after(from, "trySetStuck"), from));

      RunNote ended = in(from);
      ended.end();
      assertThat(stateOf(ended))
          .as("end from %s", from)
          .isEqualTo(or(table.after(from, "end"), from));
    }
  }

  private static String or(@Nullable String after, String from) {
    return after == null ? from : after;
  }

  @Test
  void runThatEndsIsNotTold() {
    note.end();

    assertThat(note.isOver()).isTrue();
    assertThat(told).hasValue(0);
  }

  @Test
  void stuckRunIsStuckOnceAndItsEndIsToldOnce() {
    assertThat(trySetStuck()).isTrue();
    assertThat(trySetStuck()).isFalse();
    assertThat(note.isOver()).isFalse();

    note.end();
    assertThat(note.isOver()).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void runThatIsOverIsNeverStuck() {
    note.end();

    assertThat(trySetStuck()).isFalse();
    assertThat(told).hasValue(0);
  }

  @Test
  void lookAndEndAtTheSameTimeAgree() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      RunNote raced = new RunNote(Thread.currentThread(), new Object(), 1, false, 0);
      AtomicInteger ends = new AtomicInteger();
      CountDownLatch start = new CountDownLatch(1);
      Thread runner =
          new Thread(
              () -> {
                start.countDown();
                raced.end();
              });
      runner.start();
      start.await();
      boolean stuck = raced.trySetStuck(run -> ends.incrementAndGet());
      runner.join();
      assertThat(ends).hasValue(stuck ? 1 : 0);
    }
  }
}
