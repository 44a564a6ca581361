package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.StateTable;
import dev.pools.TestThreads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class InterruptibleCodeTest {

  private static final String POOL = "a pool";

  /** In the order of their numbers. */
  private static final List<String> STATES =
      List.of("BEFORE", "INSIDE", "INTERRUPTING", "INTERRUPTED", "AFTER");

  private static InterruptibleCode in(String state) {
    InterruptibleCode code = new InterruptibleCode();
    if (state.equals("BEFORE")) {
      return code;
    }
    code.enter();
    switch (state) {
      case "INTERRUPTING" -> code.tryHold();
      case "INTERRUPTED" -> {
        code.tryHold();
        code.release();
      }
      case "AFTER" -> code.leave();
      default -> {}
    }
    return code;
  }

  private static void call(String method, InterruptibleCode code) {
    switch (method) {
      case "enter" -> code.enter();
      case "leave" -> code.leave();
      case "tryHold" -> code.tryHold();
      default -> code.release();
    }
  }

  private static String stateOf(InterruptibleCode code) {
    return STATES.get(code.state());
  }

  @Test
  void eachMethodLeadsFromEachStateWhereTheTableSays() throws Exception {
    StateTable table = StateTable.of(STATES.toArray(String[]::new));
    for (StateTable.Row row : table.rows()) {
      InterruptibleCode code = in(row.from());
      assertThat(stateOf(code)).isEqualTo(row.from());

      call(row.method(), code);

      assertThat(stateOf(code)).as("%s", row).isEqualTo(row.to());
    }
    for (String from : STATES) {
      boolean holds = in(from).tryHold();
      assertThat(holds).as(from).isEqualTo(table.after(from, "tryHold") != null);
    }
  }

  @Test
  void codeIsInterruptedOnce_andOnlyWhileItRuns() {
    InterruptibleCode code = new InterruptibleCode();
    code.interrupt(POOL);
    assertThat(Thread.interrupted()).as("before").isFalse();
    code.enter();
    code.interrupt(POOL);
    assertThat(Thread.interrupted()).as("inside").isTrue();
    code.interrupt(POOL);
    assertThat(Thread.interrupted()).as("again").isFalse();
    code.leave();
    code.interrupt(POOL);
    assertThat(Thread.interrupted()).as("after").isFalse();
  }

  @Test
  void interruptThatTheCodeHasNotSeen_isClearedAtItsEnd() {
    InterruptibleCode code = new InterruptibleCode();
    code.enter();
    code.interrupt(POOL);

    code.leave();

    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void codeDoesNotEndWhileItIsInterrupted() throws Exception {
    InterruptibleCode code = new InterruptibleCode();
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch ends = new CountDownLatch(1);
    TestThreads.Started thread =
        TestThreads.start(
            () -> {
              code.enter();
              held.await();
              ends.countDown();
              code.leave();
              order.add("ended");
            });
    while (!code.tryHold()) {
      Thread.yield();
    }
    held.countDown();
    ends.await();
    order.add("released");

    code.release();

    thread.awaitEnd();
    assertThat(order).containsExactly("released", "ended");
  }

  @Test
  void interruptAndEndAtTheSameTime_leaveNoInterrupt() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      InterruptibleCode code = new InterruptibleCode();
      CountDownLatch begins = new CountDownLatch(1);
      code.enter();
      TestThreads.Started interrupter =
          TestThreads.start(
              () -> {
                begins.countDown();
                code.interrupt(POOL);
              });
      while (begins.getCount() > 0) {
        Thread.onSpinWait();
      }
      code.leave();
      // Throws if the thread is interrupted, now or by an interrupt that comes after the end.
      interrupter.awaitEnd();
    }
    assertThat(Thread.interrupted()).isFalse();
  }
}
