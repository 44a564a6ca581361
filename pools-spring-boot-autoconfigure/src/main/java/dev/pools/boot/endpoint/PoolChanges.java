package dev.pools.boot.endpoint;

import dev.pools.OptionChange;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.PoolStoppedException;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolShutDownException;
import dev.pools.task.PoolStats;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;

/**
 * Changes pools at run time. Each change is an event of the pool and a line in the log, with the
 * name of who asked for it. A request that cannot be carried out changes nothing.
 */
final class PoolChanges {

  private static final Logger LOG = LoggerFactory.getLogger(PoolChanges.class);

  /** Options that may have any value from 0 on. */
  private static final List<String> ANY_COUNT = List.of("queueCapacity", "maxUses", "waiterLimit");

  private final Clock clock;
  private final String way;

  /**
   * Creates it.
   *
   * @param way how requests come, as it is said after who has made them
   */
  PoolChanges(Clock clock, String way) {
    this.clock = clock;
    this.way = way;
  }

  // ---- Settings

  /**
   * Changes settings of a pool, all at once.
   *
   * @param wanted the new values, by the names of the options; null where an option stays
   * @param who who asks; null if that is not known
   */
  Map<String, Object> change(
      WatchedPool pool, Map<String, @Nullable String> wanted, @Nullable String who) {
    List<String> options = pool.type().changeable();
    Map<String, Object> values = new LinkedHashMap<>();
    wanted.forEach(
        (option, value) -> {
          if (value != null) {
            values.put(option, value(pool, option, value));
          }
        });
    if (values.isEmpty()) {
      throw PoolRequestException.invalid(
          "The request names no setting. The settings of %s that can change at run time are %s."
              .formatted(pool.type().article, String.join(", ", options)));
    }
    Map<String, Object> answer = changed(pool, values, who);
    pool.adviseAfterChange();
    return answer;
  }

  /** As the other method, for one option. JMX can leave out each of the parameters. */
  Map<String, Object> changeOption(
      WatchedPool pool, @Nullable String option, @Nullable String value, @Nullable String who) {
    if (option == null) {
      throw missing("option", "one of " + String.join(", ", pool.type().changeable()));
    }
    if (value == null) {
      throw missing(
          "value",
          "the new value of %s, as it is typed, such as 5s".formatted(PoolReport.safe(option)));
    }
    return change(pool, Map.of(option, value), who);
  }

  private static PoolRequestException missing(String parameter, String needed) {
    return PoolRequestException.invalid(
        "The parameter '%s' is null, but must be %s.".formatted(parameter, needed));
  }

  private Map<String, Object> changed(
      WatchedPool pool, Map<String, Object> values, @Nullable String who) {
    List<OptionChange> made = pool.change(clock, who, way, () -> reconfigure(pool, values));
    return tell(pool, made, who, isWithinLimits(pool));
  }

  private static Object value(WatchedPool pool, String option, String value) {
    List<String> options = pool.type().changeable();
    if (!options.contains(option)) {
      throw PoolRequestException.invalid(
          "%s is '%s', but '%s' is %s, and its settings that can change at run time are %s."
              .formatted(
                  option,
                  PoolReport.safe(value),
                  pool.name(),
                  pool.type().article,
                  String.join(", ", options)));
    }
    Object now = pool.options().get(option);
    if (now instanceof Integer) {
      return number(option, value);
    }
    try {
      return Objects.requireNonNull(
          ApplicationConversionService.getSharedInstance()
              .convert(value.trim(), Objects.requireNonNull(now).getClass()));
    } catch (ConversionException | NullPointerException wrong) {
      throw PoolRequestException.invalid(
          "%s is '%s', but must be %s."
              .formatted(option, PoolReport.safe(value), kindOf(Objects.requireNonNull(now))));
    }
  }

  private static int number(String option, String value) {
    try {
      return Integer.parseInt(value.trim());
    } catch (NumberFormatException noNumber) {
      boolean anyCount = ANY_COUNT.contains(option);
      throw PoolRequestException.invalid(
          "%s is '%s', but must be a whole number from %d to %d."
              .formatted(
                  option,
                  PoolReport.safe(value),
                  option.startsWith("max") && !anyCount ? 1 : 0,
                  anyCount ? Integer.MAX_VALUE : 1_000_000));
    }
  }

  private static String kindOf(Object value) {
    if (value instanceof Duration) {
      return "a duration such as 500ms, 5s or 10m";
    }
    return value instanceof Enum<?> choice
        ? "one of " + Arrays.toString(choice.getDeclaringClass().getEnumConstants())
        : value instanceof Boolean ? "true or false" : "a number";
  }

  private static List<OptionChange> reconfigure(WatchedPool pool, Map<String, Object> values) {
    AdvancedPool tasks = pool.tasks();
    try {
      return tasks == null
          ? Objects.requireNonNull(pool.connections())
              .reconfigure(change -> values.forEach(change::set))
          : tasks.reconfigure(change -> values.forEach(change::set));
    } catch (IllegalArgumentException outOfRange) {
      throw PoolRequestException.invalid(
          Durations.withTyped(String.valueOf(Faults.messageOf(outOfRange))));
    } catch (PoolShutDownException terminated) {
      throw PoolRequestException.conflict(
          "The pool '%s' cannot be changed: %s"
              .formatted(pool.name(), Faults.describe(terminated)));
    }
  }

  /** Whether workers or connections that are too many have gone. */
  private static boolean isWithinLimits(WatchedPool pool) {
    AdvancedPool tasks = pool.tasks();
    if (tasks != null) {
      PoolStats now = tasks.stats();
      return now.workers() <= now.maxWorkers();
    }
    ConnectionPoolStats now = Objects.requireNonNull(pool.connections()).stats();
    return now.size() + now.creating() + now.closing() <= now.maxSize();
  }

  private static Map<String, Object> tell(
      WatchedPool pool, List<OptionChange> changes, @Nullable String who, boolean finished) {
    if (!changes.isEmpty()) {
      log(pool, WatchedPool.text(changes), who);
    }
    Map<String, Object> answer = head(pool);
    answer.put("changed", changes.stream().map(PoolChanges::shown).toList());
    answer.put("finished", finished);
    return answer;
  }

  private static Map<String, Object> shown(OptionChange changed) {
    Map<String, Object> change = new LinkedHashMap<>();
    change.put("option", changed.option());
    change.put("before", PoolValues.typed(changed.before()));
    change.put("after", PoolValues.typed(changed.after()));
    return change;
  }

  // ---- Actions

  /** Lets a pool do something. It does not wait for the end. */
  Map<String, Object> perform(WatchedPool pool, String action, @Nullable String who) {
    AdvancedPool tasks = pool.tasks();
    try {
      CompletableFuture<?> done =
          tasks == null
              ? perform(pool, Objects.requireNonNull(pool.connections()), action)
              : perform(pool, tasks, action);
      event(pool, action + " was requested.", who);
      log(pool, action, who);
      if (!done.isDone()) {
        done.whenComplete(
            (result, failure) ->
                event(
                    pool,
                    failure == null
                        ? "%s has finished%s."
                            .formatted(action, result == null ? "" : ": " + result)
                        : "%s has failed: %s".formatted(action, Faults.describe(failure)),
                    who));
      }
      Map<String, Object> answer = head(pool);
      answer.put("action", action);
      answer.put("finished", done.isDone());
      return answer;
    } catch (PoolStoppedException | PoolShutDownException refused) {
      throw PoolRequestException.conflict(
          "The pool '%s' cannot %s: %s".formatted(pool.name(), action, Faults.messageOf(refused)));
    }
  }

  private static CompletableFuture<?> perform(WatchedPool pool, AdvancedPool tasks, String action) {
    if (action.equals("drain")) {
      return tasks.drain();
    }
    throw unknown(pool, action, "drain");
  }

  private static CompletableFuture<?> perform(
      WatchedPool pool, ConnectionPool<?> connections, String action) {
    return switch (action) {
      case "suspend" -> {
        connections.suspend();
        yield CompletableFuture.completedFuture(null);
      }
      case "resume" -> {
        connections.resume();
        yield CompletableFuture.completedFuture(null);
      }
      case "soft-evict" -> connections.softEvict();
      case "maintain" -> connections.maintain();
      default -> throw unknown(pool, action, "suspend, resume, soft-evict, maintain");
    };
  }

  // ---- One task, or one lease

  /** Lets a pool do something with one of its tasks or leases. */
  Map<String, Object> performOn(
      WatchedPool pool, String part, String id, String action, @Nullable String who) {
    AdvancedPool tasks = pool.tasks();
    ConnectionPool<?> connections = pool.connections();
    boolean done;
    if (tasks != null && part.equals("tasks")) {
      done = perform(pool, tasks, id, action);
    } else if (connections != null && part.equals("leases")) {
      done = perform(connections, id, action);
    } else {
      throw PoolRequestException.notFound(
          "There is no part '%s' of %s whose elements can be changed."
              .formatted(PoolReport.safe(part), pool.type().article));
    }
    if (!done) {
      throw PoolRequestException.notFound(
          "There is nothing to %s: '%s' is not, or not any more, among the %s of the pool '%s'."
              .formatted(action, PoolReport.safe(id), part, pool.name()));
    }
    String what = "%s of '%s' in %s".formatted(action, PoolReport.safe(id), part);
    event(pool, what + " was carried out.", who);
    log(pool, what, who);
    Map<String, Object> answer = head(pool);
    answer.put("id", id);
    answer.put("action", action);
    return answer;
  }

  /** As the other method, for a lease. JMX can leave out its id. */
  Map<String, Object> performOnLease(
      WatchedPool pool, @Nullable String id, String action, @Nullable String who) {
    if (id == null) {
      throw missing("id", "the id of a lease, as listLeases shows it");
    }
    return performOn(pool, "leases", id, action, who);
  }

  private static boolean perform(WatchedPool pool, AdvancedPool tasks, String id, String action) {
    long number;
    try {
      number = Long.parseLong(id);
    } catch (NumberFormatException noNumber) {
      throw PoolRequestException.invalid(
          "The id of the task is '%s', but must be a whole number, as %s/tasks shows it."
              .formatted(PoolReport.safe(id), pool.name()));
    }
    return switch (action) {
      case "cancel" -> tasks.cancelWaiting(number);
      case "interrupt" -> tasks.interruptRunning(number);
      default ->
          throw PoolRequestException.invalid(
              "There is no action '%s' for tasks: the actions are cancel, interrupt."
                  .formatted(PoolReport.safe(action)));
    };
  }

  private static boolean perform(ConnectionPool<?> connections, String id, String action) {
    return switch (action) {
      case "evict" -> connections.evictLease(id);
      case "revoke" -> connections.revokeLease(id);
      default ->
          throw PoolRequestException.invalid(
              "There is no action '%s' for leases: the actions are evict, revoke."
                  .formatted(PoolReport.safe(action)));
    };
  }

  private static PoolRequestException unknown(WatchedPool pool, String action, String known) {
    return PoolRequestException.invalid(
        "There is no action '%s' for %s: the actions are %s."
            .formatted(PoolReport.safe(action), pool.type().article, known));
  }

  private void event(WatchedPool pool, String text, @Nullable String who) {
    Instant now = clock.instant();
    pool.timeline().add(new PoolEvent(now, PoolEvent.Type.OPERATION, text, who));
  }

  private static void log(WatchedPool pool, String what, @Nullable String who) {
    LOG.info("Pool '{}': {} (requested by {})", pool.name(), what, who == null ? "unknown" : who);
  }

  private static Map<String, Object> head(WatchedPool pool) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kind", pool.type().id());
    answer.put("name", pool.name());
    return answer;
  }
}
