package dev.pools.resilience;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolException;
import dev.pools.connection.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** People who use a pool, one call after another, and what becomes of each call. */
final class Load {

  /** How a call went. */
  enum Outcome {
    SERVED,
    /** It got a connection that turned out to be broken, and gave it back as such. */
    BROKEN,
    /** It got none, and was told so. */
    REFUSED
  }

  /** One call. */
  record Call(
      int who,
      long fromNanos,
      long gotNanos,
      long toNanos,
      Outcome outcome,
      @Nullable Exception failure) {

    Duration waited() {
      return Duration.ofNanos(gotNanos - fromNanos);
    }
  }

  private final ConnectionPool<Connection> pool;
  private final Duration patience;
  private final String sql;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Queue<Call>> calls = new ArrayList<>();
  private volatile boolean ends;

  /**
   * @param patience how long each waits for a connection
   * @param sql what each does with it
   */
  Load(ConnectionPool<Connection> pool, int people, Duration patience, String sql) {
    this.pool = pool;
    this.patience = patience;
    this.sql = sql;
    for (int i = 0; i < people; i++) {
      int who = i;
      Queue<Call> own = new ConcurrentLinkedQueue<>();
      calls.add(own);
      Thread thread =
          new Thread(
              () -> {
                while (!ends) {
                  own.add(call(who));
                }
              },
              "person-" + who);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  private Call call(int who) {
    long from = System.nanoTime();
    long got = 0;
    try (Lease<Connection> lease = pool.acquire(patience)) {
      got = System.nanoTime();
      try (PreparedStatement statement = lease.connection().prepareStatement(sql)) {
        statement.execute();
        return new Call(who, from, got, System.nanoTime(), Outcome.SERVED, null);
      } catch (SQLException broken) {
        lease.invalidate();
        return new Call(who, from, got, System.nanoTime(), Outcome.BROKEN, broken);
      }
    } catch (ConnectionPoolException refused) {
      long told = System.nanoTime();
      return new Call(who, from, told, told, Outcome.REFUSED, refused);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts.", e);
    }
  }

  /** All calls that are over, in no order. */
  List<Call> calls() {
    return calls.stream().flatMap(Queue::stream).toList();
  }

  List<Call> calls(Predicate<Call> which) {
    return calls().stream().filter(which).toList();
  }

  long served() {
    return calls(call -> call.outcome() == Outcome.SERVED).size();
  }

  /** When everybody had been served who came, or came again, after this; -1 if not all are yet. */
  long allServedAgainNanos(long sinceNanos) {
    long last = sinceNanos;
    for (Queue<Call> own : calls) {
      long first =
          own.stream()
              .filter(call -> call.outcome() == Outcome.SERVED && call.toNanos() >= sinceNanos)
              .mapToLong(Call::toNanos)
              .min()
              .orElse(-1);
      if (first < 0) {
        return -1;
      }
      last = Math.max(last, first);
    }
    return last;
  }

  /** Everybody finishes his call. May be called twice. */
  void end() throws InterruptedException {
    ends = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
