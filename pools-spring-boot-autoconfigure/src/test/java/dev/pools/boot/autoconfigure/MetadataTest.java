package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/** What an editor knows about our properties. */
class MetadataTest {

  /** Have none: they are found, not set. */
  private static final Set<String> WITHOUT_DEFAULT =
      Set.of(
          "management.endpoint.pools.roles",
          "pools.advanced.defaults.alarms.queue-age",
          "pools.advanced.defaults.alarms.saturation",
          "pools.advanced.defaults.alarms.rejections",
          "pools.advanced.defaults.alarms.timeouts",
          "pools.advanced.defaults.alarms.stuck-tasks",
          "pools.connection.defaults.alarms.queue-age",
          "pools.connection.defaults.alarms.saturation",
          "pools.connection.defaults.alarms.rejections",
          "pools.connection.defaults.alarms.timeouts",
          "pools.connection.defaults.alarms.leaks",
          "pools.connection.defaults.factory",
          "pools.connection.defaults.health-checker",
          "pools.connection.defaults.cleaner",
          "pools.connection.defaults.on-create",
          "pools.connection.defaults.on-acquire",
          "pools.connection.defaults.on-return",
          "pools.connection.defaults.jdbc-reset",
          "pools.connection.defaults.health.unserved-after",
          "pools.advanced.defaults.health.stalled-after",
          "pools.advanced.defaults.base",
          "pools.advanced.defaults.phase",
          "pools.advanced.defaults.stop-timeout",
          "pools.connection.defaults.phase",
          "pools.connection.defaults.base",
          "pools.advanced.bases",
          "pools.connection.bases",
          "pools.advanced.instances",
          "pools.connection.instances");

  /** Are given as objects, and so as beans or by a customizer. */
  private static final Set<String> OPTIONS_OF_CODE =
      Set.of(
          "name",
          "listener",
          "task-decorator",
          "uncaught-exception-handler",
          "executor",
          "async-cleaner",
          "async-health-checker",
          "async-on-create",
          "async-on-acquire",
          "async-on-return",
          "broken-when",
          // Two properties: backoff-initial and backoff-max.
          "backoff");

  private final Metadata metadata = Metadata.read();
  private final Map<String, Map<String, Object>> properties = metadata.properties();

  @Test
  void everyPropertyHasADescriptionAndADefault() {
    assertThat(properties).hasSizeGreaterThan(35).containsKey("management.health.pools.enabled");
    properties.forEach(
        (name, property) -> {
          assertThat((String) property.get("description"))
              .as("description of %s", name)
              .isNotBlank()
              .endsWith(".");
          assertThat(property.containsKey("defaultValue"))
              .as("default of %s", name)
              .isEqualTo(!WITHOUT_DEFAULT.contains(name));
        });
  }

  @Test
  void everyOptionOfTheBuildersCanBeTyped() {
    assertThat(names("pools.advanced.defaults.")).containsAll(options(AdvancedPoolBuilder.class));
    assertThat(names("pools.connection.defaults."))
        .containsAll(options(ConnectionPoolBuilder.class))
        .contains("backoff-initial", "backoff-max", "factory");
  }

  @Test
  void editorsOfferTheBeansThatASettingMayName() {
    Map<String, Class<?>> beans =
        Map.of(
            "factory", ConnectionFactory.class,
            "health-checker", HealthChecker.class,
            "cleaner", ConnectionCleaner.class,
            "on-create", ConnectionHook.class,
            "on-acquire", ConnectionHook.class,
            "on-return", ConnectionHook.class,
            "jdbc-reset", JdbcReset.class);
    beans.forEach(
        (setting, type) -> {
          for (String where : List.of("defaults", "bases.*", "instances.*")) {
            String name = "pools.connection." + where + "." + setting;
            assertThat(String.valueOf(metadata.hints().get(name)))
                .as(name)
                .contains("name=spring-bean-reference", "target=" + type.getName());
          }
        });
  }

  @Test
  void everyHintIsAboutASettingThatThereIs() {
    assertThat(metadata.hints().keySet())
        .allSatisfy(
            name ->
                assertThat(properties)
                    .containsKey(
                        name.replaceAll("\\.(bases|instances)\\.\\*", ".defaults")
                            .replaceAll("\\.keys$", "")));
  }

  private Set<String> names(String prefix) {
    return properties.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> options(Class<?> builder) {
    return Stream.of(builder.getMethods())
        .filter(method -> method.getReturnType() == builder)
        .map(Method::getName)
        .map(PoolName::kebab)
        .filter(option -> !OPTIONS_OF_CODE.contains(option))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theDefaultsAreThoseOfTheBuilders() throws Exception {
    try (AdvancedPool tasks = AdvancedPool.create();
        ConnectionPool<?> connections =
            ConnectionPool.builder(arguments -> new StringBuilder()).build()) {
      assertDefault("pools.advanced.defaults.min-workers", tasks.minWorkers());
      assertDefault("pools.advanced.defaults.max-workers", tasks.maxWorkers());
      assertDefault("pools.advanced.defaults.queue-capacity", tasks.queueCapacity());
      assertDefault("pools.connection.defaults.min-size", connections.minSize());
      assertDefault("pools.connection.defaults.max-size", connections.maxSize());
      assertThat(
              DurationStyle.detectAndParse(
                  (String) defaultOf("pools.connection.defaults.max-life")))
          .isEqualTo(connections.maxLife())
          .isEqualTo(Duration.ofHours(1));
    }
    assertDefault("pools.lifecycle.phase", PoolsProperties.Lifecycle.AFTER_THE_WEB_SERVER);
  }

  private void assertDefault(String property, int expected) {
    assertThat(((Number) defaultOf(property)).intValue()).as(property).isEqualTo(expected);
  }

  private Object defaultOf(String property) {
    return Objects.requireNonNull(properties.get(property).get("defaultValue"));
  }
}
