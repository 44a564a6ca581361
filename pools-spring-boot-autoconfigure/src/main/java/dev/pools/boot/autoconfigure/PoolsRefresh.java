package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

  private final ConfigurableListableBeanFactory beans;
  private final Environment environment;
  private final PoolsBinding start;
  private final PoolsInCreation creations;
  private final RefreshReport report;
  private final ObjectProvider<AlarmedPoolsOfContext> alarms;
  private final ObjectProvider<AlarmWatch> watch;
  private final ConfigurableApplicationContext context;

  /** The settings that were applied last. Guarded by this. */
  private PoolsBinding applied;

  PoolsRefresh(
      ConfigurableListableBeanFactory beans,
      Environment environment,
      PoolsBinding start,
      PoolsInCreation creations,
      RefreshReport report,
      ObjectProvider<AlarmedPoolsOfContext> alarms,
      ObjectProvider<AlarmWatch> watch,
      ConfigurableApplicationContext context) {
    this.beans = beans;
    this.environment = environment;
    this.start = start;
    this.creations = creations;
    this.report = report;
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
    Map<String, Object> pools;
    Map<Object, Map<String, Object>> wanted;
    try {
      fresh = start.again();
      changes = changes(fresh);
      fixed = fixed(fresh, changes);
      pools = existing(changes);
      check(fresh, changes, pools);
      wanted = wanted(changes, pools);
    } catch (RuntimeException invalid) {
      report.rejected(invalid);
      return;
    }
    if (change(fresh, changes, fixed, pools, wanted)) {
      RefreshReport.guard("The change of alarms", () -> changeAlarms(fresh));
    }
  }

  /** Changes the pools and tells it, or rejects the refresh and returns false. */
  private boolean change(
      PoolsBinding fresh,
      List<ChangedSettings> changes,
      List<String> fixed,
      Map<String, Object> pools,
      Map<Object, Map<String, Object>> wanted) {
    Runnable end = report.changing(wanted.keySet());
    try {
      Map<Object, List<OptionChange>> made = made(wanted);
      if (made == null) {
        return false;
      }
      // The pools have changed: whatever fails from here on rejects nothing.
      applied = fresh;
      for (ChangedSettings change : changes) {
        LateChange late = new LateChange(fresh, change);
        Object pool = creations.add(change.pool(), late);
        if (pool != null && !pools.containsKey(change.pool())) {
          late.apply(pool);
        }
      }
      RefreshReport.guard("The report", () -> tell(fresh, changes, fixed, pools, made));
      return true;
    } finally {
      end.run();
    }
  }

  private @Nullable Map<Object, List<OptionChange>> made(Map<Object, Map<String, Object>> wanted) {
    try {
      return PoolOptions.changeAll(wanted);
    } catch (RuntimeException invalid) {
      report.rejected(invalid);
      return null;
    }
  }

  // ---- What has changed

  private List<ChangedSettings> changes(PoolsBinding fresh) {
    List<ChangedSettings> changes = new ArrayList<>();
    for (PoolKind kind : PoolKind.values()) {
      for (PoolName pool : start.pools(kind)) {
        PoolName now = fresh.pool(kind, pool.name());
        if (now != null) {
          addIfChanged(changes, fresh, kind, pool.name(), now.name());
        }
      }
    }
    if (start.pools(PoolKind.ADVANCED).isEmpty()) {
      String usual = PoolBeanRegistrar.DEFAULT_ADVANCED_POOL;
      addIfChanged(changes, fresh, PoolKind.ADVANCED, usual, usual);
    }
    return changes;
  }

  /** A pool that the new settings leave out stays as it is until a restart. */
  private void addIfChanged(
      List<ChangedSettings> changes,
      PoolsBinding fresh,
      PoolKind kind,
      String pool,
      String freshName) {
    if (isOurs(pool) && !isLeftOut(fresh, kind, pool)) {
      ChangedSettings change =
          ChangedSettings.between(
              kind,
              pool,
              freshName,
              changeable(kind, existing(pool)),
              settings(start, kind, pool),
              settings(followed(kind, pool), kind, pool),
              settings(fresh, kind, pool));
      if (change.differs()) {
        changes.add(change);
      }
    }
  }

  /**
   * The settings that a pool has followed last. If they were removed then, or left the pool out, it
   * has kept those of the start, to which each change is written.
   */
  private PoolsBinding followed(PoolKind kind, String pool) {
    boolean isRemoved = applied.pool(kind, pool) == null && start.pool(kind, pool) != null;
    return isRemoved || isLeftOut(applied, kind, pool) ? start : applied;
  }

  /** What a pool can change, and what one that is created later could. */
  private static Collection<String> changeable(PoolKind kind, @Nullable Object pool) {
    if (kind == PoolKind.CONNECTION) {
      return PoolType.CONNECTION.changeable();
    }
    return pool instanceof AdvancedPool tasks ? tasks.changeable() : PoolType.ADVANCED.changeable();
  }

  private boolean isOurs(String pool) {
    return beans.containsBeanDefinition(pool) && !PoolBeanRegistrar.isOfTheUser(pool, beans);
  }

  /** The settings of a pool, in any spelling; those of the defaults if it has none of its own. */
  private static CommonPoolProperties settings(PoolsBinding binding, PoolKind kind, String pool) {
    PoolName name = binding.pool(kind, pool);
    return binding.settingsOrDefaults(kind, name == null ? pool : name.name());
  }

  /** Whether a pool has settings of its own, and they ask for it. */
  private static boolean isWanted(PoolsBinding binding, PoolKind kind, String pool) {
    return binding.pool(kind, pool) != null && settings(binding, kind, pool).isEnabled();
  }

  /** Whether a pool has settings of its own, and they turn it off. */
  private static boolean isLeftOut(PoolsBinding binding, PoolKind kind, String pool) {
    return binding.pool(kind, pool) != null && !isWanted(binding, kind, pool);
  }

  /** What needs a restart, by the names of the properties. */
  private List<String> fixed(PoolsBinding fresh, List<ChangedSettings> changes) {
    List<String> fixed = new ArrayList<>();
    for (ChangedSettings change : changes) {
      change.fixed().forEach(it -> fixed.add(change.kind().property(change.pool(), it)));
    }
    for (PoolKind kind : PoolKind.values()) {
      for (PoolName pool : fresh.pools(kind)) {
        if (start.pool(kind, pool.name()) == null
            && isWanted(fresh, kind, pool.name())
            && !isWanted(applied, kind, pool.name())) {
          fixed.add(kind.property(pool.name(), "") + " (a new pool)");
        }
      }
      for (PoolName pool : start.pools(kind)) {
        boolean isWanted = isWanted(fresh, kind, pool.name());
        if (isWanted != isWanted(start, kind, pool.name())
            && isWanted != isWanted(applied, kind, pool.name())) {
          boolean isRemoved = fresh.pool(kind, pool.name()) == null;
          fixed.add(
              isRemoved
                  ? kind.property(pool.name(), "") + " (removed)"
                  : kind.property(pool.name(), "enabled"));
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

  // ---- First all are checked

  private void check(PoolsBinding fresh, List<ChangedSettings> changes, Map<String, Object> pools) {
    SettingsCheck later = new SettingsCheck(fresh);
    SettingsCheck earlier = new SettingsCheck(applied);
    SettingsCheck first = new SettingsCheck(start);
    for (ChangedSettings change : changes) {
      PoolsBinding followed = followed(change.kind(), change.pool());
      checkAlone(later, followed == start ? first : earlier, change);
      Object pool = toChange(change, pools);
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
  private static void checkAlone(
      SettingsCheck later, SettingsCheck earlier, ChangedSettings change) {
    try {
      later.check(change.kind(), change.pool());
    } catch (InvalidPoolException invalid) {
      if (earlier.passes(change.kind(), change.pool())) {
        throw invalid;
      }
    }
  }

  /** Checks settings of one binding. It looks for the parts of connection pools once. */
  private final class SettingsCheck {
    private final PoolsBinding binding;
    private final AdvancedPoolFactory advanced;
    private final ConnectionPoolFactory connection;

    SettingsCheck(PoolsBinding binding) {
      this.binding = binding;
      this.advanced = new AdvancedPoolFactory(beans, binding, environment, creations);
      this.connection = new ConnectionPoolFactory(beans, binding, creations);
    }

    /** Throws {@link InvalidPoolException} if the settings of a pool are invalid. */
    void check(PoolKind kind, String spelling) {
      PoolName name = binding.pool(kind, spelling);
      String pool = name == null ? spelling : name.name();
      switch (kind) {
        case ADVANCED -> advanced.check(pool);
        case CONNECTION -> connection.check(pool);
      }
    }

    boolean passes(PoolKind kind, String pool) {
      try {
        check(kind, pool);
        return true;
      } catch (InvalidPoolException invalid) {
        return false;
      }
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

  /** The pool; null if it was not created yet. */
  private @Nullable Object existing(String pool) {
    return beans.containsSingleton(pool) ? beans.getBean(pool) : creations.built(pool);
  }

  private Map<String, Object> existing(List<ChangedSettings> changes) {
    Map<String, Object> pools = new HashMap<>();
    for (ChangedSettings change : changes) {
      Object pool = existing(change.pool());
      if (pool != null) {
        pools.put(change.pool(), pool);
      }
    }
    return pools;
  }

  /** The pool; null if there is nothing to change, or not yet. */
  private static @Nullable Object toChange(ChangedSettings change, Map<String, Object> pools) {
    Object pool = pools.get(change.pool());
    return pool != null && !change.options().isEmpty() && canChange(pool) ? pool : null;
  }

  /** The application may have put something else in its place, or shut it down. */
  private static boolean canChange(Object pool) {
    return (pool instanceof AdvancedPool tasks && !tasks.isTerminated())
        || pool instanceof ConnectionPool<?>;
  }

  // ---- Then all are changed

  private static Map<Object, Map<String, Object>> wanted(
      List<ChangedSettings> changes, Map<String, Object> pools) {
    Map<Object, Map<String, Object>> wanted = new LinkedHashMap<>();
    for (ChangedSettings change : changes) {
      Object pool = toChange(change, pools);
      if (pool != null) {
        wanted.put(pool, change.options());
      }
    }
    return wanted;
  }

  /** A change that the creation of the pool may have missed. */
  private final class LateChange implements PoolsInCreation.Change {
    private final PoolsBinding fresh;
    private final ChangedSettings change;

    LateChange(PoolsBinding fresh, ChangedSettings change) {
      this.fresh = fresh;
      this.change = change;
    }

    @Override
    public void write() {
      change.writeTo(settings(start, change.kind(), change.pool()));
    }

    @Override
    public void apply(Object pool) {
      RefreshReport.guard(change.pool(), "the change", () -> changeLate(pool));
    }

    private void changeLate(Object pool) {
      Collection<String> changeable = changeable(change.kind(), pool);
      Map<String, Object> options = new LinkedHashMap<>(change.options());
      options.keySet().retainAll(changeable);
      if (!options.isEmpty() && canChange(pool)) {
        Runnable end = report.changing(Set.of(pool));
        try {
          report.changed(fresh, change, pool, PoolOptions.change(pool, options));
        } finally {
          end.run();
        }
      }
      report.needRestart(
          change.settings().stream()
              .filter(setting -> !changeable.contains(SettingOrigins.path(setting)))
              .map(setting -> change.kind().property(change.pool(), setting))
              .toList());
    }
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
      Map<String, Object> pools,
      Map<Object, List<OptionChange>> made) {
    for (ChangedSettings change : changes) {
      Object pool = toChange(change, pools);
      if (pool != null) {
        report.changed(fresh, change, pool, made.getOrDefault(pool, List.of()));
      }
    }
    report.needRestart(fixed);
  }
}
