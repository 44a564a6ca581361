package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.PropertySource;

/** Environment variables whose names do not show where the name of the pool ends. */
class PoolVariablesTest {

  private static final PropertySource<?> FILE =
      ShapesTest.yaml(
          """
          pools:
            advanced.instances:
              printer: {max-workers: 2}
              photo-printer: {max-workers: 3}
              fire-alarms: {max-workers: 4}
          """);

  private static final String TASKS = "POOLS_ADVANCED_INSTANCES_";

  private static PoolsBinding bind(String variable, String value) {
    return ShapesTest.bind(ShapesTest.variables(Map.of(TASKS + variable, value)), FILE);
  }

  private static InvalidPoolException refused(String variable, String value) {
    return ShapesTest.refused(ShapesTest.variables(Map.of(TASKS + variable, value)), FILE);
  }

  private static List<String> pools(PoolsBinding binding) {
    return binding.pools(PoolKind.ADVANCED).stream().map(PoolName::name).toList();
  }

  // ---- Pools that are not meant

  @ParameterizedTest
  @CsvSource({
    "PRINTER_ALARMS, '', alarms is a group of settings and has no value, PRINTER",
    "PRINTER_ALARMS, true, alarms is a group of settings and has no value, PRINTER",
    "PHOTO_PRINTER_HEALTH, '', health is a group of settings and has no value, PHOTOPRINTER",
    "NEW_ALARMS, '', alarms is a group of settings and has no value, NEW",
    "PRINTER_ALARMS_ENABLED, true, there is no such setting in the group alarms, PRINTER",
    "NEW_ALARMS_MAX_WORKERS, 5, there is no such setting in the group alarms, NEW"
  })
  void aVariableThatEndsWithAGroup_addsNoPool_andItsSettingsAreNamed(
      String variable, String value, String problem, String pool) {
    InvalidPoolException refused = refused(variable, value);
    assertThat(refused)
        .hasMessageContaining("variable %s, which is '%s',", TASKS + variable, value)
        .hasMessageContaining(problem);
    assertThat(refused.action())
        .contains(TASKS + pool + "_" + (problem.startsWith("health") ? "HEALTH_" : "ALARMS_"));
  }

  @ParameterizedTest
  @CsvSource({
    "PRINTER_HEALT_ENABLED, false, PRINTER_HEALTH_ENABLED",
    "PHOTO_PRINTER_HELTH_ENABLED, false, PHOTOPRINTER_HEALTH_ENABLED",
    "NEW_HEALT_ENABLED, false, NEW_HEALTH_ENABLED",
    "PRINTER_MAXWORKER, '', PRINTER_MAXWORKERS",
    "NEW_MAX_WORKER, '', NEW_MAXWORKERS"
  })
  void aMisspeltSettingAddsNoPool_andTheNearOneIsNamed(
      String variable, String value, String meant) {
    InvalidPoolException refused = refused(variable, value);
    assertThat(refused).hasMessageContaining("variable " + TASKS + variable + ",");
    assertThat(refused.action()).startsWith("Did you mean " + TASKS + meant + "?");
  }

  @Test
  void aNameThatLooksLikeASetting_isUsedIfAFileHasIt_orIfItHasNoUnderscores() {
    PoolsBinding ofFile = bind("FIRE_ALARMS_MAXWORKERS", "7");
    assertThat(pools(ofFile)).containsExactly("printer", "photo-printer", "fire-alarms");
    assertThat(ofFile.properties().getAdvanced().getInstances().get("fire-alarms").getMaxWorkers())
        .isEqualTo(7);
    InvalidPoolException refused = refused("FLOOD_ALARMS_MAXWORKERS", "7");
    assertThat(refused.action())
        .contains("as in " + TASKS + "FLOODALARMS_MAXWORKERS, or add pools.advanced.instances.");
    assertThat(pools(bind("FLOODALARMS_MAXWORKERS", "7"))).contains("floodalarms");
  }

  @ParameterizedTest
  @CsvSource({
    "HEALTH_ENABLED, false, HEALTH_ENABLED",
    "MAX_WORKERS, 5, MAXWORKERS",
    "MAXWORKERS, 5, MAXWORKERS",
    "ALARMS, '', ALARMS"
  })
  void aSettingWithoutTheNameOfAPool_isNoName(String variable, String value, String setting) {
    InvalidPoolException refused = refused(variable, value);
    assertThat(refused)
        .hasMessageContaining("variable " + TASKS + variable + ", which is '" + value + "'");
    assertThat(refused.action())
        .isEqualTo(
            "For one pool, set %s<NAME>_%s. For all, set POOLS_ADVANCED_DEFAULTS_%s."
                .formatted(TASKS, setting, setting));
  }

  @Test
  void theSameInAFile_isShownWithAPool() {
    InvalidPoolException refused =
        ShapesTest.refused(ShapesTest.yaml("pools.advanced.instances.max-workers: 7"));
    assertThat(refused).hasMessageContaining("pools.advanced.instances.max-workers is '7'");
    assertThat(refused.action())
        .containsPattern("reports:\\R +max-workers: 7\\R")
        .contains("For all pools, set pools.advanced.defaults.max-workers.");
  }

  @ParameterizedTest
  @CsvSource({
    "PRINTER, printer",
    "PHOTO_PRINTER, photo-printer",
    "PHOTOPRINTER, photoprinter",
    "NEW, new"
  })
  void aValueInPlaceOfTheSettingsOfAPool_isShownWithTheVariable(String variable, String pool) {
    assertThat(refused(variable, "5"))
        .hasMessageContaining("must contain the settings of the pool '" + pool + "'")
        .hasMessageContaining(TASKS + variable);
  }

  // ---- Pools that are meant

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRINTER_2_MAXWORKERS",
        "PRINTER_LARGE_MAX_WORKERS",
        "NIGHTLY_BATCH_JOBS_MAXWORKERS",
        "MY_OLD_BASE_MAXWORKERS",
        "HEALTH_MAXWORKERS",
        "A_B_MAXWORKERS"
      })
  void anotherNameAddsAPool(String variable) {
    PoolsBinding binding = bind(variable, "7");
    assertThat(pools(binding)).hasSize(4).contains("printer", "photo-printer", "fire-alarms");
    assertThat(binding.properties().getAdvanced().getInstances().get(pools(binding).get(3)))
        .extracting(AdvancedPoolProperties::getMaxWorkers)
        .isEqualTo(7);
  }

  @Test
  void anEmptyVariableNamesAPool_unlessItBeginsWithTheNameOfAnother() {
    assertThat(pools(bind("LABELS", ""))).contains("labels");
    assertThat(pools(bind("LABEL_SHEETS", ""))).contains("label-sheets");
    PoolsBinding binding = bind("PRINTER_SHEETS", "");
    assertThat(pools(binding)).containsExactly("printer", "photo-printer", "fire-alarms");
    assertThat(binding.warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains(TASKS + "PRINTER_SHEETS has no effect"));
  }

  @Test
  void eachSettingOfEachKindIsFound_withUnderscoresBetweenItsWords() {
    for (PoolKind kind : PoolKind.values()) {
      for (String setting : kind.names.all()) {
        Map<String, Object> variables = new TreeMap<>();
        String variable =
            (kind.instances + ".mail-server." + setting).replace('-', '_').replace('.', '_');
        variables.put(variable.toUpperCase(Locale.ROOT), "x");
        PoolNames names = new PoolNames(PresentPools.NONE);
        List<String> found = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (var source : ConfigurationPropertySources.from(ShapesTest.variables(variables))) {
          var all = (IterableConfigurationPropertySource) source;
          for (var name : all) {
            found.add(
                String.valueOf(
                    new PoolVariables(names, warnings)
                        .property(all.getConfigurationProperty(name))));
          }
        }
        assertThat(found).containsExactly(kind.instances + ".mail-server." + setting);
        assertThat(warnings).isEmpty();
      }
    }
  }
}
