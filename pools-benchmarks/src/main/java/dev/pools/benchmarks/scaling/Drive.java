package dev.pools.benchmarks.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Feeds a pool with more than it can do, and watches it. */
final class Drive {

  /** Four for each worker that there may be: so many are queued or run at any time. */
  private static final int UNDERWAY = 4 * Contender.MAX;

  private static final long READING_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Script script;
  private final Contender.Opened pool;
  private final Semaphore places = new Semaphore(UNDERWAY);
  private final LongAdder completed = new LongAdder();
  private volatile Task task;

  private Drive(Script script, Contender.Opened pool) {
    this.script = script;
    this.pool = pool;
    this.task = script.phases().get(0);
  }

  /** Runs the script, each phase for so long, and closes the pool. */
  static Track run(Script script, double phaseSeconds, Contender contender, int best)
      throws InterruptedException {
    try (Contender.Opened pool = contender.open(best)) {
      Drive drive = new Drive(script, pool);
      Thread submitter = new Thread(drive::submit, "submitter");
      submitter.start();
      try {
        return drive.watch(phaseSeconds);
      } finally {
        submitter.interrupt();
        submitter.join();
      }
    }
  }

  private void submit() {
    try {
      while (true) {
        places.acquire();
        pool.executor().execute(this::perform);
      }
    } catch (InterruptedException | RejectedExecutionException end) {
      // The script is over.
    }
  }

  private void perform() {
    task.run();
    completed.increment();
    places.release();
  }

  private Track watch(double phaseSeconds) {
    List<Track.Point> points = new ArrayList<>();
    long begun = System.nanoTime();
    long last = begun;
    long counted = 0;
    for (int phase = 0; phase < script.phases().size(); phase++) {
      task = script.phases().get(phase);
      long end = begun + (long) ((phase + 1) * phaseSeconds * 1e9);
      while (last < end) {
        long due = Math.min(end, last + READING_NANOS);
        for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
          LockSupport.parkNanos(this, due - now);
        }
        long now = System.nanoTime();
        long count = completed.sum();
        points.add(
            new Track.Point(
                (now - begun) / 1e9,
                phase,
                pool.workers().getAsInt(),
                count - counted,
                (now - last) / 1e9));
        counted = count;
        last = now;
      }
    }
    return new Track(points, phaseSeconds);
  }
}
