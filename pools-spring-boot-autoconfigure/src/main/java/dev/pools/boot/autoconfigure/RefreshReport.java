package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Says in the log and in the events of the pools what a refresh of the configuration has done. */
final class RefreshReport {

  private static final Logger LOG = LoggerFactory.getLogger(PoolsRefresh.class);

  private static final String AFTER = " after a refresh of the configuration";

  private final ObjectProvider<RefreshNotes> notes;

  RefreshReport(ObjectProvider<RefreshNotes> notes) {
    this.notes = notes;
  }

  /** Logs what is thrown: nothing of a report keeps the rest of a refresh from being done. */
  static void guard(String what, Runnable action) {
    Faults.guard(PoolsRefresh.class, what + AFTER, action);
  }

  /** As {@link #guard(String, Runnable)}, for one pool. */
  static void guard(String pool, String what, Runnable action) {
    Faults.guard(PoolsRefresh.class, pool, what + AFTER, action);
  }

  /** A refresh was rejected as a whole. */
  void rejected(RuntimeException invalid) {
    String why =
        invalid instanceof InvalidPoolException explained
            ? Faults.messageOf(invalid) + " " + explained.action()
            : Faults.describe(invalid);
    String text =
        "A refresh of the configuration was rejected as a whole, and all pools keep the settings"
            + " that they have. "
            + why;
    guard("The report", () -> LOG.error("{}", text));
    guard("The event", () -> notes.ifAvailable(noted -> noted.rejected(text)));
  }

  /** Pools are about to change. Returns what to run when that has been told. */
  Runnable changing(Collection<?> pools) {
    List<Runnable> ends = new ArrayList<>();
    guard("The announcement", () -> notes.ifAvailable(noted -> ends.add(noted.changing(pools))));
    return () -> ends.forEach(Runnable::run);
  }

  /** Options of a pool have changed, if there are any. */
  void changed(
      PoolsBinding fresh, ChangedSettings change, Object pool, List<OptionChange> options) {
    if (!options.isEmpty()) {
      guard(change.pool(), "the log line", () -> log(fresh, change, options));
      guard(
          change.pool(),
          "the event",
          () -> notes.ifAvailable(noted -> noted.changed(pool, options)));
    }
  }

  private static void log(PoolsBinding fresh, ChangedSettings change, List<OptionChange> options) {
    LOG.info(
        "Pool '{}': {} (requested by a refresh of the configuration: {})",
        change.pool(),
        options.stream().map(OptionChange::toString).collect(Collectors.joining(", ")),
        change.settings().stream()
            .map(setting -> source(fresh, change, setting))
            .collect(Collectors.joining(", ")));
  }

  private static String source(PoolsBinding fresh, ChangedSettings change, String setting) {
    return fresh
        .origin(change.kind(), change.freshName(), setting)
        .map(fresh::original)
        .map(property -> UnknownSettings.typed(property.getName()) + Origins.inBrackets(property))
        .orElse(change.kind().property(change.pool(), setting) + " was removed");
  }

  /** These settings have changed, but the pools cannot follow; says nothing if there are none. */
  void needRestart(List<String> settings) {
    if (!settings.isEmpty()) {
      LOG.warn(
          "These settings have changed, but cannot change while the application runs. Restart it"
              + " to apply them: {}",
          String.join(", ", settings));
    }
  }
}
