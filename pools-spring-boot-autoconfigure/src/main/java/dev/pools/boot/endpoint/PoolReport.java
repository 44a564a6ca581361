package dev.pools.boot.endpoint;

import dev.pools.boot.advice.Advice;
import dev.pools.boot.advice.AdviceRule;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.boot.endpoint.OpenWork.Wish;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * What the endpoint shows, as maps of plain values: strings, numbers, flags, lists and maps. A
 * moment is a text as in ISO 8601, in UTC, or a number of milliseconds since 1970 whose name ends
 * in {@code atMillis}. Durations are whole milliseconds, and their names end in {@code Millis};
 * only values of settings are durations as they are typed, such as {@code 5s}.
 */
final class PoolReport {

  private static final List<Status> WORST_FIRST = List.of(Status.DOWN, Status.OUT_OF_SERVICE);

  /** The place of pools that are not created in the list of all. */
  private static final int LAST = Integer.MAX_VALUE;

  /** A pool in the list of all, with what it is sorted by. */
  private record Entry(int order, String name, Map<String, Object> shown) {}

  private final WatchedPools pools;
  private final PoolValues values;
  private final UncreatedReport notCreated;

  PoolReport(WatchedPools pools, PoolValues values) {
    this.pools = pools;
    this.values = values;
    this.notCreated = new UncreatedReport(values);
  }

  // ---- Finding a pool

  /** A pool, created or not. One of the two is null. */
  private record Found(
      PoolType type,
      String name,
      @Nullable WatchedPool watched,
      @Nullable UncreatedPool uncreated) {

    String path() {
      return type.id() + "/" + name;
    }
  }

  /**
   * All pools. First those that are not created: one that is created meanwhile is in both lists
   * then, and not in none.
   */
  private List<Found> present() {
    List<UncreatedPool> uncreated = pools.uncreated();
    List<Found> present = new ArrayList<>();
    Set<String> created = new HashSet<>();
    for (WatchedPool pool : pools.pools()) {
      Found found = new Found(pool.type(), pool.name(), pool, null);
      created.add(found.path());
      present.add(found);
    }
    for (UncreatedPool pool : uncreated) {
      Found found = new Found(pool.type(), pool.name(), null, pool);
      if (!created.contains(found.path())) {
        present.add(found);
      }
    }
    return present;
  }

  private Found named(String name) {
    List<Found> all = present();
    List<Found> found = all.stream().filter(pool -> pool.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw PoolRequestException.notFound(
          "There is no pool with the name '%s'. %s".formatted(safe(name), known(all)));
    }
    if (found.size() > 1) {
      throw PoolRequestException.invalid(
          "There are several pools with the name '%s': name the kind of the pool, too, %s."
              .formatted(
                  safe(name), String.join(" or ", found.stream().map(Found::path).toList())));
    }
    return found.get(0);
  }

  private Found named(String kind, String name) {
    List<Found> all = present();
    for (Found pool : all) {
      if (pool.type().id().equals(kind) && pool.name().equals(name)) {
        return pool;
      }
    }
    boolean isKind = List.of(PoolType.values()).stream().anyMatch(type -> type.id().equals(kind));
    throw PoolRequestException.notFound(
        isKind
            ? "There is no pool '%s/%s'. %s".formatted(kind, safe(name), known(all))
            : "There is no kind of pools '%s': the kinds are advanced and connection. A path names the kind before the pool, such as %s."
                .formatted(safe(kind), all.isEmpty() ? "advanced/name" : all.get(0).path()));
  }

  /** The pool of this kind and name, to change it. */
  WatchedPool find(String kind, String name) {
    Found found = named(kind, name);
    if (found.watched() == null) {
      throw UncreatedReport.unchangeable(Objects.requireNonNull(found.uncreated()));
    }
    return found.watched();
  }

  private static String known(List<Found> all) {
    return all.isEmpty()
        ? "There are no pools."
        : "The pools are %s."
            .formatted(String.join(", ", all.stream().map(Found::path).sorted().toList()));
  }

  /** A text of a request, short and without control characters. */
  static String safe(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > 80 ? plain.substring(0, 80) + "…" : plain;
  }

  // ---- All pools

  /** All pools, those in trouble first, and those that are not created last. */
  Map<String, Object> all() {
    List<Entry> entries = new ArrayList<>();
    for (Found pool : present()) {
      WatchedPool watched = pool.watched();
      Map<String, Object> shown =
          watched == null
              ? notCreated.summary(Objects.requireNonNull(pool.uncreated()))
              : summary(watched);
      entries.add(new Entry(watched == null ? LAST : order(shown), pool.name(), shown));
    }
    entries.sort(Comparator.comparingInt(Entry::order).thenComparing(Entry::name));
    return Map.of("pools", entries.stream().map(Entry::shown).toList());
  }

  private static int order(Map<String, Object> shown) {
    int status = WORST_FIRST.indexOf(new Status(String.valueOf(shown.get("status"))));
    return status >= 0
        ? status
        : shown.containsKey("trouble") ? WORST_FIRST.size() : WORST_FIRST.size() + 1;
  }

  /** One that cannot be read says so, and does not keep the others from being shown. */
  private static Map<String, Object> summary(WatchedPool pool) {
    Map<String, Object> shown = head(pool);
    try {
      Map<String, Object> figures = pool.figures();
      judge(shown, pool, figures);
      Map<String, Object> key = new LinkedHashMap<>();
      for (String figure : pool.type().keyFigures()) {
        if (figures.containsKey(figure)) {
          key.put(figure, figures.get(figure));
        }
      }
      shown.put("figures", key);
      AdvisedPool advised = pool.advised();
      List<AdviceRule> found = advised == null ? List.of() : advised.rules();
      if (!found.isEmpty()) {
        shown.put("advice", found.stream().map(AdviceRule::id).toList());
      }
    } catch (RuntimeException unreadable) {
      shown.put("status", Status.UNKNOWN.getCode());
      shown.put("trouble", "The pool cannot be read.");
    }
    return shown;
  }

  private static Map<String, Object> head(WatchedPool pool) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("kind", pool.type().id());
    shown.put("name", pool.name());
    return shown;
  }

  private static void judge(
      Map<String, Object> shown, WatchedPool pool, Map<String, Object> figures) {
    Health health = pool.health();
    shown.put("state", figures.getOrDefault("state", Status.UNKNOWN.getCode()));
    shown.put("status", health.getStatus().getCode());
    String trouble = WatchedPool.trouble(health);
    if (trouble != null) {
      shown.put("trouble", trouble);
    }
  }

  // ---- One pool

  /** Everything about the only pool with this name. */
  Map<String, Object> one(String name, Wish wish) {
    return one(named(name), wish);
  }

  /** Everything about one pool. */
  Map<String, Object> one(String kind, String name, Wish wish) {
    return one(named(kind, name), wish);
  }

  private Map<String, Object> one(Found found, Wish wish) {
    WatchedPool pool = found.watched();
    if (pool == null) {
      return notCreated.one(Objects.requireNonNull(found.uncreated()), wish.texts());
    }
    Map<String, Object> shown = head(pool);
    judge(shown, pool, pool.figures());
    shown.put("at", Instant.now().toString());
    parts(pool, wish).forEach((part, content) -> shown.put(part, content.get()));
    return shown;
  }

  /** One part of what there is to see of a pool. */
  Map<String, Object> part(String kind, String name, String part, Wish wish) {
    Found found = named(kind, name);
    WatchedPool pool = found.watched();
    if (pool == null) {
      return notCreated.part(Objects.requireNonNull(found.uncreated()), part, wish.texts());
    }
    Map<String, Supplier<Object>> parts = parts(pool, wish);
    Supplier<Object> content = parts.get(part);
    if (content == null) {
      throw noPart(pool.type(), part, parts.keySet());
    }
    Map<String, Object> answer = head(pool);
    answer.put("at", Instant.now().toString());
    answer.put(part, content.get());
    return answer;
  }

  static PoolRequestException noPart(PoolType type, String part, Collection<String> parts) {
    return PoolRequestException.notFound(
        "There is no part '%s' of %s: the parts are %s."
            .formatted(safe(part), type.article, String.join(", ", parts)));
  }

  private Map<String, Supplier<Object>> parts(WatchedPool pool, Wish wish) {
    Map<String, Supplier<Object>> parts = new LinkedHashMap<>();
    parts.put("figures", pool::figures);
    parts.put("advice", () -> advice(pool));
    parts.put("settings", () -> settings(pool, wish.texts()));
    AdvancedPool tasks = pool.tasks();
    if (tasks != null) {
      parts.put("tasks", () -> OpenWork.tasks(tasks, wish));
    }
    ConnectionPool<?> connections = pool.connections();
    if (connections != null) {
      parts.put("leases", () -> OpenWork.leases(connections, wish));
    }
    parts.put("events", () -> events(pool));
    parts.put("history", () -> pool.history().shown(PoolWatch.INTERVAL.toMillis()));
    return parts;
  }

  private static List<Map<String, Object>> advice(WatchedPool pool) {
    AdvisedPool advised = pool.advised();
    return advised == null ? List.of() : advised.advice().stream().map(PoolReport::shown).toList();
  }

  private static Map<String, Object> shown(Advice advice) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("rule", advice.rule().id());
    shown.put("windowMillis", PoolFigures.millis(advice.window()));
    shown.put("figures", advice.figures());
    putIfKnown(shown, "property", advice.property());
    putIfKnown(shown, "cure", advice.cure().isEmpty() ? null : advice.cure());
    putIfKnown(shown, "prediction", advice.prediction());
    if (!advice.change().isEmpty()) {
      shown.put("change", advice.change());
      shown.put("current", advice.current());
    }
    return shown;
  }

  private static List<Map<String, Object>> events(WatchedPool pool) {
    return pool.events().stream().map(PoolEvent::shown).toList();
  }

  private List<Map<String, Object>> settings(WatchedPool pool, boolean showTexts) {
    return new ShownSettings(values, pool.type(), pool.name(), showTexts)
        .of(pool.settings(), pool.changeable());
  }

  private static void putIfKnown(Map<String, Object> shown, String name, @Nullable Object value) {
    if (value != null) {
      shown.put(name, value);
    }
  }
}
