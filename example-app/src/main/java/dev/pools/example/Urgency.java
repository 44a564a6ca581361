package dev.pools.example;

import dev.pools.map.MapOptions;
import dev.pools.task.TaskOptions;
import java.time.Duration;

/** For whom a thumbnail is made, and so how soon: smaller numbers run first. */
enum Urgency {
  /** Somebody sits and waits; not for ever, though. */
  PERSON(0),
  /** Nobody looks before tomorrow. */
  BATCH(100);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final int priority;

  Urgency(int priority) {
    this.priority = priority;
  }

  TaskOptions task() {
    TaskOptions options = TaskOptions.priority(priority);
    return this == PERSON ? options.withMaxQueueTime(PATIENCE) : options;
  }

  MapOptions map() {
    return MapOptions.priority(priority);
  }
}
