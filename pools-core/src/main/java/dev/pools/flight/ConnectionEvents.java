package dev.pools.flight;

import dev.pools.internal.Faults;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The events of connection pools; each is written at the end of what it tells of. */
final class ConnectionEvents {

  private ConnectionEvents() {}

  /** Whether any of them is recorded. */
  static boolean isAnyEnabled() {
    return new LeaseWait().isEnabled()
        || new LeaseUse().isEnabled()
        || new ConnectionCreation().isEnabled()
        || new HealthCheck().isEnabled()
        || new Outage().isEnabled()
        || new ConnectionPool().isEnabled()
        || new HeldLease().isEnabled();
  }

  /** From what time on the use of a lease is recorded. */
  static long useLimit() {
    return new LeaseUse().limit();
  }

  // ---- The events

  @Name("dev.pools.LeaseWait")
  @Label("Lease Wait")
  @Category({"Pools", "Connections"})
  @Description("A caller that had to wait has got a connection, or has timed out")
  @StackTrace(false)
  static final class LeaseWait extends TimedEvent {

    @Label("Pool")
    @Nullable String pool;

    @Label("Lease")
    @Description("What it has got; null if it has timed out")
    @Nullable String lease;

    @Label("Caller")
    @Description("The thread that has asked")
    @Nullable String caller;

    @Label("Waited")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Override
    long tookNanos() {
      return waited;
    }
  }

  @Name("dev.pools.LeaseUse")
  @Label("Lease Use")
  @Category({"Pools", "Connections"})
  @Description("A lease has ended")
  @StackTrace(false)
  static final class LeaseUse extends TimedEvent {

    @Label("Pool")
    @Nullable String pool;

    @Label("Lease")
    @Description("Its id in its pool")
    @Nullable String lease;

    @Label("Holder")
    @Description("The thread that acquired it")
    @Nullable String holder;

    @Label("Used")
    @Description("How long it was out, right to 5 ms")
    @Timespan(Timespan.NANOSECONDS)
    long used;

    @Override
    long tookNanos() {
      return used;
    }
  }

  @Name("dev.pools.ConnectionCreation")
  @Label("Connection Creation")
  @Category({"Pools", "Connections"})
  @Description("A connection has been created, or could not be")
  @StackTrace(false)
  static final class ConnectionCreation extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Failure")
    @Description("Why it could not be created")
    @Nullable String failure;
  }

  @Name("dev.pools.HealthCheck")
  @Label("Health Check")
  @Category({"Pools", "Connections"})
  @Description("A connection has been checked; one that fails is always written")
  @StackTrace(false)
  static final class HealthCheck extends TimedEvent {

    @Label("Pool")
    @Nullable String pool;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Passed")
    boolean passed;

    @Label("Failure")
    @Description("What the check has thrown")
    @Nullable String failure;

    @Override
    long tookNanos() {
      return passed ? took : NEVER;
    }
  }

  @Name("dev.pools.Outage")
  @Label("Outage")
  @Category({"Pools", "Connections"})
  @Description("Connections cannot be created any more, or can be created again")
  @StackTrace(false)
  static final class Outage extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Over")
    boolean over;

    @Label("Failures")
    @Description("How many attempts have failed in a row")
    int failures;

    @Label("Cause")
    @Description("Why the last attempt has failed")
    @Nullable String cause;
  }

  @Name("dev.pools.ConnectionPool")
  @Label("Connection Pool")
  @Category({"Pools", "Connections"})
  @Description("What a connection pool looks like, once in a second")
  @StackTrace(false)
  static final class ConnectionPool extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Connections")
    int size;

    @Label("Most Connections")
    int maxSize;

    @Label("In Use")
    int inUse;

    @Label("Creating")
    int creating;

    @Label("Waiting")
    @Description("Callers that wait for a connection")
    int waiting;

    @Label("Timeouts")
    @Description("Callers that have timed out since the pool was created")
    long timeouts;

    @Label("Failures")
    @Description("How many attempts to create a connection have failed in a row")
    int failures;

    @Label("Longest Wait")
    @Description("How long the first caller in line has waited")
    @Timespan(Timespan.NANOSECONDS)
    long longestWait;
  }

  @Name("dev.pools.HeldLease")
  @Label("Held Lease")
  @Category({"Pools", "Connections"})
  @Description("A lease that is out and has not ended, once in a second")
  @StackTrace(false)
  static final class HeldLease extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Lease")
    @Description("Its id in its pool")
    @Nullable String lease;

    @Label("Holder")
    @Description("The thread that acquired it")
    @Nullable String holder;

    @Label("Held")
    @Description("For how long it has been out")
    @Timespan(Timespan.NANOSECONDS)
    long held;

    @Label("Exact")
    @Description("If not, it has been out for at least that long")
    boolean exact;
  }

  // ---- How they are written

  static void leaseWaited(String pool, @Nullable String lease, String caller, long waitedNanos) {
    LeaseWait event = new LeaseWait();
    event.pool = pool;
    event.lease = lease;
    event.caller = caller;
    event.waited = waitedNanos;
    event.commit();
  }

  static void leaseUsed(String pool, String lease, String holder, long usedNanos) {
    LeaseUse event = new LeaseUse();
    event.pool = pool;
    event.lease = lease;
    event.holder = holder;
    event.used = usedNanos;
    event.commit();
  }

  static void created(String pool, long tookNanos, @Nullable Throwable failure) {
    ConnectionCreation event = new ConnectionCreation();
    event.pool = pool;
    event.took = tookNanos;
    event.failure = describe(failure);
    event.commit();
  }

  static void checked(String pool, long tookNanos, boolean passed, @Nullable Throwable failure) {
    HealthCheck event = new HealthCheck();
    event.pool = pool;
    event.took = tookNanos;
    event.passed = passed;
    event.failure = describe(failure);
    event.commit();
  }

  static void outage(String pool, int failures, @Nullable Throwable cause) {
    Outage event = new Outage();
    event.pool = pool;
    event.over = cause == null;
    event.failures = failures;
    event.cause = describe(cause);
    event.commit();
  }

  static void connectionPool(ConnectionPoolSample now) {
    ConnectionPool event = new ConnectionPool();
    event.pool = now.pool();
    event.size = now.size();
    event.maxSize = now.maxSize();
    event.inUse = now.inUse();
    event.creating = now.creating();
    event.waiting = now.waiting();
    event.timeouts = now.timeouts();
    event.failures = now.failures();
    event.longestWait = now.longestWaitNanos();
    event.commit();
  }

  static void held(String pool, String lease, String holder, long heldNanos, boolean exact) {
    HeldLease event = new HeldLease();
    event.pool = pool;
    event.lease = lease;
    event.holder = holder;
    event.held = heldNanos;
    event.exact = exact;
    event.commit();
  }

  private static @Nullable String describe(@Nullable Throwable failure) {
    return failure == null ? null : Faults.describe(failure);
  }
}
