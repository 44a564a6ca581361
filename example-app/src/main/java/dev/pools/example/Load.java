package dev.pools.example;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends work to the application's own pools: each task reads a picture from the database and scales
 * it, as the task of a visitor does, but stores nothing.
 *
 * <p>There is at most one load. A second start changes its rates. It ends after {@link #LIMIT}, or
 * when the application stops, which happens before the web server stops.
 */
@Component
class Load implements SmartLifecycle {

  static final int MAX_PEOPLE = 50;
  static final int MAX_BATCH = 200;
  static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(Load.class);

  private static final long TICK_MILLIS = 20;
  private static final int SMALLEST_WIDTH = 64;
  private static final int LARGEST_WIDTH = 320;

  /**
   * The load now.
   *
   * @param endsInSeconds when it ends if nobody starts it again; 0 if it is not running
   * @param people tasks that overtake those of the batch
   */
  record State(
      boolean running, long endsInSeconds, WorkStream.Counts people, WorkStream.Counts batch) {}

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final ThumbnailMaker thumbnailMaker;
  private final WorkStream people = new WorkStream(() -> submit(Urgency.PERSON));
  private final WorkStream batch = new WorkStream(() -> submit(Urgency.BATCH));
  private volatile List<Long> pictures = List.of();
  private volatile boolean accepting;

  // Guarded by this.
  private @Nullable ScheduledExecutorService sender;
  private long endNanos;

  Load(AdvancedPool thumbnails, Catalogue catalogue, ThumbnailMaker thumbnailMaker) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.thumbnailMaker = thumbnailMaker;
  }

  /**
   * Starts the load, or changes its rates if it runs already.
   *
   * @param peoplePerSecond from 0 to {@link #MAX_PEOPLE}
   * @param batchPerSecond from 0 to {@link #MAX_BATCH}
   * @throws RejectedExecutionException if the application stops
   */
  State start(int peoplePerSecond, int batchPerSecond) {
    if (pictures.isEmpty()) {
      pictures = catalogue.pictures().stream().map(Picture::id).toList();
    }
    synchronized (this) {
      if (!accepting) {
        throw new RejectedExecutionException("The application stops, so it starts no load.");
      }
      people.setRate(peoplePerSecond);
      batch.setRate(batchPerSecond);
      endNanos = System.nanoTime() + LIMIT.toNanos();
      if (sender == null) {
        sender = Executors.newSingleThreadScheduledExecutor(Load::thread);
        sender.scheduleWithFixedDelay(this::send, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    return state();
  }

  private static Thread thread(Runnable run) {
    Thread thread = new Thread(run, "load");
    thread.setDaemon(true);
    return thread;
  }

  /** Stops the load and cancels its tasks that have not started. Can be called twice. */
  State end() {
    synchronized (this) {
      if (sender != null) {
        sender.shutdown();
        sender = null;
      }
      people.end();
      batch.end();
    }
    return state();
  }

  State state() {
    boolean runs;
    long left;
    synchronized (this) {
      runs = sender != null;
      left = runs ? Math.max(0, endNanos - System.nanoTime()) : 0;
    }
    return new State(runs, TimeUnit.NANOSECONDS.toSeconds(left), people.counts(), batch.counts());
  }

  private void send() {
    try {
      long now = System.nanoTime();
      if (isOver(now)) {
        end();
      } else {
        people.sendDue(now);
        batch.sendDue(now);
      }
    } catch (RuntimeException | Error failure) {
      log.warn("The load ends, because a task could not be sent", failure);
      end();
    }
  }

  private synchronized boolean isOver(long nowNanos) {
    return nowNanos - endNanos > 0;
  }

  private PoolFuture<?> submit(Urgency urgency) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long picture = pictures.get(random.nextInt(pictures.size()));
    int width = random.nextInt(SMALLEST_WIDTH, LARGEST_WIDTH);
    return thumbnails.submit(() -> thumbnailMaker.preview(picture, width), urgency.task());
  }

  // ---- Lifecycle

  @Override
  public void start() {
    accepting = true;
  }

  @Override
  public void stop() {
    synchronized (this) {
      accepting = false;
    }
    end();
  }

  @Override
  public boolean isRunning() {
    return accepting;
  }
}
