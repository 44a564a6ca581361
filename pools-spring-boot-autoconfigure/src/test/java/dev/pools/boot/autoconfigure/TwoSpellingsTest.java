package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A setting that is written twice, in one source or in several. */
class TwoSpellingsTest {

  @ParameterizedTest
  @CsvSource({
    "pools.advanced.instances.a.maxWorkers, pools.advanced.instances.a.max-workers",
    "pools.advanced.instances.a.max_workers, pools.advanced.instances.a.max-workers",
    "pools.advanced.instances.A.max-workers, pools.advanced.instances.a.max-workers",
    "pools.connection.defaults.maxSize, pools.connection.defaults.max-size",
    "pools.jmx.ENABLED, pools.jmx.enabled"
  })
  void twoSpellingsInOneSource_areBothTold_eachWithItsOrigin(String one, String other) {
    String text = one + ": 2\n" + other + ": 3\n";
    assertThat(ShapesTest.refused(ShapesTest.yaml(text)))
        .hasMessageContaining(one + " (Byte array resource [application.yml] - 1:")
        .hasMessageContaining(other + " (Byte array resource [application.yml] - 2:")
        .hasMessageContaining("two spellings of one setting");
    assertThat(ShapesTest.refused(ShapesTest.properties(text)))
        .hasMessageContaining("two spellings of one setting");
    assertThat(ShapesTest.refused(ShapesTest.arguments("--" + one + "=2", "--" + other + "=3")))
        .hasMessageContaining("two spellings of one setting");
  }

  @Test
  void twoVariablesOfOneSetting_areBothTold() {
    Map<String, Object> variables =
        new TreeMap<>(
            Map.of(
                "POOLS_ADVANCED_INSTANCES_MAIL_SERVER_MAXWORKERS", "2",
                "POOLS_ADVANCED_INSTANCES_MAILSERVER_MAX_WORKERS", "3"));
    assertThat(ShapesTest.refused(ShapesTest.variables(variables)))
        .hasMessageContaining("(\"POOLS_ADVANCED_INSTANCES_MAIL_SERVER_MAXWORKERS\" from")
        .hasMessageContaining("(\"POOLS_ADVANCED_INSTANCES_MAILSERVER_MAX_WORKERS\" from");
  }

  @Test
  void sourcesThatOverrideEachOther_maySpellItDifferently() {
    PoolsBinding binding =
        ShapesTest.bind(
            ShapesTest.arguments("--pools.advanced.instances.a.maxWorkers=2"),
            ShapesTest.variables(Map.of("POOLS_ADVANCED_INSTANCES_A_MAX_WORKERS", "3")),
            ShapesTest.yaml("pools.advanced.instances.A.max_workers: 4"));
    assertThat(binding.properties().getAdvanced().getInstances().get("A").getMaxWorkers())
        .isEqualTo(2);
  }
}
