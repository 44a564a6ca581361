package dev.pools.test;

import dev.pools.Arguments;
import dev.pools.connection.RetireReason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection of {@link ScriptedConnections}: knows what was done with it. */
public final class ScriptedConnection {

  private final int number;
  private final Arguments arguments;
  private final int breaksAfterUses;

  // Guarded by this.
  private int uses;
  private boolean broken;
  private int closings;
  private @Nullable RetireReason closedFor;

  ScriptedConnection(int number, Arguments arguments, int breaksAfterUses) {
    this.number = number;
    this.arguments = arguments;
    this.breaksAfterUses = breaksAfterUses;
  }

  /** Its number, from 1, in the order in which connections were opened. */
  public int number() {
    return number;
  }

  /** The arguments with which it was opened; often none. */
  public Arguments arguments() {
    return arguments;
  }

  /**
   * Uses the connection, as code does that talks to the server. What stands in for a connection of
   * another type calls this in its methods.
   *
   * @throws IOException if the connection is broken, or breaks by this use. By default a pool
   *     closes such a connection ({@code brokenWhen})
   * @throws IllegalStateException if the connection is closed: the code under test has kept it
   *     beyond its lease
   */
  public synchronized void use() throws IOException {
    if (closings > 0) {
      throw new IllegalStateException(
          this + " is used, but the pool has closed it. Use a connection only within its lease.");
    }
    uses++;
    broken |= breaksAfterUses > 0 && uses > breaksAfterUses;
    if (broken) {
      throw new IOException(this + " is broken.");
    }
  }

  /** Breaks the connection: from now on each use fails, and each check finds it unhealthy. */
  public synchronized void breakNow() {
    broken = true;
  }

  /** Whether it is broken. */
  public synchronized boolean isBroken() {
    return broken;
  }

  /** How often it was used, with the uses that failed. */
  public synchronized int uses() {
    return uses;
  }

  /** Whether the pool has closed it. */
  public synchronized boolean isClosed() {
    return closings > 0;
  }

  /** Why the pool has closed it; null if it has not. */
  public synchronized @Nullable RetireReason closedFor() {
    return closedFor;
  }

  synchronized void close(RetireReason reason) {
    closings++;
    closedFor = reason;
  }

  @Override
  public String toString() {
    return "scripted connection " + number;
  }
}
