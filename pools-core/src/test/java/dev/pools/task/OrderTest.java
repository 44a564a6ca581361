package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OrderTest extends PoolTestBase {

  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

  private Runnable note(String name) {
    return () -> ran.add(name);
  }

  @Test
  void smallerNumbersRunSooner() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    pool.submit(note("five"), 5);
    pool.submit(note("default"));
    pool.submit(note("minus three"), -3);
    pool.submit(note("max"), Integer.MAX_VALUE);
    pool.submit(note("min"), Integer.MIN_VALUE);

    gate.open();
    get(pool.drain());

    assertThat(ran).containsExactly("min", "minus three", "default", "five", "max");
  }

  @Test
  void equalsRunInTheOrderOfTheirSubmission() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<String> expected = new ArrayList<>();
    for (int priority : new int[] {0, 7, -7}) {
      for (int i = 0; i < 100; i++) {
        pool.submit(note(priority + "/" + i), priority);
      }
    }
    for (int priority : new int[] {-7, 0, 7}) {
      for (int i = 0; i < 100; i++) {
        expected.add(priority + "/" + i);
      }
    }

    gate.open();
    get(pool.drain());

    assertThat(ran).isEqualTo(expected);
  }

  /** The counter-example against reading the priority lane first and the default lane after it. */
  @Test
  void anUrgentTaskSubmittedBeforeADefaultOneIsTakenBeforeIt() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);

    pool.submit(note("urgent"), -1);
    pool.submit(note("default"));

    gate.open();
    get(pool.drain());
    assertThat(ran).containsExactly("urgent", "default");
  }

  @Test
  void aNewWorkerTakesTheMostUrgentTaskAndNotTheOneItWasStartedFor() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(1));
    Gate first = occupy(pool);
    pool.submit(note("queued first"));
    pool.submit(note("queued second"));
    Gate second = new Gate();
    pool.execute(second, -1);

    // Raising the limit starts one worker, which must find the urgent gate before the others.
    get(pool.resize(1, 2));
    second.awaitEntered();
    assertThat(ran).isEmpty();

    second.open();
    first.open();
    get(pool.drain());
    assertThat(ran).containsExactlyInAnyOrder("queued first", "queued second");
  }

  /** The worker that comes for a task makes a place by that, so that the urgent one is in time. */
  @Test
  void waitingAdmissionsKeepTheirOrder() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(note("queued"));
    pool.submit(note("waits a"));
    pool.submit(note("waits b"));
    pool.submit(note("waits urgently"), -1);
    assertThat(pool.stats().admissionsWaiting()).isEqualTo(3);

    gate.open();
    get(pool.drain());

    assertThat(ran).containsExactly("waits urgently", "queued", "waits a", "waits b");
  }

  @Test
  void agingTakesATaskThatHasWaitedTooLongNextWhateverItsPriority() {
    AdvancedPool pool = build(builder().maxWorkers(1).aging(Duration.ofSeconds(10)));
    Gate gate = occupy(pool);
    pool.submit(note("low"), 100);
    time.advance(Duration.ofSeconds(6));
    pool.submit(note("default"));
    time.advance(Duration.ofSeconds(4));
    pool.submit(note("urgent"), -100);

    gate.open();
    get(pool.drain());

    assertThat(ran).containsExactly("low", "urgent", "default");
  }

  @Test
  void withoutAgingTheOrderIsStrict() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    pool.submit(note("low"), 100);
    // Not longer: while a task runs, the pool looks at it every few seconds of this time.
    time.advance(Duration.ofHours(1));
    pool.submit(note("urgent"), -100);

    gate.open();
    get(pool.drain());

    assertThat(ran).containsExactly("urgent", "low");
  }

  @Test
  void wrappedTasksKeepTheirPriority() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CompletableFuture<Void> plain = CompletableFuture.runAsync(note("plain"), pool);
    CompletableFuture<Void> urgent =
        CompletableFuture.runAsync(note("urgent"), task -> pool.execute(task, -1));

    gate.open();
    get(CompletableFuture.allOf(plain, urgent));

    assertThat(ran).containsExactly("urgent", "plain");
  }
}
