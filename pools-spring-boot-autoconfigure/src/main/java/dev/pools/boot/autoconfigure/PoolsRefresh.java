package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Applies the settings of the environment to the pools that run: all that have changed, or none.
 *
 * <p>A setting counts as changed if its configured value differs from the one that was applied
 * last. So an option that an operator has changed, or that a customizer has set, stays as it is
 * until its own setting changes.
 */
final class PoolsRefresh {

  private static final Logger LOG = LoggerFactory.getLogger(PoolsRefresh.class);

  private final ConfigurableListableBeanFactory beans;
  private final Environment environment;
  private final PoolsBinding start;
  private final ObjectProvider<RefreshNotes> notes;
  private final ObjectProvider<AlarmedPoolsOfContext> alarms;
  private final ObjectProvider<AlarmWatch> watch;
  private final ConfigurableApplicationContext context;

  /** The settings that were applied last. Guarded by this. */
  private PoolsBinding applied;

  PoolsRefresh(
      ConfigurableListableBeanFactory beans,
      Environment environment,
      PoolsBinding start,
      ObjectProvider<RefreshNotes> notes,
      ObjectProvider<AlarmedPoolsOfContext> alarms,
      ObjectProvider<AlarmWatch> watch,
      ConfigurableApplicationContext context) {
    this.beans = beans;
    this.environment = environment;
    this.start = start;
    this.notes = notes;
    this.alarms = alarms;
    this.watch = watch;
    this.context = context;
    this.applied = start;
  }

  /** Applies what has changed since the last call, or since the start. Throws no exception. */
  synchronized void refresh() {
    PoolsBinding fresh;
    List<ChangedSettings> changes;
    List<String> fixed;
    Map<Object, Map<String, Object>> wanted;
    try {
      fresh = new PoolsBinding(environment);
      changes = changes(fresh);
      fixed = fixed(fresh, changes);
      check(fresh, changes);
      wanted = wanted(changes);
    } catch (RuntimeException invalid) {
      reject(invalid);
      return;
    }
    if (change(fresh, changes, fixed, wanted)) {
      guard("The change of alarms", () -> changeAlarms(fresh));
    }
  }

  /** Changes the pools and tells it, or rejects the refresh and returns false. */
  private boolean change(
      PoolsBinding fresh,
      List<ChangedSettings> changes,
      List<String> fixed,
      Map<Object, Map<String, Object>> wanted) {
    List<Runnable> ends = new ArrayList<>();
    guard(
        "The announcement",
        () -> notes.ifAvailable(noted -> ends.add(noted.changing(wanted.keySet()))));
    try {
      Map<Object, List<OptionChange>> made = made(wanted);
      if (made == null) {
        return false;
      }
      // The pools have changed: whatever fails from here on rejects nothing.
      applied = fresh;
      changes.forEach(change -> change.writeTo(settings(start, change.kind(), change.pool())));
      guard("The report", () -> tell(fresh, changes, fixed, made));
      return true;
    } finally {
      ends.forEach(Runnable::run);
    }
  }

  private @Nullable Map<Object, List<OptionChange>> made(Map<Object, Map<String, Object>> wanted) {
    try {
      return PoolOptions.changeAll(wanted);
    } catch (RuntimeException invalid) {
      reject(invalid);
      return null;
    }
  }

  private static void guard(String what, Runnable action) {
    Faults.guard(PoolsRefresh.class, what + " after a refresh of the configuration", action);
  }

  private void reject(RuntimeException invalid) {
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

  // ---- What has changed

  private List<ChangedSettings> changes(PoolsBinding fresh) {
    List<ChangedSettings> changes = new ArrayList<>();
    for (PoolKind kind : PoolKind.values()) {
      for (PoolName pool : start.pools(kind)) {
        PoolName now = find(fresh, kind, pool.name());
        if (now != null && isOurs(pool.name())) {
          PoolName earlier = find(applied, kind, pool.name());
          changes.add(
              ChangedSettings.between(
                  kind,
                  pool.name(),
                  now.name(),
                  changeable(kind, pool.name()),
                  settings(start, kind, pool.name()),
                  // A pool whose settings were removed, and are there again, has kept these.
                  earlier == null
                      ? settings(start, kind, pool.name())
                      : settings(applied, kind, earlier.name()),
                  settings(fresh, kind, now.name())));
        }
      }
    }
    String usual = PoolBeanRegistrar.DEFAULT_ADVANCED_POOL;
    if (start.pools(PoolKind.ADVANCED).isEmpty() && isOurs(usual)) {
      changes.add(
          ChangedSettings.between(
              PoolKind.ADVANCED,
              usual,
              usual,
              changeable(PoolKind.ADVANCED, usual),
              settings(start, PoolKind.ADVANCED, usual),
              settings(applied, PoolKind.ADVANCED, usual),
              settings(fresh, PoolKind.ADVANCED, usual)));
    }
    changes.removeIf(change -> !change.differs());
    return changes;
  }

  /** What a pool can change, and what one that is created later could. */
  private Collection<String> changeable(PoolKind kind, String pool) {
    if (kind == PoolKind.CONNECTION) {
      return PoolType.CONNECTION.changeable();
    }
    return beans.containsSingleton(pool) && beans.getBean(pool) instanceof AdvancedPool tasks
        ? tasks.changeable()
        : PoolType.ADVANCED.changeable();
  }

  private boolean isOurs(String pool) {
    return beans.containsBeanDefinition(pool) && !PoolBeanRegistrar.isOfTheUser(pool, beans);
  }

  private static @Nullable PoolName find(PoolsBinding binding, PoolKind kind, String pool) {
    return binding.pools(kind).stream()
        .filter(candidate -> PoolName.same(candidate.name(), pool))
        .findFirst()
        .orElse(null);
  }

  /** The settings of a pool; those of the defaults if it has none of its own. */
  private static CommonPoolProperties settings(PoolsBinding binding, PoolKind kind, String pool) {
    CommonPoolProperties own = binding.settings(kind, pool);
    PoolsProperties all = binding.properties();
    return own != null
        ? own
        : kind == PoolKind.ADVANCED
            ? all.getAdvanced().getDefaults()
            : all.getConnection().getDefaults();
  }

  /** What needs a restart, by the names of the properties. */
  private List<String> fixed(PoolsBinding fresh, List<ChangedSettings> changes) {
    List<String> fixed = new ArrayList<>();
    for (ChangedSettings change : changes) {
      change.fixed().forEach(it -> fixed.add(change.kind().property(change.pool(), it)));
    }
    for (PoolKind kind : PoolKind.values()) {
      for (PoolName pool : fresh.pools(kind)) {
        if (find(applied, kind, pool.name()) == null && find(start, kind, pool.name()) == null) {
          fixed.add(kind.property(pool.name(), "") + " (a new pool)");
        }
      }
      for (PoolName pool : applied.pools(kind)) {
        if (find(fresh, kind, pool.name()) == null && find(start, kind, pool.name()) != null) {
          fixed.add(kind.property(pool.name(), "") + " (removed)");
        }
      }
      for (PoolName pool : start.pools(kind)) {
        if (isTurnedOn(fresh, kind, pool)) {
          fixed.add(kind.property(pool.name(), "enabled"));
        }
      }
    }
    BeanWrapper before = PropertyAccessorFactory.forBeanPropertyAccess(applied.properties());
    BeanWrapper after = PropertyAccessorFactory.forBeanPropertyAccess(fresh.properties());
    BeanWrapper first = PropertyAccessorFactory.forBeanPropertyAccess(start.properties());
    for (String setting : SettingNames.of(PoolsProperties.class).all()) {
      if (!setting.startsWith("advanced.") && !setting.startsWith("connection.")) {
        String path = SettingOrigins.path(setting);
        Object value = after.getPropertyValue(path);
        if (!Objects.equals(value, before.getPropertyValue(path))
            && !Objects.equals(value, first.getPropertyValue(path))) {
          fixed.add(PoolSources.POOLS + "." + setting);
        }
      }
    }
    return fixed;
  }

  /** Whether a pool that was left out at the start is wanted now, and was not at the last look. */
  private boolean isTurnedOn(PoolsBinding fresh, PoolKind kind, PoolName pool) {
    PoolName now = find(fresh, kind, pool.name());
    PoolName earlier = find(applied, kind, pool.name());
    return now != null
        && !settings(start, kind, pool.name()).isEnabled()
        && settings(fresh, kind, now.name()).isEnabled()
        && (earlier == null || !settings(applied, kind, earlier.name()).isEnabled());
  }

  // ---- First all are checked

  private void check(PoolsBinding fresh, List<ChangedSettings> changes) {
    for (ChangedSettings change : changes) {
      if (settings(fresh, change.kind(), change.freshName()).isEnabled()) {
        checkAlone(fresh, change);
      }
      Object pool = created(change);
      if (pool != null) {
        preview(pool, change);
      }
    }
    AlarmedPoolsOfContext.checkAll(fresh.properties());
  }

  /**
   * Checks the settings alone, as at the start: the error names the property and its file. Settings
   * that were not valid alone before either are valid together with what a customizer sets.
   */
  private void checkAlone(PoolsBinding fresh, ChangedSettings change) {
    try {
      check(fresh, change.kind(), change.freshName());
    } catch (InvalidPoolException invalid) {
      PoolName earlier = find(applied, change.kind(), change.pool());
      if (isValid(applied, change.kind(), earlier == null ? change.pool() : earlier.name())) {
        throw invalid;
      }
    }
  }

  private boolean isValid(PoolsBinding binding, PoolKind kind, String pool) {
    try {
      check(binding, kind, pool);
      return true;
    } catch (InvalidPoolException invalid) {
      return false;
    }
  }

  private void check(PoolsBinding binding, PoolKind kind, String pool) {
    if (kind == PoolKind.ADVANCED) {
      new AdvancedPoolFactory(beans, binding, environment).check(pool);
    } else {
      new ConnectionPoolFactory(beans, binding).check(pool);
    }
  }

  /** The settings together with what customizers and operators have set. */
  private static void preview(Object pool, ChangedSettings change) {
    try {
      PoolOptions.preview(pool, change.options());
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          "The settings of the pool '%s' are valid, but do not go with another option that a customizer, the application or an operator has set: %s"
              .formatted(change.pool(), Faults.messageOf(fault)),
          "Change that option first, or correct the setting.",
          fault);
    }
  }

  /** The pool; null if it was not created yet, and then it will be created with these settings. */
  private @Nullable Object created(ChangedSettings change) {
    if (change.options().isEmpty() || !beans.containsSingleton(change.pool())) {
      return null;
    }
    Object bean = beans.getBean(change.pool());
    // The application may have put something else in its place, or shut it down.
    return (bean instanceof AdvancedPool tasks && !tasks.isTerminated())
            || bean instanceof ConnectionPool<?>
        ? bean
        : null;
  }

  // ---- Then all are changed

  private Map<Object, Map<String, Object>> wanted(List<ChangedSettings> changes) {
    Map<Object, Map<String, Object>> wanted = new LinkedHashMap<>();
    for (ChangedSettings change : changes) {
      Object pool = created(change);
      if (pool != null) {
        wanted.put(pool, change.options());
      }
    }
    return wanted;
  }

  private void changeAlarms(PoolsBinding fresh) {
    alarms.ifAvailable(alarmed -> alarmed.become(fresh.properties()));
    if (context.isRunning()) {
      watch.ifAvailable(
          watching -> {
            watching.start();
            if (!context.isActive() || !context.isRunning()) {
              // The context has been stopped meanwhile, and would not stop it again.
              watching.stop();
            }
          });
    }
  }

  private void tell(
      PoolsBinding fresh,
      List<ChangedSettings> changes,
      List<String> fixed,
      Map<Object, List<OptionChange>> made) {
    for (ChangedSettings change : changes) {
      Object pool = created(change);
      List<OptionChange> options = pool == null ? null : made.get(pool);
      if (pool != null && options != null && !options.isEmpty()) {
        guard(
            "The log line of the pool '" + change.pool() + "'", () -> log(fresh, change, options));
        guard(
            "The event of the pool '" + change.pool() + "'",
            () -> notes.ifAvailable(noted -> noted.changed(pool, options)));
      }
    }
    if (!fixed.isEmpty()) {
      LOG.warn(
          "These settings have changed, but cannot change while the application runs. Restart it"
              + " to apply them: {}",
          String.join(", ", fixed));
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
}
