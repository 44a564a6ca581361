package dev.pools.boot.dashboard;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Sends updates to open pages, one each second. Threads exist only while pages are open: each page
 * has one of its own at most, so a slow client delays no other page.
 *
 * <p>A page that is open is in {@link #open}. It leaves this set once, in one of these ways: the
 * client is gone and sending fails, its figures cannot be read, the client or the server ends the
 * request, its time is over, or the application stops. The last of these happens before the web
 * server waits for its requests, and a thread of the page ends the request, which may wait for a
 * client that does not read. So no open page delays a graceful shutdown.
 */
final class LiveUpdates implements SmartLifecycle {

  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** After this time the client asks again, and so shows again that it may see the pools. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** More pages than these fetch their data at intervals. */
  static final int MOST_PAGES = 8;

  /** A page that is open in a browser. */
  interface Page {
    /** Sends an update. It may block while the client does not read. */
    void send(Map<String, Object> update) throws IOException;

    /** Ends the request. */
    void end();
  }

  /** An open page and what is sent to it. */
  private static final class Opened {
    private final Page page;
    private final Supplier<Map<String, Object>> updates;
    private int left = (int) (LONGEST.toMillis() / INTERVAL.toMillis());
    private @Nullable ScheduledFuture<?> task;

    Opened(Page page, Supplier<Map<String, Object>> updates) {
      this.page = page;
      this.updates = updates;
    }
  }

  private static final Log LOG = LogFactory.getLog(LiveUpdates.class);

  // Guarded by this.
  private final Set<Opened> open = new HashSet<>();
  private @Nullable ScheduledThreadPoolExecutor threads;

  /** Whether no more pages can be opened now. */
  synchronized boolean isFull() {
    return threads == null || open.size() >= MOST_PAGES;
  }

  /**
   * Sends updates to a page from now on.
   *
   * @return what closes it, and may be called more than once; null if no more pages can be opened
   */
  synchronized @Nullable Runnable open(Page page, Supplier<Map<String, Object>> updates) {
    ScheduledThreadPoolExecutor running = threads;
    if (running == null || isFull()) {
      return null;
    }
    Opened opened = new Opened(page, updates);
    open.add(opened);
    opened.task =
        running.scheduleWithFixedDelay(
            () -> send(opened), 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return () -> close(opened);
  }

  private void send(Opened opened) {
    boolean goesOn = false;
    try {
      if (opened.left-- > 0) {
        opened.page.send(opened.updates.get());
        goesOn = true;
      }
    } catch (IOException | RuntimeException clientIsGone) {
      LOG.debug("A page gets no more live updates", clientIsGone);
    } finally {
      // Also after an error, which would end the updates and leave the page open.
      if (!goesOn) {
        close(opened);
      }
    }
  }

  private void close(Opened opened) {
    if (remove(opened)) {
      end(opened);
    }
  }

  private synchronized boolean remove(Opened opened) {
    ScheduledFuture<?> task = opened.task;
    if (task != null) {
      task.cancel(false);
    }
    return open.remove(opened);
  }

  private static void end(Opened opened) {
    try {
      opened.page.end();
    } catch (RuntimeException alreadyEnded) {
      // The request is over, which is what was wanted.
    }
  }

  /** How many pages are open. */
  synchronized int count() {
    return open.size();
  }

  @Override
  public synchronized void start() {
    if (threads == null) {
      ScheduledThreadPoolExecutor started =
          new ScheduledThreadPoolExecutor(
              MOST_PAGES,
              task -> {
                Thread thread = new Thread(null, task, "pools-dashboard", 0, false);
                thread.setDaemon(true);
                return thread;
              });
      started.setKeepAliveTime(10, TimeUnit.SECONDS);
      started.allowCoreThreadTimeOut(true);
      started.setRemoveOnCancelPolicy(true);
      threads = started;
    }
  }

  @Override
  public synchronized void stop() {
    ScheduledThreadPoolExecutor running = threads;
    if (running == null) {
      return;
    }
    threads = null;
    for (Opened last : List.copyOf(open)) {
      remove(last);
      running.execute(() -> end(last));
    }
    running.shutdown();
  }

  @Override
  public synchronized boolean isRunning() {
    return threads != null;
  }
}
