package dev.pools.connection;

import dev.pools.Arguments;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes, checks and closes fake connections as a test tells it, and counts them. */
final class FakeServer {

  /** What a test wants to happen in a call. */
  interface Script {
    void run() throws Exception;
  }

  final List<FakeConnection> made = new CopyOnWriteArrayList<>();
  final List<FakeConnection> closed = new CopyOnWriteArrayList<>();
  final List<Arguments> closedWith = new CopyOnWriteArrayList<>();
  final AtomicInteger attempts = new AtomicInteger();
  final AtomicInteger checks = new AtomicInteger();
  final AtomicInteger existing = new AtomicInteger();
  final AtomicInteger mostExisting = new AtomicInteger();
  final AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
  final AtomicReference<Script> onCreate = new AtomicReference<>(() -> {});
  final AtomicReference<Script> onCheck = new AtomicReference<>(() -> {});
  final AtomicReference<Script> onClose = new AtomicReference<>(() -> {});

  FakeConnection open(Arguments arguments) throws Exception {
    attempts.incrementAndGet();
    mostExisting.accumulateAndGet(existing.incrementAndGet(), Math::max);
    try {
      onCreate.get().run();
      Throwable refused = refusal.get();
      if (refused instanceof Exception exception) {
        throw exception;
      }
      if (refused instanceof Error error) {
        throw error;
      }
      FakeConnection connection = new FakeConnection(made.size() + 1, arguments);
      made.add(connection);
      return connection;
    } catch (Throwable failure) {
      existing.decrementAndGet();
      throw failure;
    }
  }

  boolean check(FakeConnection connection) throws Exception {
    checks.incrementAndGet();
    onCheck.get().run();
    return connection.healthy.get();
  }

  void close(FakeConnection connection, Arguments arguments) throws Exception {
    connection.closings.incrementAndGet();
    closed.add(connection);
    closedWith.add(arguments);
    try {
      onClose.get().run();
    } finally {
      existing.decrementAndGet();
    }
  }
}
