package dev.pools.flight;

import dev.pools.internal.Faults;
import dev.pools.internal.Time;

/** Makes pools known to recordings, and has the JDK's recorder tell when a recording starts. */
public final class FlightStart {

  // Guarded by the class.
  private static boolean listens;

  private FlightStart() {}

  /**
   * Makes a pool known. Called once by each pool that has existed for a while. The first call has
   * the JDK's recorder tell when a recording starts, or that one runs already. That loads classes
   * of the recorder, so it happens neither when a pool is created nor on the current thread.
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
