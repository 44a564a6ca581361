package dev.pools.resilience;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** People who use a pool, one call after another, and what becomes of each call. */
final class Load {

  /** How a call went. */
  enum Outcome {
    SERVED,
    /** It got a connection, and the database then threw an exception. */
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

  /** What somebody does with a connection. */
  interface User {
    @Nullable Object use(Connection connection) throws SQLException;

    /** Executes one statement. */
    static User of(String sql) {
      return connection -> {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
          return statement.execute();
        }
      };
    }
  }

  private final ConnectionPool<Connection> pool;
  private final User user;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Queue<Call>> calls = new ArrayList<>();
  private volatile boolean ends;

  /**
   * @param people how many threads use the pool all the time
   * @param user what each does with a connection
   */
  Load(ConnectionPool<Connection> pool, int people, User user) {
    this.pool = pool;
    this.user = user;
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

  /** One call, as in the README: no caller invalidates or doubts a connection by hand. */
  private Call call(int who) {
    long from = System.nanoTime();
    AtomicLong got = new AtomicLong();
    try {
      pool.use(
          connection -> {
            got.set(System.nanoTime());
            return user.use(connection);
          });
      return new Call(who, from, got.get(), System.nanoTime(), Outcome.SERVED, null);
    } catch (SQLException broken) {
      return new Call(who, from, got.get(), System.nanoTime(), Outcome.BROKEN, broken);
    } catch (ConnectionPoolException refused) {
      long told = System.nanoTime();
      return new Call(who, from, told, told, Outcome.REFUSED, refused);
    } catch (Exception e) {
      throw new IllegalStateException("No user throws this.", e);
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

  /** Waits until each caller has finished its call. May be called twice. */
  void end() throws InterruptedException {
    ends = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
