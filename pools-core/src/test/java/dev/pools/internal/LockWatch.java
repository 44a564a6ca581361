package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;

/**
 * What objects of a user need that look, at each call, whether their thread holds a lock of the
 * pool. An appender of the log looks, too, until this is closed.
 */
public final class LockWatch implements AutoCloseable {

  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final Logger root = (Logger) LoggerFactory.getLogger("dev.pools");
  private final Level levelBefore = root.getLevel();
  private final AtomicInteger interrupts = new AtomicInteger();
  private volatile BooleanSupplier heldByThisThread = () -> false;

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          look("an appender");
        }
      };

  public LockWatch() {
    root.setLevel(Level.TRACE);
    root.setAdditive(false);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  /** The locks to look at from now on. */
  public void lookAt(BooleanSupplier lockIsHeldByThisThread) {
    heldByThisThread = lockIsHeldByThisThread;
  }

  public void look(String what) {
    looks.incrementAndGet();
    if (heldByThisThread.getAsBoolean()) {
      faults.add(new AssertionError(what + " was called under a lock of the pool"));
    }
  }

  /** Returns the same future, with a dependant that looks. */
  public <V> CompletableFuture<V> watched(CompletableFuture<V> future) {
    CompletableFuture<V> unused =
        future.whenComplete((value, failure) -> look("a dependant of a future"));
    return future;
  }

  /** How many interrupts the threads of the user have received. */
  public int interrupts() {
    return interrupts.get();
  }

  public void assertNothingWasCalledUnderALock() {
    assertThat(faults).isEmpty();
  }

  public void assertLooksAreMoreThan(int number) {
    assertThat(looks).as("calls of user code").hasValueGreaterThan(number);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    root.setLevel(levelBefore);
    root.setAdditive(true);
  }

  public Failure failure() {
    return new Failure();
  }

  /** An exception of the user, each of whose methods looks. */
  public final class Failure extends IOException {
    private static final long serialVersionUID = 1L;

    private Failure() {}

    @Override
    public String getMessage() {
      look("getMessage");
      return "failure";
    }

    @Override
    public String getLocalizedMessage() {
      look("getLocalizedMessage");
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

    @Override
    public StackTraceElement[] getStackTrace() {
      look("getStackTrace");
      return super.getStackTrace();
    }
  }

  /** A thread of the user, each of whose methods looks. */
  public final class LookingThread extends Thread {
    public LookingThread(Runnable code) {
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
    public UncaughtExceptionHandler getUncaughtExceptionHandler() {
      look("getUncaughtExceptionHandler of a thread");
      return super.getUncaughtExceptionHandler();
    }

    @Override
    public boolean isInterrupted() {
      look("isInterrupted of a thread");
      return super.isInterrupted();
    }

    @Override
    public String toString() {
      look("toString of a thread");
      return "thread";
    }
  }

  /** Code that may fail in a walk through the methods of a pool. */
  public interface Action {
    void run() throws Exception;
  }

  public static void tryTo(Action action) {
    try {
      action.run();
    } catch (Exception expected) {
      assertThat(expected).isNotNull();
    }
  }

  /** Walks on a thread of the user, and fails as the walk does. */
  public void walk(Action walk, long patienceMillis) throws InterruptedException {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Thread caller =
        new LookingThread(
            () -> {
              try {
                walk.run();
              } catch (Throwable fault) {
                failures.add(fault);
              }
            });
    caller.start();
    caller.join(patienceMillis);

    assertThat(caller.isAlive()).as("stuck at %s", (Object) caller.getStackTrace()).isFalse();
    assertNothingWasCalledUnderALock();
    assertThat(failures).isEmpty();
  }
}
