package dev.pools.boot.endpoint;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows the pools: their figures, their settings with the origin of each, their history and their
 * events; and changes them at run time. By default it can only be read: {@code
 * management.endpoint.pools.access=unrestricted} opens what changes a pool.
 *
 * <p>The number of words in a path says what it names, so no name of a pool clashes with anything:
 * {@code name}, {@code kind/name}, {@code kind/name/part}.
 */
@Endpoint(id = "pools", defaultAccess = Access.READ_ONLY)
public class PoolsEndpoint {

  private static final String UNNAMED = "a caller without a name";

  private final PoolReport report;
  private final PoolChanges changes;
  private final PoolValues values;

  /**
   * Creates it.
   *
   * @param pools the pools to show
   * @param values shows values
   */
  public PoolsEndpoint(WatchedPools pools, PoolValues values) {
    this.report = new PoolReport(pools, values);
    this.changes = new PoolChanges(Clock.systemUTC(), " through the endpoint");
    this.values = values;
  }

  /**
   * All pools, those in trouble first, with their states and key figures. Those that are declared,
   * but not created yet, are the last ones.
   */
  @ReadOperation
  public Map<String, Object> pools() {
    return report.all();
  }

  /**
   * Everything about one pool.
   *
   * @param kind {@code advanced} or {@code connection}
   * @param name the name of the pool's bean
   * @param limit how many tasks or leases to show at most; by default 20
   * @param stacks whether to show their stacks, {@code true} or {@code false}
   */
  @ReadOperation
  public Map<String, Object> pool(
      @Selector String kind,
      @Selector String name,
      @Nullable String limit,
      @Nullable String stacks) {
    return answer(() -> report.one(kind, name, wish(SecurityContext.NONE, limit, stacks)));
  }

  /**
   * Changes options of a pool, all at once; what is null stays as it is.
   *
   * @param minWorkers the smallest number of workers of a task pool
   * @param maxWorkers the largest number of workers of a task pool
   * @param minSize the smallest number of connections of a connection pool
   * @param maxSize the largest number of connections of a connection pool
   * @param option the name of one more option that can change, such as {@code acquireTimeout}
   * @param value the new value of that option, as it is typed, such as {@code 5s}
   */
  @WriteOperation
  public Map<String, Object> change(
      @Selector String kind,
      @Selector String name,
      @Nullable String minWorkers,
      @Nullable String maxWorkers,
      @Nullable String minSize,
      @Nullable String maxSize,
      @Nullable String option,
      @Nullable String value) {
    return answer(
        () ->
            change(
                kind,
                name,
                wanted(minWorkers, maxWorkers, minSize, maxSize, option, value),
                UNNAMED));
  }

  /**
   * Lets a pool do something: {@code drain}, or {@code suspend}, {@code resume}, {@code soft-evict}
   * and {@code maintain}.
   */
  @WriteOperation
  public Map<String, Object> perform(
      @Selector String kind, @Selector String name, @Selector String action) {
    return answer(() -> perform(kind, name, action, UNNAMED));
  }

  /**
   * Lets a pool do something with one of its tasks ({@code cancel} a waiting one, {@code interrupt}
   * a running one) or one of its leases ({@code evict} its connection when it ends, {@code revoke}
   * it now).
   *
   * @param part {@code tasks} or {@code leases}
   * @param id the id of the task or lease
   */
  @WriteOperation
  public Map<String, Object> performOn(
      @Selector String kind,
      @Selector String name,
      @Selector String part,
      @Selector String id,
      @Selector String action) {
    return answer(() -> performOn(kind, name, part, id, action, UNNAMED));
  }

  private static <T> T answer(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (PoolRequestException refused) {
      throw new InvalidEndpointRequestException(refused.text(), refused.text());
    }
  }

  // ---- For the extension of the web

  PoolReport report() {
    return report;
  }

  OpenWork.Wish wish(SecurityContext caller, @Nullable String limit, @Nullable String stacks) {
    return OpenWork.Wish.of(limit, stacks, values.isShown(caller));
  }

  Map<String, Object> change(
      String kind, String name, Map<String, @Nullable String> wanted, @Nullable String who) {
    return changes.change(report.find(kind, name), wanted, who);
  }

  Map<String, Object> perform(String kind, String name, String action, @Nullable String who) {
    return changes.perform(report.find(kind, name), action, who);
  }

  Map<String, Object> performOn(
      String kind, String name, String part, String id, String action, @Nullable String who) {
    return changes.performOn(report.find(kind, name), part, id, action, who);
  }

  static Map<String, @Nullable String> wanted(
      @Nullable String minWorkers,
      @Nullable String maxWorkers,
      @Nullable String minSize,
      @Nullable String maxSize,
      @Nullable String option,
      @Nullable String value) {
    Map<String, @Nullable String> wanted = new LinkedHashMap<>();
    wanted.put("minWorkers", minWorkers);
    wanted.put("maxWorkers", maxWorkers);
    wanted.put("minSize", minSize);
    wanted.put("maxSize", maxSize);
    if ((option == null) != (value == null)) {
      throw PoolRequestException.invalid(
          "The request names an option without a value, or a value without an option: it must have both, such as {\"option\": \"acquireTimeout\", \"value\": \"5s\"}.");
    }
    if (option != null) {
      String other = wanted.put(option, value);
      if (other != null) {
        throw PoolRequestException.invalid(
            "The request sets %1$s twice: '%1$s' is '%2$s', but 'value' is '%3$s'. Send one of them."
                .formatted(option, PoolReport.safe(other), PoolReport.safe(value)));
      }
    }
    return wanted;
  }
}
