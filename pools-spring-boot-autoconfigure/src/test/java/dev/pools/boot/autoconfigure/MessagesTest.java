package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What the user of an application reads: what is wrong, where it is set, and what to change. */
@ExtendWith(OutputCaptureExtension.class)
class MessagesTest {

  @TempDir Path files;

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Application {}

  private SpringApplicationBuilder application(String yaml, Class<?>... configurations) {
    Class<?>[] sources = Arrays.copyOf(configurations, configurations.length + 1);
    sources[configurations.length] = Application.class;
    try {
      Files.writeString(files.resolve("application.yml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SpringApplicationBuilder(sources)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF);
  }

  private ConfigurableApplicationContext start(SpringApplicationBuilder application) {
    return application.run("--spring.config.location=" + files.toUri());
  }

  private void startFails(String yaml, Class<?>... configurations) {
    assertThatThrownBy(() -> start(application(yaml, configurations)).close())
        .isInstanceOf(Exception.class);
  }

  // ---- Where it is set

  @Test
  void aValueOutOfItsRangeIsShownWithItsFileAndLine(CapturedOutput output) {
    startFails(
        """
        pools:
          advanced:
            instances:
              printer:
                max-workers: 0
        """);
    assertThat(output)
        .contains(
            "The property pools.advanced.instances.printer.max-workers of the pool 'printer' is 0")
        .contains("must be from 1 to 1000000")
        .contains("application.yml")
        .contains(" - 5:22");
  }

  @Test
  void aDurationIsShownAsItWasTyped(CapturedOutput output) {
    startFails("pools.advanced.instances.printer.keep-alive: -5s");
    assertThat(output)
        .contains("pools.advanced.instances.printer.keep-alive of the pool 'printer' is -5s")
        .doesNotContain("PT-5S");
  }

  @Test
  void aValueOfTheWrongKindIsShownWithItsFileAndWhatMayBeThere(CapturedOutput output) {
    startFails("pools.advanced.instances.printer.keep-alive: soon");
    assertThat(output)
        .contains("The property pools.advanced.instances.printer.keep-alive is 'soon'")
        .contains("must be a duration, such as 500ms, 5s or 10m")
        .contains("application.yml");
  }

  @ParameterizedTest
  @CsvSource({
    "max-workers,       a whole number",
    "phase,             a whole number",
    "keep-alive,        a duration",
    "alarms.queue-age,  a duration",
    "overflow,          one of",
    "kill-at-exit,      true or false",
    "aging,             a duration"
  })
  void anEmptyValueIsNotCalledUnknown_butToBeGivenOrRemoved(
      String setting, String possible, CapturedOutput output) {
    startFails("pools.advanced.instances.printer.%s: ''".formatted(setting));
    assertThat(output)
        .contains("The property pools.advanced.instances.printer.%s is ''".formatted(setting))
        .contains("but must be " + possible)
        .contains("application.yml")
        .contains(
            "Give pools.advanced.instances.printer.%s a value, or remove it".formatted(setting));
  }

  @Test
  void aPlaceholderThatGivesNothingIsShownAsItWasTyped(CapturedOutput output) {
    startFails("pools.advanced.instances.printer.keep-alive: ${UNSET_HERE:}");
    assertThat(output)
        .contains(
            "printer.keep-alive is '${UNSET_HERE:}', which gives an empty value, but must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"KEEP_ALIVE", "MAX_WORKERS"})
  void anEmptyVariableIsBlamed_notTheLineOfTheFileThatItHides(
      String setting, CapturedOutput output) {
    String variable = "POOLS_ADVANCED_INSTANCES_PRINTER_" + setting;
    SpringApplicationBuilder application =
        application("pools.advanced.instances.printer: {keep-alive: 30s, max-workers: 2}");
    assertThatThrownBy(() -> start(withVariables(application, Map.of(variable, ""))).close())
        .isInstanceOf(Exception.class);
    assertThat(output)
        .contains("is '', but must be")
        .contains("Origin: System Environment Property \"%s\"".formatted(variable))
        .doesNotContain("does not exist")
        .doesNotContain("application.yml");
  }

  @ParameterizedTest
  @CsvSource({
    "advanced.instances.printer.max-workers, 2.5",
    "advanced.defaults.phase,                7.1",
    "lifecycle.phase,                        0.5"
  })
  void aFractionIsNotCutOff_butRefusedWhereAWholeNumberIsNeeded(
      String setting, String value, CapturedOutput output) {
    startFails("pools.%s: %s".formatted(setting, value));
    assertThat(output)
        .contains(
            "The property pools.%s is '%s', but must be a whole number".formatted(setting, value))
        .contains("application.yml");
  }

  @Test
  void aNumberWithoutAFractionIsAWholeOne() {
    ConfigurableApplicationContext context =
        start(application("pools.advanced.instances.printer.max-workers: 1e1"));
    assertThat(context.getBean("printer", AdvancedPool.class).maxWorkers()).isEqualTo(10);
    context.close();
  }

  @Test
  void aNameWithADotIsShownInBrackets(CapturedOutput output) {
    startFails("pools.advanced.instances.mail.server.health.enabled: false");
    assertThat(output)
        .contains("The property pools.advanced.instances.mail.server.health.enabled")
        .contains("does not exist")
        .contains(
            "If 'mail.server' is the name of a pool, write it in brackets: pools.advanced.instances[mail.server]");
  }

  // ---- Who is to blame

  @Configuration(proxyBeanMethods = false)
  static class WrongCustomizers {
    @Bean
    AdvancedPoolCustomizer right() {
      return (name, builder) -> builder.minWorkers(1);
    }

    @Bean
    AdvancedPoolCustomizer wrong() {
      return (name, builder) -> builder.maxWorkers(-7);
    }
  }

  @Test
  void aCustomizerIsBlamed_notThePropertyThatItChanged(CapturedOutput output) {
    startFails("pools.advanced.instances.printer.max-workers: 4", WrongCustomizers.class);
    assertThat(output)
        .contains("customizer beans right, wrong")
        .contains("maxWorkers is -7")
        .doesNotContain("instances.printer.max-workers");
  }

  @Test
  void aBuiltInValueIsNotBlamed_butThePropertyThatItDoesNotGoWith(CapturedOutput output) {
    startFails(
        """
        pools.advanced.instances.printer:
          min-workers: 9
        """);
    assertThat(output)
        .contains("The property pools.advanced.instances.printer.min-workers")
        .contains("is 9, but must be from 0 to max-workers, which is 5");
  }

  @Configuration(proxyBeanMethods = false)
  static class Sessions {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  @Test
  void aBackoffThatIsLongerThanTheBuiltInGreatestIsBlamedAlone(CapturedOutput output) {
    startFails("pools.connection.instances.ledger.backoff-initial: 5m", Sessions.class);
    assertThat(output)
        .contains("pools.connection.instances.ledger.backoff-initial of the pool 'ledger'")
        .contains("5m")
        .doesNotContain("The property pools.connection.instances.ledger.backoff-max");
  }

  // ---- Shapes

  @Test
  void aListOfPoolsIsShownAsItShouldBe(CapturedOutput output) {
    startFails("pools.advanced.instances: [a]");
    assertThat(output)
        .contains("The property pools.advanced.instances is a list that starts with 'a'")
        .containsPattern("instances:\\R +a:\\R +max-workers: 5");
  }

  @Test
  void aListOfSettingsIsShownAsItShouldBe(CapturedOutput output) {
    startFails("pools.connection.instances: [{max-size: 3}]");
    assertThat(output)
        .contains("The property pools.connection.instances is a list")
        .containsPattern("instances:\\R +reports:\\R +max-size: 10");
  }

  @Test
  void aValueInPlaceOfTheSettingsOfAPoolIsShownAsItShouldBe(CapturedOutput output) {
    startFails("pools.advanced.instances.printer: 5");
    assertThat(output)
        .contains("The property pools.advanced.instances.printer is '5'")
        .contains("must contain the settings of the pool 'printer'")
        .containsPattern("instances:\\R +printer:\\R +max-workers: 5");
  }

  @Test
  void aValueInPlaceOfAGroupIsShownWithWhatMayBeThere(CapturedOutput output) {
    startFails("pools.advanced.defaults: 5");
    assertThat(output)
        .contains("The property pools.advanced.defaults is '5'")
        .contains("There are, under pools.advanced.defaults: advice-window, aging");
  }

  // ---- Servers and factories

  @Configuration(proxyBeanMethods = false)
  static class NullFactory {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> null;
    }
  }

  @Test
  void aFactoryThatReturnsNullIsToBeCorrected(CapturedOutput output) {
    startFails(
        "pools.connection.instances.ledger: {max-size: 2, backoff-initial: 1ms}",
        NullFactory.class);
    assertThat(output)
        .contains("The factory returned null")
        .contains("Correct the bean 'ledgerConnectionFactory'")
        .doesNotContain("server reachable");
  }

  @Configuration(proxyBeanMethods = false)
  static class WrongPassword {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> {
        throw new SQLException(
            "no access to jdbc:postgresql://app:hunter2@db/ledger?password=hunter2", "28P01");
      };
    }
  }

  @Test
  void aServerThatAnswersIsNotToBeMadeReachable_andNoPasswordIsShown(CapturedOutput output) {
    startFails(
        "pools.connection.instances.ledger: {max-size: 2, backoff-initial: 1ms}",
        WrongPassword.class);
    assertThat(output)
        .contains("no access to jdbc:postgresql://app:***@db/ledger")
        .doesNotContain("server reachable")
        .doesNotContain("hunter2");
  }

  // ---- Secrets

  @Test
  void valuesOfUnknownPropertiesThatLookLikeSecretsAreHidden(CapturedOutput output) {
    startFails(
        """
        pools.connection.instances.ledger:
          password: hunter2
          url: jdbc:mysql://app:hunter2@db/ledger
        """,
        Sessions.class);
    assertThat(output)
        .contains("The property pools.connection.instances.ledger.password, which is '******'")
        .contains("jdbc:mysql://app:***@db/ledger")
        .doesNotContain("hunter2");
  }

  @Test
  void aSecretInTheValueOfAKnownPropertyIsHidden(CapturedOutput output) {
    startFails(
        "pools.connection.instances.ledger.max-size: jdbc:mysql://app:hunter2@db/ledger",
        Sessions.class);
    assertThat(output)
        .contains("pools.connection.instances.ledger.max-size is 'jdbc:mysql://app:***@db/ledger'")
        .doesNotContain("hunter2");
  }

  // ---- Warnings

  private SpringApplicationBuilder withVariables(
      SpringApplicationBuilder application, Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    return application.environment(environment);
  }

  @Test
  void aMisspeltVariableIsWarnedOf(CapturedOutput output) {
    start(
            withVariables(
                application("pools.advanced.instances.printer.max-workers: 2"),
                Map.of(
                    "POOLS_ADVANCED_INSTANCES_PRINTER_MAXWORKER", "7",
                    "POOLS_ADVANCED_DEFAULT_MAXWORKERS", "8",
                    "POOLS_METRICS_EXECUTOR", "true",
                    "POOLS_ADVANCED_INSTANCES_PRINTER_MINWORKERS", "1")))
        .close();
    assertThat(output)
        .contains("variable POOLS_ADVANCED_INSTANCES_PRINTER_MAXWORKER has no effect")
        .contains("Did you mean POOLS_ADVANCED_INSTANCES_PRINTER_MAXWORKERS?")
        .contains("variable POOLS_ADVANCED_DEFAULT_MAXWORKERS has no effect")
        .contains("Did you mean POOLS_ADVANCED_DEFAULTS_MAXWORKERS?")
        .doesNotContain("EXECUTOR has no effect")
        .doesNotContain("MINWORKERS has no effect");
  }

  @Test
  void aVariableThatAddsAPoolWithTheNameOfAnotherAlmostIsWarnedOf(CapturedOutput output) {
    start(
            withVariables(
                application("pools.advanced.instances.printer.max-workers: 2"),
                Map.of("POOLS_ADVANCED_INSTANCES_PRITNER_MAXWORKERS", "7")))
        .close();
    assertThat(output)
        .contains("variable POOLS_ADVANCED_INSTANCES_PRITNER_MAXWORKERS adds 'pritner'")
        .contains("If it is meant for 'printer'");
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPool {
    @Bean
    AdvancedPool photoPrinter() {
      return AdvancedPool.builder().name("mine").build();
    }
  }

  @Test
  void settingsInPlaceOfWhichABeanIsUsedAreWarnedOf(CapturedOutput output) {
    start(application("pools.advanced.instances.photo-printer.max-workers: 2", OwnPool.class))
        .close();
    assertThat(output)
        .contains("the settings under pools.advanced.instances.photo-printer have no effect")
        .contains("'photoPrinter'");
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPools {
    @Bean
    AdvancedPool own() {
      return AdvancedPool.create();
    }

    @Bean
    ConnectionPool<StringBuilder> shared() {
      return ConnectionPool.<StringBuilder>builder(arguments -> new StringBuilder()).build();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pools.advanced.instances.own.alarms.saturation,       80, own",
    "pools.advanced.instances.own.health.stalled-after,   -1s, own",
    "pools.advanced.instances.own.stop-timeout,           -1s, own",
    "pools.connection.instances.shared.alarms.leaks,       -1, shared",
    "pools.connection.instances.shared.health.failures,     0, shared",
    "pools.connection.instances.shared.stop-timeout,      -1s, shared"
  })
  void wrongSettingOfAPoolOfTheApplication_stopsTheApplication_ifTheStarterUsesIt(
      String setting, String value, String pool, CapturedOutput output) {
    startFails(setting + ": " + value, OwnPools.class);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The property %s of the pool '%s' is %s".formatted(setting, pool, value));
  }

  @Test
  void wrongSettingOfAPoolThatIsLeftOut_stopsNothing() {
    start(
            application(
                """
                pools.advanced.instances.own:
                  enabled: false
                  alarms.saturation: 80
                """,
                OwnPools.class))
        .close();
  }

  // ---- Pools that are turned off

  @Configuration(proxyBeanMethods = false)
  static class Reports {
    @Bean
    String reports(AdvancedPool printer) {
      return printer.toString();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pools.enabled, pools.advanced.instances.printer.max-workers: 2",
    "pools.advanced.instances.printer.enabled, ''",
    "pools.advanced.defaults.enabled, pools.advanced.instances.printer.max-workers: 2"
  })
  void injectedPoolThatIsTurnedOff_isShownWithTheProperty(
      String property, String others, CapturedOutput output) {
    startFails(property + ": false\n" + others, Reports.class);
    assertThat(output)
        .contains("there is no such pool")
        .containsPattern("The property " + property + " \\(.*application.yml.*\\) is false")
        .contains("set " + property + " to true")
        .doesNotContain("Configure a pool under");
  }

  // ---- Lazy initialization

  @Test
  void withLazyInitializationAWrongSettingStopsTheApplicationAtItsStart(CapturedOutput output) {
    startFails(
        """
        spring.main.lazy-initialization: true
        pools.advanced.instances.printer.max-workers: 0
        """);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("pools.advanced.instances.printer.max-workers");
  }

  @Test
  void withLazyInitializationAWrongSettingOfAConnectionPoolStopsItToo(CapturedOutput output) {
    startFails(
        """
        spring.main.lazy-initialization: true
        pools.connection.instances.ledger.max-size: 0
        """,
        Sessions.class);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("pools.connection.instances.ledger.max-size");
  }

  @Test
  void withLazyInitializationPoolsAreStillMadeLate() {
    ConfigurableApplicationContext context =
        start(
            application(
                """
                spring.main.lazy-initialization: true
                pools.advanced.instances.printer.max-workers: 2
                """));
    assertThat(context.getBeanFactory().containsSingleton("printer")).isFalse();
    context.close();
  }
}
