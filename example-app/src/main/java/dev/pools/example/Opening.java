package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.util.Arrays;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * What is done before the doors open and after they have closed: between the pools, which start
 * before and stop after, and the web server.
 */
@Component
class Opening implements SmartLifecycle {

  private final Catalogue catalogue;
  private final Batches batches;
  private final AdvancedPool thumbnails;
  private volatile boolean open;

  Opening(Catalogue catalogue, Batches batches, AdvancedPool thumbnails) {
    this.catalogue = catalogue;
    this.batches = batches;
    this.thumbnails = thumbnails;
  }

  /** Creates the tables, draws the first pictures, and goes on with unfinished batches. */
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
    open = true;
  }

  /** Waits for the batches, for at most {@code spring.lifecycle.timeout-per-shutdown-phase}. */
  @Override
  public void stop(Runnable callback) {
    open = false;
    batches.end().whenComplete((ended, failure) -> callback.run());
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return open;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 512;
  }
}
