package dev.pools.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** The same as modules: what the core opens to this module must be enough. */
class ModulePathTest {

  private static Path placeOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static ModuleLayer layer() throws Exception {
    ModuleFinder finder =
        ModuleFinder.of(
            placeOf(ManualTaskPool.class),
            placeOf(dev.pools.task.AdvancedPool.class),
            placeOf(AbstractAssert.class),
            placeOf(net.bytebuddy.ByteBuddy.class),
            placeOf(NullMarked.class),
            placeOf(Logger.class));
    ModuleLayer boot = ModuleLayer.boot();
    Configuration resolved =
        boot.configuration().resolve(finder, ModuleFinder.of(), Set.of("dev.pools.test"));
    return boot.defineModulesWithOneLoader(resolved, ClassLoader.getPlatformClassLoader());
  }

  private static Class<?> load(ModuleLayer layer, String name) throws Exception {
    return layer.findLoader("dev.pools.test").loadClass(name);
  }

  @Test
  void taskPoolAndItsClockWorkAsModules() throws Exception {
    Class<?> type = load(layer(), "dev.pools.test.ManualTaskPool");
    assertThat(type).isNotEqualTo(ManualTaskPool.class);
    assertThat(type.getModule().getName()).isEqualTo("dev.pools.test");

    Object tasks = type.getMethod("create").invoke(null);
    Object pool = type.getMethod("pool").invoke(tasks);
    assertThat(pool.getClass().getModule().getName()).isEqualTo("dev.pools");
    Callable<Integer> task = () -> 7;
    Object future = pool.getClass().getMethod("submit", Callable.class).invoke(pool, task);
    type.getMethod("advance", Duration.class).invoke(tasks, Duration.ofHours(1));
    assertThat(type.getMethod("runAll").invoke(tasks)).isEqualTo(1);

    assertThat((java.util.concurrent.Future<?>) future).isDone();
    type.getMethod("close").invoke(tasks);
  }

  @Test
  void scriptedConnectionsWorkAsModules() throws Exception {
    ModuleLayer layer = layer();
    Class<?> clockType = load(layer, "dev.pools.test.ManualClock");
    Class<?> type = load(layer, "dev.pools.test.ScriptedConnections");
    Object server =
        type.getMethod("of", clockType).invoke(null, clockType.getConstructor().newInstance());
    Object builder = type.getMethod("builder").invoke(server);
    Object pool = builder.getClass().getMethod("build").invoke(builder);
    pool.getClass().getMethod("start").invoke(pool);

    assertThat((List<?>) type.getMethod("opened").invoke(server)).hasSize(1);
    pool.getClass().getMethod("close").invoke(pool);
    assertThat((List<?>) type.getMethod("open").invoke(server)).isEmpty();
  }
}
