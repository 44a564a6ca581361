package dev.pools.boot.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a pool.
 *
 * @param at when it happened, or was noticed
 * @param type what it is, for programs
 * @param text what it is, for people
 * @param who the user who asked for it; null if there is none or it is not known
 */
public record PoolEvent(Instant at, Type type, String text, @Nullable String who) {

  /** The kinds of events. */
  public enum Type {
    /** The limits of a pool have changed. */
    RESIZED,
    /** Other options of a pool have changed. */
    RECONFIGURED,
    /** A refresh of the configuration was rejected as a whole. */
    CHANGE_REJECTED,
    /** A pool cannot serve any more. */
    DOWN,
    /** A pool serves again. */
    UP,
    /**
     * The state of a pool has changed: it was suspended, resumed, stopped, started or shut down.
     */
    STATE,
    /** All workers are busy, and no task has ended for too long. */
    STUCK,
    /** Tasks end again. */
    MOVING,
    /** A lease was reported as leaked. */
    LEAK,
    /** Connections were replaced, or their leases were taken back. */
    EVICTED,
    /** An alarm was raised. */
    ALARM,
    /** An alarm was cleared. */
    ALARM_CLEARED,
    /** The thread of a worker has ended with an error. */
    WORKER_DIED,
    /** An operator has asked the pool to do something. */
    OPERATION
  }

  /** The event as it is shown. */
  Map<String, Object> shown() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("at", at.toString());
    shown.put("type", type.name());
    shown.put("text", text);
    if (who != null) {
      shown.put("who", who);
    }
    return shown;
  }
}
