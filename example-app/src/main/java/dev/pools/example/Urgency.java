package dev.pools.example;

import dev.pools.map.MapOptions;
import dev.pools.task.TaskOptions;
import java.time.Duration;

/** Who a thumbnail is made for. It decides the priority: smaller numbers run first. */
enum Urgency {
  /**
   * A person waits for the thumbnail, so its task expires if it is queued for too long. It is more
   * urgent than the default, so a full queue lets it in as soon as it has one free place.
   */
  PERSON(-100),
  /** The thumbnail is needed later. */
  BATCH(0);

  private static final Duration MAX_QUEUE_TIME = Duration.ofSeconds(20);

  private final int priority;

  Urgency(int priority) {
    this.priority = priority;
  }

  TaskOptions task() {
    TaskOptions options = TaskOptions.priority(priority);
    return this == PERSON ? options.withMaxQueueTime(MAX_QUEUE_TIME) : options;
  }

  MapOptions map() {
    return MapOptions.priority(priority);
  }
}
