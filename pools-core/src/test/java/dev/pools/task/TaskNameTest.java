package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class TaskNameTest extends PoolTestBase {

  private static final class Infos implements PoolListener {
    final List<TaskInfo> infos = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      infos.add(task);
    }

    @Override
    public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
      infos.add(task);
    }
  }

  @Test
  void futureOfNamedTaskSaysItsName() {
    AdvancedPool pool = build(builder().name("reports").maxWorkers(1));
    Gate gate = occupy(pool);
    PoolFuture<Integer> future =
        pool.submit(() -> 7, TaskOptions.named("nightly report").withPriority(3));

    assertThat(future)
        .hasToString("PoolFuture[nightly report, pool 'reports', priority 3, QUEUED]");
    gate.open();
    get(future);
    assertThat(future)
        .hasToString("PoolFuture[nightly report, pool 'reports', priority 3, ENDED, completed]");
  }

  @Test
  void futureOfTaskWithoutNameSaysTheClassAndCallsNoMethodOfTheTask() {
    AdvancedPool pool = build(builder().name("reports").maxWorkers(1));
    Gate gate = occupy(pool);
    PoolFuture<?> future = pool.submit((Callable<Integer>) new HostileTask());

    assertThat(future.toString()).contains(HostileTask.class.getName()).contains("QUEUED");
    future.cancel(false);
    assertThat(future)
        .hasToString("PoolFuture[a task, pool 'reports', priority 0, WITHDRAWN, cancelled]");
    gate.open();
  }

  /** A task without options does, too; a name must not make workers wait for one another. */
  @Test
  void workerThatHasRunANamedTaskGoesOnWithoutThePoolsLock() {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    pool.submit((Callable<String>) gate, TaskOptions.named("first"));
    gate.awaitEntered();
    PoolFuture<Integer> second = pool.submit(() -> 2, TaskOptions.named("second"));
    PoolFuture<Integer> third = pool.submit(() -> 3, TaskOptions.named("third"));
    PoolCore core = pool.parts.core;
    core.enter();
    try {
      gate.open();
      assertThat(get(second)).isEqualTo(2);
      assertThat(get(third)).isEqualTo(3);
    } finally {
      core.leave();
    }
  }

  @Test
  void listenerHearsTheNameOfSubmittedExecutedAndDroppedTasks() {
    Infos infos = new Infos();
    AdvancedPool pool = build(builder().maxWorkers(1).listener(infos));
    get(pool.submit(() -> 1, TaskOptions.named("submitted")));
    pool.execute(new HostileTask(), TaskOptions.named("executed"));
    get(pool.submit((Callable<Integer>) new HostileTask()));
    Gate gate = occupy(pool);
    pool.submit(() -> 2, TaskOptions.named("dropped")).cancel(false);
    gate.open();

    assertThat(infos.infos.stream().map(TaskInfo::label))
        .contains("submitted", "executed", HostileTask.class.getName(), "dropped");
  }

  @Test
  void expiredTaskSaysItsName() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    PoolFuture<Integer> late =
        pool.submit(() -> 1, TaskOptions.named("late one").withMaxQueueTime(Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(2));
    gate.open();

    assertThatThrownBy(late::get)
        .hasCauseInstanceOf(TaskExpiredException.class)
        .hasMessageContaining("Task 'late one' of pool");
  }

  @Test
  void nameIsKeptOnOneLineAndCut() {
    assertThat(TaskOptions.named("a\nb\r\tc\u2028d\u0000").name()).isEqualTo("a b  c d ");
    assertThat(TaskOptions.named("x".repeat(1 << 20)).name())
        .hasSize(TaskNames.LONGEST)
        .startsWith("xxx")
        .endsWith("...");
    assertThat(TaskOptions.named("x".repeat(TaskNames.LONGEST)).name())
        .isEqualTo("x".repeat(TaskNames.LONGEST));
  }

  @Test
  void labelHidesWhatLooksLikeASecret() {
    TaskInfo info = new TaskInfo("p", 0, new HostileTask(), "sync password=hunter22");

    assertThat(info.label()).isEqualTo("sync password=***");
  }

  @Test
  void blankNameIsRejected() {
    assertThatThrownBy(() -> TaskOptions.named(" \n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is blank");
    assertThatThrownBy(() -> TaskOptions.DEFAULT.withName(null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void otherOptionsKeepTheName() {
    TaskOptions options =
        TaskOptions.named("n").withPriority(2).withMaxQueueTime(Duration.ofSeconds(1));

    assertThat(options).isEqualTo(new TaskOptions(2, Duration.ofSeconds(1), "n", Duration.ZERO));
    assertThat(new TaskOptions(2, Duration.ofSeconds(1)).name()).isNull();
  }
}
