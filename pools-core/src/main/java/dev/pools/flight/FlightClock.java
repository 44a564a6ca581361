package dev.pools.flight;

import dev.pools.internal.Faults;
import dev.pools.internal.PoolThreads;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * The thread that runs while there is a recording: it tells {@link Flight} the time and what is
 * recorded, and has the pools show themselves. It ends when no event of a pool has been recorded
 * for a while.
 */
final class FlightClock implements Runnable, FlightRecorderListener {

  /** How exact the times of tasks and leases are. */
  static final long TICK_NANOS = 5_000_000;

  private static final long SETTINGS_NANOS = 100_000_000;
  private static final long SAMPLE_NANOS = 1_000_000_000;
  private static final long PATIENCE_NANOS = 2_000_000_000;

  // Guarded by this.
  private boolean runs;
  private boolean isWanted;

  FlightClock() {}

  /** Follows the recordings of this JVM from now on, also those that run already. */
  static void followRecordings() {
    // If the recorder is initialized, this calls the listener at once; it does not initialize it.
    FlightRecorder.addListener(new FlightClock());
  }

  @Override
  public void recorderInitialized(FlightRecorder recorder) {
    start();
  }

  @Override
  public void recordingStateChanged(Recording recording) {
    if (recording.getState() == RecordingState.RUNNING) {
      start();
    }
  }

  private void start() {
    synchronized (this) {
      isWanted = true;
      if (runs) {
        return;
      }
      runs = true;
    }
    try {
      PoolThreads.shared()
          .platform(null, this, "pools-flight-recorder", /* daemon= */ true, null)
          .start();
    } catch (Throwable noThread) {
      hasFailed(noThread);
    }
  }

  /** The next recording that begins starts another thread. */
  private void hasFailed(Throwable fault) {
    synchronized (this) {
      runs = false;
    }
    Faults.warn(FlightClock.class, fault, "Events of pools are not recorded any more");
  }

  @Override
  public void run() {
    try {
      do {
        tick();
      } while (isWantedAgain());
    } catch (Throwable fault) {
      hasFailed(fault);
    }
  }

  /** Goes on as long as an event of a pool is recorded. */
  private void tick() {
    long start = System.nanoTime();
    long settings = start;
    long sample = start;
    long lastWanted = start;
    boolean writesTime = false;
    for (long now = start; now - lastWanted < PATIENCE_NANOS; now = System.nanoTime()) {
      if (now - settings >= 0) {
        settings = now + SETTINGS_NANOS;
        boolean wanted = isAnyEnabled();
        Flight.isRecording(wanted);
        lastWanted = wanted ? now : lastWanted;
        writesTime = readLimits();
      }
      Flight.now(writesTime ? Math.max(1, now) : 0);
      if (now - sample >= 0) {
        sample = now + SAMPLE_NANOS;
        Flight.samplePools();
      }
      LockSupport.parkNanos(this, writesTime ? TICK_NANOS : SETTINGS_NANOS);
    }
    Flight.now(0);
    Flight.isRecording(false);
  }

  private synchronized boolean isWantedAgain() {
    boolean again = isWanted;
    isWanted = false;
    runs = again;
    return again;
  }

  private static boolean isAnyEnabled() {
    return TaskEvents.isAnyEnabled()
        || ConnectionEvents.isAnyEnabled()
        || PoolEvents.isAnyEnabled();
  }

  /** Tells from what time on tasks and leases are recorded; whether any are. */
  private static boolean readLimits() {
    long wait = TaskEvents.waitLimit();
    long run = TaskEvents.runLimit();
    long use = ConnectionEvents.useLimit();
    Flight.limits(wait, run, use);
    return Math.min(Math.min(wait, run), use) != TimedEvent.NEVER;
  }
}
