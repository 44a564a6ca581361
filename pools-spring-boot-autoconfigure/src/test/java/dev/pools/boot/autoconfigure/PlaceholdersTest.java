package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;

/** Values with placeholders: what they stand for, and where that is set. */
class PlaceholdersTest {

  private static final String SIZE = "pools.advanced.instances.a.max-workers";

  private static PropertySource<?> file(String value, String... others) {
    return ShapesTest.yaml(SIZE + ": '" + value + "'\n" + String.join("\n", others));
  }

  // ---- Values of the wrong kind

  @Test
  void aPlaceholderThatIsNotSet_isNamedWithThePropertyAndTheCure() {
    InvalidPoolException refused = ShapesTest.refused(file("${SIZE}"));
    assertThat(refused)
        .hasMessageContaining("The property " + SIZE + " is '${SIZE}', but must be a whole number")
        .hasMessageContaining("application.yml")
        .hasMessageContaining("Placeholder: ${SIZE} is not set");
    assertThat(refused.action())
        .isEqualTo("Set SIZE, or write a default as in ${SIZE:value}. Change " + SIZE + ".");
  }

  @Test
  void aPlaceholderWithAnInvalidValue_isShownWithThatValueAndItsOrigin() {
    InvalidPoolException refused =
        ShapesTest.refused(ShapesTest.variables(Map.of("SIZE", "many")), file("${SIZE}"));
    assertThat(refused)
        .hasMessageContaining("The property " + SIZE + " is '${SIZE}', but must be")
        .hasMessageContaining("- 1:41")
        .hasMessageContaining("Placeholder: ${SIZE} is 'many' (\"SIZE\" from property source");
    assertThat(refused.action()).isEqualTo("Change " + SIZE + ".");
  }

  @Test
  void aPlaceholderOfAPlaceholder_isFollowed() {
    assertThat(ShapesTest.refused(file("${a.b}${c.d}", "a.b: ${e.f}", "c.d: x")))
        .hasMessageContaining("Placeholder: ${a.b} is '${e.f}'")
        .hasMessageContaining("Placeholder: ${e.f} is not set")
        .hasMessageContaining("Placeholder: ${c.d} is 'x'");
  }

  @Test
  void aDefaultIsShown_alsoOneInsideOfAnother() {
    InvalidPoolException refused = ShapesTest.refused(file("${a:${b:soon}}"));
    assertThat(refused)
        .hasMessageContaining("Placeholder: ${a:${b:soon}} is not set and has its default")
        .hasMessageContaining("Placeholder: ${b:soon} is not set and has its default");
    assertThat(refused.action()).isEqualTo("Change " + SIZE + ".");
  }

  @Test
  void aCircleOfPlaceholdersIsShown() {
    assertThat(ShapesTest.refused(file("${a.b}", "a.b: ${c.d}", "c.d: ${a.b}")))
        .hasMessageContaining("The property " + SIZE + " is '${a.b}'")
        .hasMessageContaining("Circular placeholder")
        .hasMessageContaining("Placeholder: ${c.d} is '${a.b}'");
  }

  @Test
  void aBraceThatIsNotClosed_isNoPlaceholder() {
    assertThat(ShapesTest.refused(file("${SIZE")))
        .hasMessageContaining("is '${SIZE', but must be")
        .hasMessageNotContaining("Placeholder:");
  }

  @Test
  void aPlaceholderInAName_isNotReplaced() {
    InvalidPoolException refused =
        ShapesTest.refused(ShapesTest.yaml("pools.advanced.instances.${NAME}.max-workers: 2"));
    assertThat(refused).hasMessageContaining("with 'NAME' in place of '${NAME}'");
    assertThat(refused.action()).contains("replaces placeholders in values only");
  }

  // ---- Names of bases and beans

  @ParameterizedTest
  @CsvSource({
    "${BASE}, ${BASE}, 'Set BASE, or write a default as in ${BASE:value}. Name one of these: b.'",
    "${BASE:x}, x, Name one of these: b."
  })
  void theNameOfABase_isShownWithItsPlaceholder(String value, String shown, String cure) {
    InvalidPoolException refused =
        ShapesTest.refused(
            ShapesTest.yaml(
                "pools.advanced: {bases.b: , instances.a.base: '%s'}".formatted(value)));
    assertThat(refused)
        .hasMessageContaining("pools.advanced.instances.a.base is '" + shown + "'")
        .hasMessageContaining("application.yml")
        .hasMessageContaining("Placeholder: " + value);
    assertThat(refused.action()).isEqualTo(cure);
  }

  private static FailureAnalysis failure(String... properties) {
    FailureAnalysis[] analysis = new FailureAnalysis[1];
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
        .withBean(
            "any",
            ConnectionFactory.class,
            () -> (ConnectionFactory<StringBuilder>) arguments -> new StringBuilder())
        .withPropertyValues(properties)
        .run(
            context -> {
              assertThat(context).hasFailed();
              analysis[0] = new InvalidPoolFailureAnalyzer().analyze(context.getStartupFailure());
            });
    return analysis[0];
  }

  @Test
  void theNameOfABean_isShownWithThePropertyThatHasIt_itsOriginAndItsPlaceholder() {
    FailureAnalysis analysis =
        failure(
            "pools.connection.defaults.factory=${FACTORY:none}",
            "pools.connection.instances.a.max-size=2");
    assertThat(analysis.getDescription())
        .contains("The property pools.connection.defaults.factory is 'none', but there is no such")
        .contains("Origin: \"pools.connection.defaults.factory\" from property source")
        .contains("Placeholder: ${FACTORY:none} is not set and has its default");
    FailureAnalysis unset = failure("pools.connection.instances.a.factory=${FACTORY}");
    assertThat(unset.getAction())
        .isEqualTo(
            "Set FACTORY, or write a default as in ${FACTORY:value}. Name one of these: any.");
  }

  // ---- Values out of their range

  @ParameterizedTest
  @CsvSource({
    "max-workers, ${my.value}, 0, 0",
    "keep-alive, ${my.value}s, -5, -5s",
    "alarms.saturation, ${my.value}, 7, 7.0"
  })
  void aValueOutOfItsRange_isShownWithItsPlaceholder(
      String setting, String value, String placeholder, String shown) {
    String property = "pools.advanced.instances.a." + setting;
    FailureAnalysis analysis = failure(property + "=" + value, "my.value=" + placeholder);
    assertThat(analysis.getDescription())
        .contains("The property " + property + " of the pool 'a' is " + shown + ", but must be")
        .contains("Origin: \"" + property + "\" from property source")
        .contains("Placeholder: ${my.value} is '" + placeholder + "' (\"my.value\" from property");
  }

  // ---- Secrets

  @ParameterizedTest
  @CsvSource({"hunter2", "123456789"})
  void theValueOfASecretIsNotShown(String secret) {
    for (String setting : new String[] {"max-workers", "keep-alive", "base", "health"}) {
      for (String placeholder : new String[] {"${my.password}", "${DB_PASSWORD:" + secret + "}"}) {
        String property = "pools.advanced.instances.a." + setting;
        String value = setting.equals("keep-alive") ? "-" + placeholder : placeholder;
        FailureAnalysis analysis = failure(property + "=" + value, "my.password=" + secret);
        assertThat(analysis.getDescription() + analysis.getAction())
            .as("%s=%s", setting, value)
            .contains(property)
            .doesNotContain(secret);
      }
    }
  }
}
