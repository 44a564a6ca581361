package dev.pools.boot.endpoint;

import dev.pools.OptionChange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest change of each option of a pool by the endpoint, by JMX or by a refresh of the
 * configuration. The application can change the same options, and nothing notes that; so a change
 * counts only while the option has the value that it set. Safe for use by several threads.
 */
final class LatestChanges {

  private record Change(Instant at, String how, Object value) {}

  private final Map<String, Change> byOption = new ConcurrentHashMap<>();

  /** Notes changes; {@code how} is said after their time. */
  void note(Instant at, String how, List<OptionChange> made) {
    made.forEach(change -> byOption.put(change.option(), new Change(at, how, change.after())));
  }

  /** Who set this value of an option, and when; null if it has another value since. */
  @Nullable String origin(String option, @Nullable Object value) {
    Change change = byOption.get(option);
    return change == null || !change.value.equals(value)
        ? null
        : "changed at " + change.at + change.how;
  }
}
