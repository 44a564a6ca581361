package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.pools.internal.VersionedLock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Calls a pool with objects whose every method looks whether a lock of the pool is held. */
class TaskCodeUnderLockTest extends PoolTestBase {

  /** The locks of one pool. */
  private record Locks(VersionedLock core, ReentrantLock sorter) {}

  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Locks> locks = new AtomicReference<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger interrupts = new AtomicInteger();
  private final Logger root = (Logger) LoggerFactory.getLogger("dev.pools");
  private final Level levelBefore = root.getLevel();

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          look("an appender");
        }
      };

  private void look(String what) {
    Locks looked = locks.get();
    looks.incrementAndGet();
    if (looked != null
        && (looked.core().isHeldByCurrentThread() || looked.sorter().isHeldByCurrentThread())) {
      faults.add(new AssertionError(what + " was called under a lock of the pool"));
    }
  }

  @BeforeEach
  void listenToTheLog() {
    root.setLevel(Level.TRACE);
    root.setAdditive(false);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  @AfterEach
  void restoreTheLog() {
    root.detachAppender(appender);
    root.setLevel(levelBefore);
    root.setAdditive(true);
  }

  private final class Failure extends IOException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      look("getMessage");
      return "failure";
    }

    @Override
    public String toString() {
      look("toString of an exception");
      return "Failure";
    }

    @Override
    public synchronized Throwable getCause() {
      look("getCause");
      return null;
    }
  }

  private final class Work implements Callable<Object>, Runnable {
    private final boolean fails;

    Work(boolean fails) {
      this.fails = fails;
    }

    @Override
    public Object call() throws Failure {
      look("a task");
      if (fails) {
        throw new Failure();
      }
      return this;
    }

    @Override
    public void run() {
      look("a task");
      if (fails) {
        throw new IllegalStateException(new Failure());
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

  /** A class of threads of the user, for callers and workers. */
  private final class UsersThread extends Thread {
    UsersThread(Runnable code) {
      super(code);
    }

    @Override
    @Deprecated
    public long getId() {
      look("getId of a thread");
      return super.getId();
    }

    @Override
    public void interrupt() {
      look("interrupt of a thread");
      interrupts.incrementAndGet();
      super.interrupt();
    }

    @Override
    public boolean isInterrupted() {
      look("isInterrupted of a thread");
      return super.isInterrupted();
    }

    @Override
    public UncaughtExceptionHandler getUncaughtExceptionHandler() {
      look("getUncaughtExceptionHandler of a thread");
      return super.getUncaughtExceptionHandler();
    }

    @Override
    public String toString() {
      look("toString of a thread");
      return "thread";
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
                default -> throw new Failure();
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
                          return new UsersThread(code);
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
    locks.set(
        new Locks(
            (VersionedLock) read(core, "lock"),
            (ReentrantLock) read(read(read(core, "queue"), "sorter"), "lock")));
    return built;
  }

  private <V> CompletableFuture<V> watched(CompletableFuture<V> future) {
    CompletableFuture<V> unused =
        future.whenComplete((value, failure) -> look("a dependant of a future"));
    return future;
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void tryTo(Action action) {
    try {
      action.run();
    } catch (Exception expected) {
      assertThat(expected).isNotNull();
    }
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
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread caller =
          new UsersThread(
              () -> {
                try {
                  walk(walked);
                } catch (Throwable fault) {
                  failure.set(fault);
                }
              });
      caller.start();
      caller.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));

      assertThat(caller.isAlive()).as("stuck at %s", List.of(caller.getStackTrace())).isFalse();
      assertThat(faults).isEmpty();
      assertThat(failure.get()).isNull();
    }
    assertThat(looks).as("calls of user code").hasValueGreaterThan(200);
  }

  @Test
  void interruptsAreSentWithoutTheLock() throws Exception {
    AdvancedPool stopped = pool(OverflowPolicy.WAIT, TaskOrder.STRICT);
    Gate cancelled = new Gate();
    PoolFuture<String> future = stopped.submit((Callable<String>) cancelled);
    cancelled.awaitEntered();

    future.cancel(true);
    assertThat(interrupts).hasPositiveValue();
    get(stopped.drain());
    Gate running = occupy(stopped);
    int before = interrupts.get();
    stopped.shutdownNow();

    assertThat(interrupts).hasValueGreaterThan(before);
    assertThat(faults).isEmpty();
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
