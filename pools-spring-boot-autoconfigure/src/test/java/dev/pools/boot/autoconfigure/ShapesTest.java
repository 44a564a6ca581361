package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Each group of settings with each wrong shape, from each kind of source: the error names the
 * property, its value, where it is, and how to write it.
 */
class ShapesTest {

  // ---- Sources

  static PropertySource<?> yaml(String text) {
    return load(new YamlPropertySourceLoader(), "application.yml", text);
  }

  static PropertySource<?> properties(String text) {
    return load(new PropertiesPropertySourceLoader(), "application.properties", text);
  }

  private static PropertySource<?> load(PropertySourceLoader loader, String file, String text) {
    ByteArrayResource resource =
        new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), file) {
          @Override
          public String getFilename() {
            return file;
          }
        };
    try {
      return loader.load(file, resource).get(0);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  static PropertySource<?> arguments(String... arguments) {
    return new SimpleCommandLinePropertySource(arguments);
  }

  static PropertySource<?> variables(Map<String, Object> variables) {
    return new SystemEnvironmentPropertySource(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables);
  }

  static PoolsBinding bind(PropertySource<?>... sources) {
    StandardEnvironment environment = new StandardEnvironment();
    for (PropertySource<?> old : List.copyOf(environment.getPropertySources().stream().toList())) {
      environment.getPropertySources().remove(old.getName());
    }
    for (PropertySource<?> source : sources) {
      environment.getPropertySources().addLast(source);
    }
    return new PoolsBinding(environment, PresentPools.NONE);
  }

  static InvalidPoolException refused(PropertySource<?>... sources) {
    InvalidPoolException refused =
        catchThrowableOfType(InvalidPoolException.class, () -> bind(sources));
    assertThat(refused).isNotNull();
    return refused;
  }

  // ---- Groups

  /** All groups of settings, as they are typed. */
  static Stream<String> groups() {
    List<String> groups = new ArrayList<>(List.of("pools"));
    add(groups, "pools", PoolsProperties.class);
    for (PoolKind kind : PoolKind.values()) {
      for (String parent : List.of(".instances.a", ".instances[b.c]", ".bases.b")) {
        groups.add(kind.prefix + parent);
        add(groups, kind.prefix + parent, kind.settings);
      }
      groups.add(kind.instances.toString());
      groups.add(kind.bases.toString());
    }
    assertThat(groups).contains("pools.jmx", "pools.advanced.instances.a.alarms").hasSize(35);
    return groups.stream();
  }

  private static void add(List<String> groups, String prefix, Class<?> settings) {
    for (String name : SettingNames.groups(settings)) {
      groups.add(prefix + "." + name);
      add(groups, prefix + "." + name, SettingNames.group(settings, name));
    }
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aValueOrAListInPlaceOfAGroup_isShownWithItsOriginAndAnExampleThatWorks(String group) {
    for (String value : List.of("true", "false", "5", "x", "5s")) {
      assertSays(
          refused(yaml("\"%s\": %s".formatted(group, value))),
          "The property %s is '%s', but must contain".formatted(group, value),
          "application.yml");
      assertSays(
          refused(properties("%s=%s".formatted(group, value))),
          "The property %s is '%s', but must contain".formatted(group, value),
          "application.properties");
      assertSays(
          refused(arguments("--%s=%s".formatted(group, value))),
          "The property %s is '%s', but must contain".formatted(group, value),
          "commandLineArgs");
    }
    for (String list : List.of("[x, y]", "[{a: x}]", "[[x]]")) {
      assertSays(
          refused(yaml("\"%s\": %s".formatted(group, list))),
          "The property %s is a list that starts with 'x', but must contain".formatted(group),
          "application.yml");
    }
    assertSays(
        refused(properties("%s[0]=x".formatted(group))),
        "The property %s is a list that starts with 'x', but must contain".formatted(group),
        "application.properties");
    assertSays(
        refused(arguments("--%s[0]=x".formatted(group))),
        "The property %s is a list that starts with 'x', but must contain".formatted(group),
        "commandLineArgs");
  }

  private static void assertSays(InvalidPoolException refused, String problem, String origin) {
    assertThat(refused).hasMessageContaining(problem).hasMessageContaining(origin);
    String cure = refused.action();
    String example = cure.substring(cure.indexOf("Write it like this:") + 19);
    assertThat(bind(yaml(example)).warnings()).as(example).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"health", "alarms"})
  void anEmptyGroupOfAPool_isShownWithItsOrigin(String group) {
    for (String parent :
        List.of(
            "pools.advanced.instances.a", "pools.connection.defaults", "pools.advanced.bases.b")) {
      String property = parent + "." + group;
      String problem = "The property %s is empty, but must contain settings".formatted(property);
      for (String nothing : List.of("", "''", "~", "[]", "{}")) {
        if (nothing.equals("{}") && SpringBootVersion.getVersion().startsWith("4.0.")) {
          // Spring Boot 4.0 drops an empty map when it reads a file, name and all.
          continue;
        }
        assertSays(refused(yaml(property + ": " + nothing)), problem, "application.yml");
      }
      assertSays(refused(properties(property + "=")), problem, "application.properties");
      assertSays(refused(arguments("--" + property)), problem, "commandLineArgs");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POOLS_JMX, pools.jmx, 'is ''x'', but must contain settings'",
    "POOLS_METRICS, pools.metrics, 'is ''x'', but must contain settings'",
    "POOLS_ADVANCED, pools.advanced, 'is ''x'', but must contain settings'",
    "POOLS_ADVANCED_INSTANCES, pools.advanced.instances, 'is ''x'', but must contain the name'",
    "POOLS_CONNECTION_DEFAULTS, pools.connection.defaults, 'is ''x'', but must contain settings'",
    "POOLS_CONNECTION_DEFAULTS_ALARMS, pools.connection.defaults.alarms, 'is ''x'', but must'"
  })
  void aVariableInPlaceOfAGroup_isShownWithItsName(
      String variable, String property, String problem) {
    assertSays(
        refused(variables(Map.of(variable, "x"))),
        "The property " + property + " " + problem,
        "Origin: \"" + variable + "\"");
  }

  @Test
  void aVariableThatIsOnlyCalledPools_mayBeAnotherPrograms() {
    assertThat(bind(variables(Map.of("POOLS", "x", "POOLS_PORT", "tcp://10.0.0.1:80"))).warnings())
        .hasSize(2)
        .allSatisfy(warning -> assertThat(warning).contains("has no effect"));
  }

  // ---- Groups that are empty

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pools",
        "pools.jmx",
        "pools.alarms",
        "pools.advanced",
        "pools.advanced.defaults",
        "pools.advanced.instances",
        "pools.connection.bases"
      })
  void anEmptyGroupThatHoldsNoPool_isWarnedOf_unlessAnotherSourceHasSettingsBelow(String group) {
    for (PropertySource<?> source :
        List.of(
            yaml(group + ":"),
            yaml(group + ": []"),
            properties(group + "="),
            arguments("--" + group))) {
      assertThat(bind(source).warnings())
          .singleElement()
          .satisfies(
              warning ->
                  assertThat(warning)
                      .startsWith("The property " + group + " (")
                      .contains(source.getName())
                      .contains(" is empty and has no effect. Put "));
      assertThat(
              bind(
                      source,
                      load(
                          new YamlPropertySourceLoader(),
                          "base.yml",
                          """
                          pools:
                            jmx.enabled: true
                            alarms.interval: 5s
                            advanced: {defaults.max-workers: 2, instances.a: }
                            connection: {bases.b: }
                          """))
                  .warnings())
          .isEmpty();
    }
  }

  // ---- Values

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pools.enabled",
        "pools.jmx.enabled",
        "pools.advanced.instances.a.kill-at-exit",
        "pools.connection.defaults.health.enabled"
      })
  void aListInPlaceOfAValue_isShownWithItsOriginAndAnExampleThatWorks(String property) {
    String problem =
        "The property %s is a list that starts with 'true', but must have one value"
            .formatted(property);
    assertSays(refused(yaml(property + ": [true]")), problem, "application.yml");
    assertSays(refused(properties(property + "[0]=true")), problem, "application.properties");
    assertSays(refused(arguments("--" + property + "[0]=true")), problem, "commandLineArgs");
    assertThat(refused(yaml(property + ": [{a: true}]")))
        .hasMessageContaining(problem)
        .satisfies(
            refused ->
                assertThat(refused.action())
                    .isEqualTo("Give " + property + " one value, or remove it."));
  }

  @Test
  void aMapInPlaceOfAValue_isShownWithItsOrigin() {
    InvalidPoolException refused =
        refused(yaml("pools.advanced.instances.a.max-workers: {least: 5}"));
    assertThat(refused)
        .hasMessageContaining("pools.advanced.instances.a.max-workers.least, which is '5'")
        .hasMessageContaining("application.yml");
    assertThat(refused.action()).contains("max-workers has one value; put nothing below it");
  }

  @Test
  void theValueOfASecretIsNotShown() {
    InvalidPoolException refused = refused(yaml("pools.connection.instances.token: [hunter2]"));
    assertThat(refused.getMessage() + refused.action())
        .contains("'******'")
        .doesNotContain("hunter2");
  }

  @Test
  void aPoolMayHaveANumberAsItsName() {
    assertThat(
            bind(yaml(
                    """
                        pools.advanced.instances:
                          "[2024]": {max-workers: 2}
                          7: {max-workers: 3}
                        """))
                .pools(PoolKind.ADVANCED))
        .extracting(PoolName::name)
        .containsExactly("2024", "7");
  }
}
