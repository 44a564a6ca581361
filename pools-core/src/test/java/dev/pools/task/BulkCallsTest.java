package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time limits of {@code invokeAll} and {@code invokeAny}. */
class BulkCallsTest extends PoolTestBase {

  private final AtomicInteger ran = new AtomicInteger();

  private AdvancedPool poolWhoseCallersRun() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    occupy(pool);
    return pool;
  }

  private int runForASecond() {
    time.advance(Duration.ofSeconds(1));
    return ran.incrementAndGet();
  }

  @Test
  void callerWhoseTimeIsOver_runsNoOtherTaskOfAll() throws Exception {
    AdvancedPool pool = poolWhoseCallersRun();

    List<Future<Integer>> futures =
        pool.invokeAll(Collections.nCopies(10, this::runForASecond), 3, TimeUnit.SECONDS);

    assertThat(ran).hasValue(3);
    assertThat(futures).hasSize(10);
    assertThat(futures.subList(0, 3)).allMatch(future -> !future.isCancelled());
    assertThat(futures.get(2).get()).isEqualTo(3);
    assertThat(futures.subList(3, 10)).allMatch(Future::isCancelled);
  }

  @Test
  void callerWhoseTimeIsOver_runsNoOtherTaskOfWhichAnyMayReturn() {
    AdvancedPool pool = poolWhoseCallersRun();
    Callable<Integer> fails =
        () -> {
          throw new IllegalStateException("failed in second " + runForASecond());
        };

    assertThatThrownBy(() -> pool.invokeAny(Collections.nCopies(10, fails), 3, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);

    assertThat(ran).hasValue(3);
  }

  @Test
  void callerWithoutALimit_runsThemAll() throws Exception {
    AdvancedPool pool = poolWhoseCallersRun();

    assertThat(pool.invokeAll(Collections.nCopies(10, this::runForASecond)))
        .allMatch(Future::isDone)
        .noneMatch(Future::isCancelled);
    assertThat(pool.<Integer>invokeAny(List.of(this::runForASecond, this::runForASecond)))
        .isEqualTo(11);
    assertThat(ran).hasValue(11);
  }

  /** From the deadline to now it is further than a long can say. */
  @Test
  @Timeout(PATIENCE_SECONDS)
  void limitThatIsOverBeforeTheCall_isOverHoweverFarInThePast() throws Exception {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    List<Callable<Integer>> tasks = List.of(this::runForASecond, this::runForASecond);

    for (long nanos : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThat(pool.invokeAll(tasks, nanos, TimeUnit.NANOSECONDS)).allMatch(Future::isCancelled);
      assertThatThrownBy(() -> pool.invokeAny(tasks, nanos, TimeUnit.NANOSECONDS))
          .isInstanceOf(TimeoutException.class);
    }

    assertThat(ran).hasValue(0);
    assertThat(pool.qsize()).isZero();
  }
}
