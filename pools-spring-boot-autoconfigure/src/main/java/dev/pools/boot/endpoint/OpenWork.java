package dev.pools.boot.endpoint;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.LeaseInfo;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskSnapshot;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;

/**
 * Shows what a pool has in hand: its running and waiting tasks, or its leases, the oldest first.
 */
final class OpenWork {

  /** So many are shown if the request names no number. */
  static final int USUAL_LIMIT = 20;

  static final int GREATEST_LIMIT = 1000;

  private static final int LONGEST_NAME = 200;

  /**
   * How to show it.
   *
   * @param limit how many tasks or leases to show at most
   * @param stacks whether to show stacks, too
   * @param texts whether to show texts, which may contain secrets
   */
  record Wish(int limit, boolean stacks, boolean texts) {

    /** Reads what a request says. */
    static Wish of(@Nullable String limit, @Nullable String stacks, boolean texts) {
      int number = USUAL_LIMIT;
      if (limit != null) {
        try {
          number = Integer.parseInt(limit.trim());
        } catch (NumberFormatException noNumber) {
          number = -1;
        }
      }
      if (number < 1 || number > GREATEST_LIMIT) {
        throw PoolRequestException.invalid(
            "limit is '%s', but must be a whole number from 1 to %d."
                .formatted(PoolReport.safe(String.valueOf(limit)), GREATEST_LIMIT));
      }
      if (stacks != null && !stacks.equals("true") && !stacks.equals("false")) {
        throw PoolRequestException.invalid(
            "stacks is '%s', but must be true or false.".formatted(PoolReport.safe(stacks)));
      }
      return new Wish(number, "true".equals(stacks), texts);
    }
  }

  private OpenWork() {}

  // ---- Tasks

  /** The running and the waiting tasks of a pool. */
  static Map<String, Object> tasks(AdvancedPool pool, Wish wish) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put(
        "running",
        pool.runningTasks(wish.limit).stream().map(task -> shown(pool, task, wish)).toList());
    shown.put(
        "waiting",
        pool.waitingTasks(wish.limit).stream().map(task -> shown(pool, task, wish)).toList());
    return shown;
  }

  /** The running and then the waiting tasks, each as a line of text, without stacks. */
  static List<String> taskLines(AdvancedPool pool, int limit) {
    Wish wish = lines(limit);
    return Stream.concat(
            pool.runningTasks(wish.limit).stream(), pool.waitingTasks(wish.limit).stream())
        .map(task -> line(shown(pool, task, wish)))
        .toList();
  }

  private static Map<String, Object> shown(AdvancedPool pool, TaskSnapshot task, Wish wish) {
    Map<String, Object> shown = new LinkedHashMap<>();
    // As a text: a number of 64 bits does not fit into a number of JavaScript.
    shown.put("id", Long.toString(task.id()));
    put(shown, "name", task.name() == null ? null : cut(task.name()));
    shown.put("function", cut(task.function()));
    shown.put("state", task.state().name());
    put(shown, "priority", task.priority());
    putMillis(shown, "ageMillis", task.age());
    putMillis(shown, "ranMillis", task.ran());
    put(shown, "thread", task.thread() == null ? null : cut(task.thread()));
    if (wish.stacks && task.state() == TaskSnapshot.State.RUNNING) {
      shown.put("stack", frames(pool.stackOf(task.id())));
    }
    return shown;
  }

  /** A sentence with the task that has run for longest; empty if none runs. */
  static String longestRun(@Nullable AdvancedPool pool) {
    List<TaskSnapshot> longest = pool == null ? List.of() : pool.runningTasks(1);
    return longest.stream()
        .map(
            task ->
                " The longest of them is '%s' (id %d), for %s ms on the thread %s."
                    .formatted(
                        cut(task.label()),
                        task.id(),
                        task.ran() == null ? "?" : PoolFigures.millis(task.ran()),
                        task.thread() == null ? "?" : cut(task.thread())))
        .collect(Collectors.joining());
  }

  // ---- Leases

  /** The leases of a pool. */
  static List<Map<String, Object>> leases(ConnectionPool<?> pool, Wish wish) {
    return pool.leases().stream().limit(wish.limit).map(lease -> shown(lease, wish)).toList();
  }

  /** The leases of a pool, each as a line of text, without stacks. */
  static List<String> leaseLines(ConnectionPool<?> pool, int limit) {
    return leases(pool, lines(limit)).stream().map(OpenWork::line).toList();
  }

  private static Map<String, Object> shown(LeaseInfo lease, Wish wish) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", lease.id());
    putMillis(shown, "ageMillis", lease.age());
    shown.put("ageExact", lease.isAgeExact());
    shown.put("thread", cut(lease.thread()));
    shown.put("async", lease.isAsync());
    if (!lease.arguments().isEmpty()) {
      shown.put("arguments", wish.texts ? cut(lease.arguments()) : SanitizableData.SANITIZED_VALUE);
    }
    Throwable acquired = lease.acquiredAt();
    if (wish.stacks && acquired != null) {
      shown.put("stack", frames(Arrays.asList(acquired.getStackTrace())));
    }
    return shown;
  }

  // ---- What both have in common

  private static Wish lines(int limit) {
    return Wish.of(Integer.toString(limit), null, /* texts= */ false);
  }

  /** What is shown, as a line: {@code id=7, state=RUNNING}. */
  static String line(Map<String, Object> shown) {
    return shown.entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining(", "));
  }

  private static List<String> frames(List<StackTraceElement> stack) {
    return stack.stream().map(StackTraceElement::toString).toList();
  }

  /** A name of the user may be of any length. */
  private static String cut(String name) {
    String plain = Faults.redact(name);
    return plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) + "…" : plain;
  }

  private static void putMillis(
      Map<String, Object> shown, String name, @Nullable Duration duration) {
    put(shown, name, duration == null ? null : PoolFigures.millis(duration));
  }

  private static void put(Map<String, Object> shown, String name, @Nullable Object value) {
    if (value != null) {
      shown.put(name, value);
    }
  }
}
