package dev.pools.connection;

import dev.pools.Arguments;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that knows what is done with it. Its equality must never be asked. */
final class FakeConnection {

  final int number;
  final Arguments madeWith;
  final AtomicInteger owners = new AtomicInteger();
  final AtomicInteger closings = new AtomicInteger();
  final AtomicBoolean healthy = new AtomicBoolean(true);

  FakeConnection(int number, Arguments madeWith) {
    this.number = number;
    this.madeWith = madeWith;
  }

  @Override
  public boolean equals(Object other) {
    throw new AssertionError("Connections are told apart by identity.");
  }

  @Override
  public int hashCode() {
    throw new AssertionError("Connections are told apart by identity.");
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
