package dev.pools.flight;

import dev.pools.internal.Faults;
import dev.pools.internal.Time;

/** How pools get known to the recorder, and it to them. */
public final class FlightStart {

  // Guarded by the class.
  private static boolean listens;

  private FlightStart() {}

  /**
   * A pool that has been there for a while makes itself known; once. The first one has the JDK's
   * recorder tell when a recording starts, and takes notice of one that runs already. That loads
   * classes of the recorder, so it happens neither when a pool is created nor on the current
   * thread.
   */
  public static void know(FlightPool pool) {
    Flight.add(pool);
    synchronized (FlightStart.class) {
      if (listens) {
        return;
      }
      listens = true;
    }
    Time.system().runOnHelperThread(FlightStart::listen);
  }

  private static void listen() {
    try {
      FlightClock.followRecordings();
    } catch (LinkageError noRecorder) {
      Faults.debug(FlightStart.class, noRecorder, "This JVM has no Flight Recorder");
    }
  }
}
