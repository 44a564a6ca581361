package dev.pools.boot.endpoint;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Status;

/**
 * What the endpoint shows of a pool that is not created. It has the same parts as any other pool:
 * only its settings have a content, and no question for a part creates the pool.
 */
final class UncreatedReport {

  private final PoolValues values;

  UncreatedReport(PoolValues values) {
    this.values = values;
  }

  /** The pool in the list of all. */
  Map<String, Object> summary(UncreatedPool pool) {
    Map<String, Object> shown = head(pool);
    shown.put("figures", Map.of());
    return shown;
  }

  /** Everything about the pool. */
  Map<String, Object> one(UncreatedPool pool, boolean showTexts) {
    Map<String, Object> shown = head(pool);
    shown.put("message", message(pool));
    shown.put("at", Instant.now().toString());
    shown.putAll(parts(pool, showTexts));
    return shown;
  }

  /** One part of what there is to see of a pool. */
  Map<String, Object> part(UncreatedPool pool, String part, boolean showTexts) {
    Map<String, Object> parts = parts(pool, showTexts);
    if (!parts.containsKey(part)) {
      throw PoolReport.noPart(pool.type(), part, parts.keySet());
    }
    Map<String, Object> shown = head(pool);
    shown.put("message", message(pool));
    shown.put("at", Instant.now().toString());
    shown.put(part, parts.get(part));
    return shown;
  }

  private static Map<String, Object> head(UncreatedPool pool) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("kind", pool.type().id());
    shown.put("name", pool.name());
    shown.put("state", pool.scope() == null ? "NOT_CREATED" : "SCOPED");
    shown.put("status", Status.UNKNOWN.getCode());
    if (pool.scope() == null) {
      shown.put("notCreated", true);
    } else {
      shown.put("scope", pool.scope());
    }
    return shown;
  }

  private Map<String, Object> parts(UncreatedPool pool, boolean showTexts) {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("figures", Map.of());
    parts.put("advice", List.of());
    parts.put(
        "settings",
        new ShownSettings(values, pool.type(), pool.name(), showTexts)
            .of(pool.settings().get(), List.of()));
    if (pool.type() == PoolType.ADVANCED) {
      parts.put("tasks", Map.of("running", List.of(), "waiting", List.of()));
    } else {
      parts.put("leases", List.of());
    }
    parts.put("events", List.of());
    parts.put("history", new PoolHistory(WatchedPool.SAMPLES).shown(PoolWatch.INTERVAL.toMillis()));
    return parts;
  }

  private static String message(UncreatedPool pool) {
    return pool.scope() == null
        ? "The pool '%s' is not created yet, because nothing has used it. It is created by its first use, with these settings."
            .formatted(pool.name())
        : "The pool '%s' lives in the scope '%s', which may have several of them or none. Only pools that exist once in their context are shown with figures."
            .formatted(pool.name(), pool.scope());
  }

  /** Refuses a change of the pool. */
  static PoolRequestException unchangeable(UncreatedPool pool) {
    return PoolRequestException.conflict(
        pool.scope() == null
            ? "The pool '%s' cannot be changed: it is not created yet, because nothing has used it. Change the settings that it will be created with, or use it first."
                .formatted(pool.name())
            : "The pool '%s' cannot be changed: it lives in the scope '%s', which may have several of them or none."
                .formatted(pool.name(), pool.scope()));
  }
}
