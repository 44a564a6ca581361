package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.util.Arrays;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Prepares the catalogue before the web server starts, and waits for the batches after the web
 * server has stopped. The pools start earlier and stop later.
 */
@Component
class StartupAndShutdown implements SmartLifecycle {

  private final Catalogue catalogue;
  private final Batches batches;
  private final AdvancedPool thumbnails;
  private volatile boolean running;

  StartupAndShutdown(Catalogue catalogue, Batches batches, AdvancedPool thumbnails) {
    this.catalogue = catalogue;
    this.batches = batches;
    this.thumbnails = thumbnails;
  }

  /** Creates the tables and the sample pictures, and resumes unfinished batches. */
  @Override
  public void start() {
    catalogue.createTables();
    if (catalogue.isEmpty()) {
      thumbnails
          .map(SamplePicture::drawn, Arrays.asList(SamplePicture.values()))
          .join()
          .forEach(catalogue::add);
    }
    batches.resume();
    running = true;
  }

  /** Waits for the batches, for at most {@code spring.lifecycle.timeout-per-shutdown-phase}. */
  @Override
  public void stop(Runnable callback) {
    running = false;
    batches.stop().whenComplete((stopped, failure) -> callback.run());
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 512;
  }
}
