package dev.pools.task;

import static dev.pools.internal.LockWatch.tryTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.LockWatch;
import dev.pools.internal.VersionedLock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls a pool with objects whose every method looks whether a lock of the pool is held. */
class TaskCodeUnderLockTest extends PoolTestBase {

  private final LockWatch watch = new LockWatch();

  private void look(String what) {
    watch.look(what);
  }

  @AfterEach
  void restoreTheLog() {
    watch.close();
  }

  private final class Work implements Callable<Object>, Runnable {
    private final boolean fails;

    Work(boolean fails) {
      this.fails = fails;
    }

    @Override
    public Object call() throws IOException {
      look("a task");
      if (fails) {
        throw watch.failure();
      }
      return this;
    }

    @Override
    public void run() {
      look("a task");
      if (fails) {
        throw new IllegalStateException(watch.failure());
      }
    }

    @Override
    public boolean equals(Object other) {
      look("equals of a task");
      return this == other;
    }

    @Override
    public int hashCode() {
      look("hashCode of a task");
      return 1;
    }

    @Override
    public String toString() {
      look("toString of a task");
      return "work";
    }
  }

  private Iterable<Object> input(int length) {
    return () ->
        new Iterator<>() {
          private int left = length;

          @Override
          public boolean hasNext() {
            look("hasNext of an input");
            return left > 0;
          }

          @Override
          public Object next() {
            look("next of an input");
            left--;
            return new Work(false);
          }
        };
  }

  private PoolListener listener() {
    return (PoolListener)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {PoolListener.class},
            (self, method, given) -> {
              look("a listener's " + method.getName());
              return switch (method.getName()) {
                case "equals" -> self == given[0];
                case "hashCode" -> 1;
                case "toString" -> "listener";
                default -> throw watch.failure();
              };
            });
  }

  private AdvancedPool pool(OverflowPolicy overflow, TaskOrder order) throws Exception {
    AdvancedPool built =
        build(
            builder()
                .minWorkers(1)
                .maxWorkers(2)
                .queueCapacity(4)
                .overflow(overflow)
                .taskOrder(order)
                .maxQueueTime(Duration.ofMinutes(1))
                .threads(
                    WorkerThreads.of(
                        code -> {
                          look("a thread factory");
                          return watch.new LookingThread(code);
                        }))
                .taskDecorator(
                    task -> {
                      look("a decorator");
                      return () -> {
                        look("a decorated task");
                        task.run();
                      };
                    })
                .uncaughtExceptionHandler((thread, fault) -> look("a handler"))
                .listener(listener()));
    Object core = read(read(built, "parts"), "core");
    VersionedLock lock = (VersionedLock) read(core, "lock");
    ReentrantLock sorter = (ReentrantLock) read(read(read(core, "queue"), "sorter"), "lock");
    watch.lookAt(() -> lock.isHeldByCurrentThread() || sorter.isHeldByCurrentThread());
    return built;
  }

  private <V> CompletableFuture<V> watched(CompletableFuture<V> future) {
    return watch.watched(future);
  }

  private static void settled(CompletableFuture<?> future) {
    tryTo(() -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertThat(future).isDone();
  }

  @ParameterizedTest
  @EnumSource(OverflowPolicy.class)
  void noMethodOfAUsersObjectIsCalledUnderTheLock(OverflowPolicy overflow) throws Exception {
    for (TaskOrder order : TaskOrder.values()) {
      AdvancedPool walked = pool(overflow, order);
      watch.walk(() -> walk(walked), TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
    watch.assertLooksAreMoreThan(200);
  }

  @Test
  void interruptsAreSentWithoutTheLock() throws Exception {
    AdvancedPool stopped = pool(OverflowPolicy.WAIT, TaskOrder.STRICT);
    Gate cancelled = new Gate();
    PoolFuture<String> future = stopped.submit((Callable<String>) cancelled);
    cancelled.awaitEntered();

    future.cancel(true);
    assertThat(watch.interrupts()).isPositive();
    get(stopped.drain());
    Gate running = occupy(stopped);
    int before = watch.interrupts();
    stopped.shutdownNow();

    assertThat(watch.interrupts()).isGreaterThan(before);
    watch.assertNothingWasCalledUnderALock();
    running.open();
  }

  private void walk(AdvancedPool walked) throws Exception {
    for (boolean fails : List.of(false, true)) {
      Work work = new Work(fails);
      settled(watched(walked.submit((Callable<Object>) work)));
      settled(watched(walked.submit((Callable<Object>) work, 1)));
      settled(walked.submit((Runnable) work));
      tryTo(() -> walked.complete((Callable<Object>) work));
      tryTo(() -> walked.invokeAll(List.of(work, work)));
      tryTo(() -> walked.invokeAny(List.of(work, new Work(false))));
      walked.execute(work);
      settled(
          watched(
              walked.map(
                  value -> {
                    look("a function");
                    return work.call();
                  },
                  input(9))));
    }
    settled(watched(walked.drain()));
    settled(watched(walked.whenIdle()));
    settled(watched(walked.resize(1, 1)));
    crowd(walked);
    settled(watched(walked.resize(0, 3)));
    walked.preview(
        change -> {
          look("a change");
          change.keepAlive(Duration.ofSeconds(3));
        });
    walked.reconfigure(
        change -> {
          look("a change");
          change.keepAlive(Duration.ofSeconds(3)).stuckAfter(Duration.ofHours(1)).queueCapacity(5);
        });
    settled(watched(walked.drain()));
    settled(watched(walked.waitForSlot()));
    time.advance(Duration.ofMinutes(2));
    assertThat(walked.toString() + walked.stats()).isNotEmpty();
    walked.submit((Callable<Object>) new Work(true));
    CompletableFuture<?> joined = watched(walked.join());
    settled(watched(walked.shutdown(ShutdownOptions.DEFAULT)));
    tryTo(() -> walked.submit((Callable<Object>) new Work(false)));
    settled(joined);
    walked.close();
  }

  /** More tasks than fit: dropped, rejected, cancelled, expired, out of turn. */
  private void crowd(AdvancedPool walked) throws Exception {
    Gate gate = new Gate();
    walked.execute(gate);
    gate.awaitEntered();
    for (int i = 0; i < 4; i++) {
      walked.execute(new Work(false), i);
    }
    CompletableFuture<Object> cancelled = new CompletableFuture<>();
    for (int i = 0; i < 4; i++) {
      int priority = i;
      if (walked.stats().admissionsWaiting() == 0) {
        tryTo(() -> walked.submitNowait((Callable<Object>) new Work(false), priority));
        tryTo(() -> cancelled.complete(walked.submit((Callable<Object>) new Work(false))));
      }
    }
    if (cancelled.getNow(null) instanceof CompletableFuture<?> future) {
      watched(future).cancel(true);
    }
    CompletableFuture<?> slot = watched(walked.waitForSlot(Duration.ofSeconds(1)));
    time.advance(Duration.ofMinutes(2));
    settled(slot);
    gate.open();
  }
}
