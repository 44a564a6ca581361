package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of pools from which Spring Boot drops characters. */
class LostNamesTest {

  private static final String SIZE = "gr\u00F6\u00DFe";

  private static String yaml(String name) {
    return "pools.advanced.instances: {\"%s\": {max-workers: 2}}".formatted(name);
  }

  // ---- Names that would change

  @ParameterizedTest
  @ValueSource(
      strings = {
        SIZE,
        "mail server",
        "mail/server",
        "@mail",
        "a:b",
        "a#b",
        "\u65E5\u672C",
        "a\uD835\uDC00"
      })
  void aNameThatWouldChange_stopsTheApplication_withItsOriginAndTheBrackets(String name) {
    String property = "pools.advanced.instances." + name;
    String kept = name.replaceAll("[^A-Za-z0-9_-]", "");
    String read =
        kept.isEmpty()
            ? "without the name '%s'.".formatted(name)
            : "with '%s' in place of '%s'.".formatted(kept, name);
    InvalidPoolException ofFile = ShapesTest.refused(ShapesTest.yaml(yaml(name)));
    assertThat(ofFile)
        .hasMessageContaining("The property %s.max-workers (", property)
        .hasMessageContaining("application.yml")
        .hasMessageContaining("would be read " + read);
    assertThat(ofFile.action())
        .isEqualTo(
            "Write the name in brackets: pools.advanced.instances[%s], which is \"[%s]\" as a key of yml.",
            name, name);
    assertThat(
            ShapesTest.refused(ShapesTest.arguments("--" + property + ".max-workers=2")).action())
        .isEqualTo(ofFile.action());
  }

  @ParameterizedTest
  @ValueSource(strings = {SIZE, "mail server", "mail/server", "@mail", "a.b", "a#b", "\u65E5"})
  void inBracketsTheNameIsKept(String name) {
    assertThat(ShapesTest.bind(ShapesTest.yaml(yaml("[" + name + "]"))).pools(PoolKind.ADVANCED))
        .extracting(PoolName::name)
        .containsExactly(name);
    assertThat(
            ShapesTest.bind(
                    ShapesTest.arguments("--pools.advanced.instances[" + name + "].max-workers=2"))
                .pools(PoolKind.ADVANCED))
        .extracting(PoolName::name)
        .containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mail_server", "mail-server", "MailServer", "7", "MAIL2", "_a_"})
  void otherNamesNeedNoBrackets(String name) {
    assertThat(ShapesTest.bind(ShapesTest.yaml(yaml(name))).pools(PoolKind.ADVANCED))
        .extracting(PoolName::name)
        .containsExactly(name);
  }

  @Test
  void allNamesThatWouldChangeAreTold_eachOnce() {
    InvalidPoolException refused =
        ShapesTest.refused(
            ShapesTest.yaml(
                """
                pools:
                  advanced.instances:
                    a/b: {max-workers: 2, min-workers: 1}
                    a#b:
                  connection.bases:
                    b b: {max-size: 3}
                """));
    assertThat(refused.getMessage().lines().filter(line -> line.startsWith("The property ")))
        .hasSize(3);
    assertThat(refused.action())
        .contains("pools.advanced.instances[a/b]")
        .contains("pools.advanced.instances[a#b]")
        .contains("pools.connection.bases[b b]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "_"})
  void aNameWithoutALetterOrDigit_isNoName(String name) {
    InvalidPoolException refused = ShapesTest.refused(ShapesTest.yaml(yaml(name)));
    assertThat(refused)
        .hasMessageContaining("would be read without the name '%s'", name)
        .hasMessageContaining("application.yml");
    assertThat(refused.action())
        .isEqualTo("Give what is under pools.advanced.instances a name with a letter or a digit.");
  }

  @Test
  void aBracketThatIsNotClosed_isToldWithItsProperty() {
    assertThat(ShapesTest.refused(ShapesTest.yaml(yaml("[" + SIZE))).action())
        .isEqualTo("Close the bracket of pools.advanced.instances[" + SIZE + ".max-workers.");
  }

  @Test
  void aVariableCannotHaveSuchAName() {
    String variable = "POOLS_ADVANCED_INSTANCES_GR\u00D6SSE_MAXWORKERS";
    InvalidPoolException refused = ShapesTest.refused(ShapesTest.variables(Map.of(variable, "2")));
    assertThat(refused)
        .hasMessageContaining("The property " + variable)
        .hasMessageContaining("with 'GRSSE_MAXWORKERS' in place of 'GR\u00D6SSE_MAXWORKERS'");
    assertThat(refused.action()).contains("Set " + variable + " in a file or on the command line");
  }

  // ---- Other properties

  @Test
  void otherPropertiesMayHaveAnyName() {
    assertThat(
            ShapesTest.bind(
                    ShapesTest.yaml(
                        """
                        poolside.advanced.instances.gr\u00F6\u00DFe: 1
                        my.pools.advanced.instances.gr\u00F6\u00DFe: 1
                        """),
                    ShapesTest.variables(Map.of("POOLS_\u00D6", "x")))
                .pools(PoolKind.ADVANCED))
        .isEmpty();
  }
}
