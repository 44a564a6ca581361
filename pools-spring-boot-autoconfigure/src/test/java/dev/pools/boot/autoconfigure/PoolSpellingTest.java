package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.HealthChecker;
import dev.pools.task.AdvancedPool;
import jakarta.annotation.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** The name of a pool is a name of configuration: all spellings of it are one pool. */
class PoolSpellingTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class, TaskExecutionAutoConfiguration.class));

  /** The kinds of sources that settings come from. */
  enum Source {
    YAML {
      @Override
      PropertySource<?> of(String pool, String setting, String value) {
        String yaml =
            "pools:\n  advanced:\n    instances:\n      %s:\n        %s: %s\n"
                .formatted(pool, setting, value);
        try {
          return new YamlPropertySourceLoader()
              .load(unique("yaml"), new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
              .get(0);
        } catch (IOException impossible) {
          throw new UncheckedIOException(impossible);
        }
      }
    },
    PROPERTIES {
      @Override
      PropertySource<?> of(String pool, String setting, String value) {
        Properties properties = new Properties();
        properties.setProperty(property(pool, setting), value);
        return new PropertiesPropertySource(unique("properties"), properties);
      }
    },
    COMMAND_LINE {
      @Override
      PropertySource<?> of(String pool, String setting, String value) {
        return new SimpleCommandLinePropertySource(
            unique("commandLine"), "--" + property(pool, setting) + "=" + value);
      }
    },
    VARIABLE {
      @Override
      PropertySource<?> of(String pool, String setting, String value) {
        String variable =
            property(pool, setting).replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        return variables(Map.of(variable, value));
      }
    },
    VARIABLE_WITH_A_DASH_AS_AN_UNDERSCORE {
      @Override
      PropertySource<?> of(String pool, String setting, String value) {
        String variable =
            property(PoolName.kebab(pool), setting)
                .replace('-', '_')
                .replace('.', '_')
                .toUpperCase(Locale.ROOT);
        return variables(Map.of(variable, value));
      }
    };

    abstract PropertySource<?> of(String pool, String setting, String value);

    private static final AtomicInteger MADE = new AtomicInteger();

    /** Two sources of one name would replace each other. */
    private static String unique(String name) {
      return name + MADE.incrementAndGet();
    }

    static String property(String pool, String setting) {
      return "pools.advanced.instances." + pool + "." + setting;
    }
  }

  private static PropertySource<?> variables(Map<String, Object> variables) {
    return new SystemEnvironmentPropertySource(
        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables);
  }

  private ApplicationContextRunner with(PropertySource<?>... sources) {
    return runner.withInitializer(
        context ->
            Arrays.stream(sources)
                .forEach(context.getEnvironment().getPropertySources()::addFirst));
  }

  // ---- One pool

  @ParameterizedTest
  @EnumSource(Source.class)
  void eachSourceChangesThePoolOfTheFile_inEachSpelling(Source source) {
    for (String spelling :
        List.of("photo-printer", "photoPrinter", "PHOTOPRINTER", "photo_printer")) {
      with(
              Source.YAML.of("photo-printer", "min-workers", "2"),
              Source.YAML.of("label-printer", "max-workers", "3"),
              source.of(spelling, "max-workers", "7"))
          .withUserConfiguration(PhotoPrinter.class)
          .run(
              context -> {
                assertThat(context).as(spelling).hasNotFailed();
                assertThat(context.getBeansOfType(AdvancedPool.class))
                    .as(spelling)
                    .containsOnlyKeys("photo-printer", "label-printer");
                AdvancedPool pool = context.getBean("photo-printer", AdvancedPool.class);
                assertThat(pool.minWorkers()).as(spelling).isEqualTo(2);
                assertThat(pool.maxWorkers()).as(spelling).isEqualTo(7);
                assertIsInjected(context.getBean(PhotoPrinter.class), pool);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void eachSourceAloneCreatesThePool(Source source) {
    with(source.of("photo-printer", "max-workers", "7"))
        .run(
            context -> {
              assertThat(context.getBeansOfType(AdvancedPool.class)).hasSize(1);
              assertThat(context.getBean(AdvancedPool.class).maxWorkers()).isEqualTo(7);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo-printer", "photoPrinter", "photo_printer", "PhotoPrinter"})
  void eachSpellingIsInjectedInEveryWay(String spelling) {
    with(
            Source.YAML.of(spelling, "max-workers", "2"),
            Source.YAML.of("label-printer", "max-workers", "3"))
        .withUserConfiguration(PhotoPrinter.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(AdvancedPool.class))
                  .containsOnlyKeys(spelling, "label-printer");
              assertIsInjected(
                  context.getBean(PhotoPrinter.class),
                  context.getBean(spelling, AdvancedPool.class));
            });
  }

  private static void assertIsInjected(PhotoPrinter injected, AdvancedPool pool) throws Exception {
    assertThat(injected.photoPrinter).isSameAs(pool);
    assertThat(injected.parameter).isSameAs(pool);
    assertThat(injected.qualified).isSameAs(pool);
    assertThat(injected.kebab).isSameAs(pool);
    assertThat(injected.resource).isSameAs(pool);
    assertThat(injected.all).containsValue(pool).hasSize(2);
    assertThat(injected.executor).isSameAs(pool);
    assertThat(injected.printing.thread().get(10, TimeUnit.SECONDS)).startsWith(pool.name());
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAsync
  static class PhotoPrinter {
    @Autowired AdvancedPool photoPrinter;

    @Autowired
    @Qualifier("photoPrinter")
    AdvancedPool qualified;

    @Autowired
    @Qualifier("photo-printer")
    AdvancedPool kebab;

    @Resource(name = "photoPrinter")
    AdvancedPool resource;

    @Autowired Map<String, AdvancedPool> all;
    @Autowired Printing printing;

    AdvancedPool parameter;
    Executor executor;

    @Autowired
    void set(AdvancedPool photoPrinter) {
      parameter = photoPrinter;
    }

    @Autowired
    void setExecutor(Executor photoPrinter) {
      executor = photoPrinter;
    }

    @Bean
    static Printing printing() {
      return new Printing();
    }
  }

  static class Printing {
    @Async("photoPrinter")
    public Future<String> thread() {
      return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }
  }

  @Test
  void theOnlyPoolIsInjectedByItsType_whateverItsName() {
    with(Source.YAML.of("photo-printer", "max-workers", "2"))
        .withBean(TakesAny.class)
        .run(
            context ->
                assertThat(context.getBean(TakesAny.class).any.name()).isEqualTo("photo-printer"));
  }

  static class TakesAny {
    final AdvancedPool any;

    TakesAny(AdvancedPool any) {
      this.any = any;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Application {}

  @Test
  void theFileOfAProfileChangesThePoolOfTheMainFile(@TempDir Path files) throws IOException {
    Files.writeString(
        files.resolve("application.yml"),
        "pools.advanced.instances.photo-printer: {min-workers: 2, max-workers: 3}");
    Files.writeString(
        files.resolve("application-large.properties"),
        "pools.advanced.instances.photoPrinter.max-workers=7");
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .profiles("large")
            .run("--spring.config.location=" + files.toUri())) {
      assertThat(context.getBeansOfType(AdvancedPool.class)).containsOnlyKeys("photo-printer");
      AdvancedPool pool = context.getBean("photo-printer", AdvancedPool.class);
      assertThat(pool.minWorkers()).isEqualTo(2);
      assertThat(pool.maxWorkers()).isEqualTo(7);
    }
  }

  // ---- Two spellings, and names that are taken

  @Test
  void twoSpellingsInOneSourceFailTheStart_withBothOfThem() {
    runner
        .withPropertyValues(
            "pools.advanced.instances.photo-printer.max-workers=2",
            "pools.advanced.instances.photoPrinter.min-workers=1")
        .run(
            context -> {
              FailureAnalysis analysis =
                  new InvalidPoolFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("'photo-printer'", "'photoPrinter'", "two spellings of one name");
            });
  }

  @Test
  void aPoolOfEachKindWithOneNameInTwoSpellingsFailsTheStart() {
    runner
        .withUserConfiguration(MailConnections.class)
        .withPropertyValues(
            "pools.advanced.instances.mail-server.max-workers=2",
            "pools.connection.instances.mailServer.max-size=2")
        .run(
            context ->
                assertThat(
                        new InvalidPoolFailureAnalyzer()
                            .analyze(context.getStartupFailure())
                            .getDescription())
                    .contains("pools.connection.instances.mailServer")
                    .contains("pools.advanced.instances.mail-server"));
  }

  @Test
  void aBeanThatHasTheCamelCaseNameKeepsIt() {
    runner
        .withBean("mailServer", StringBuilder.class, StringBuilder::new)
        .withPropertyValues("pools.advanced.instances.mail-server.max-workers=2")
        .run(
            context -> {
              assertThat(context.getBean("mailServer")).isInstanceOf(StringBuilder.class);
              assertThat(context.getBean("mail-server")).isInstanceOf(AdvancedPool.class);
            });
  }

  @Test
  void aPoolOfTheUsersOwnIsInPlaceOfOurs_inEachSpelling() {
    runner
        .withBean("mailServer", AdvancedPool.class, AdvancedPool::create)
        .withPropertyValues("pools.advanced.instances.mail-server.max-workers=2")
        .run(
            context ->
                assertThat(context.getBeansOfType(AdvancedPool.class))
                    .containsOnlyKeys("mailServer"));
  }

  // ---- Parts

  @Configuration(proxyBeanMethods = false)
  static class MailConnections {
    @Bean
    ConnectionFactory<String> mailServerConnectionFactory() {
      return arguments -> new String("mail");
    }

    @Bean
    ConnectionFactory<String> auditLogConnectionFactory() {
      return arguments -> new String("audit");
    }

    @Bean
    HealthChecker<String> mailServerHealthChecker() {
      return "mail"::equals;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mail-server", "mailServer", "mail_server", "MAILSERVER"})
  void partsAreFoundUnderTheirCamelCaseNames(String spelling) {
    runner
        .withUserConfiguration(MailConnections.class)
        .withPropertyValues(
            "pools.connection.defaults.idle-bypass=0",
            "pools.connection.instances." + spelling + ".max-size=2",
            "pools.connection.instances.audit-log.max-size=2")
        .run(
            context -> {
              assertThat(connectionOf(context.getBean(spelling, ConnectionPool.class)))
                  .isEqualTo("mail");
              assertThat(connectionOf(context.getBean("auditLog", ConnectionPool.class)))
                  .isEqualTo("audit");
            });
  }

  @Test
  void partsThatAreNamedAfterTheSpellingInTheFileAreFoundToo() {
    runner
        .withBean(
            "mail-serverConnectionFactory",
            ConnectionFactory.class,
            () -> (ConnectionFactory<String>) arguments -> new String("kebab"))
        .withBean(
            "other",
            ConnectionFactory.class,
            () -> (ConnectionFactory<String>) arguments -> new String("other"))
        .withPropertyValues("pools.connection.instances.mail-server.max-size=2")
        .run(
            context ->
                assertThat(connectionOf(context.getBean("mail-server", ConnectionPool.class)))
                    .isEqualTo("kebab"));
  }

  private static Object connectionOf(ConnectionPool<?> pool) throws Exception {
    return pool.<Object>use(connection -> connection);
  }

  @Test
  void aVariableThatOverridesAConnectionPoolMakesNoSecondOne() {
    Map<String, Object> yml = new LinkedHashMap<>();
    yml.put("pools.connection.instances.mail-server.max-size", 2);
    with(
            new MapPropertySource("yml", yml),
            variables(Map.of("POOLS_CONNECTION_INSTANCES_MAILSERVER_MAXSIZE", "7")))
        .withUserConfiguration(MailConnections.class)
        .run(
            context -> {
              assertThat(context.getBeansOfType(ConnectionPool.class))
                  .containsOnlyKeys("mail-server");
              assertThat(context.getBean("mail-server", ConnectionPool.class).maxSize())
                  .isEqualTo(7);
            });
  }

  @Test
  void camelAndKebabFormsOfNames() {
    assertThat(PoolName.camel("mail-server")).isEqualTo("mailServer");
    assertThat(PoolName.camel("MAIL_SERVER")).isEqualTo("mailServer");
    assertThat(PoolName.camel("Big Pool")).isEqualTo("bigPool");
    assertThat(PoolName.camel("nightly.batch-2")).isEqualTo("nightlyBatch2");
    assertThat(PoolName.camel("mailServer")).isEqualTo("mailServer");
    assertThat(PoolName.kebab("mailServer")).isEqualTo("mail-server");
    assertThat(PoolName.kebab("backoffMax")).isEqualTo("backoff-max");
    assertThat(PoolName.same("mail-server", "MAIL_SERVER")).isTrue();
    assertThat(PoolName.same("mail-server", "mail-servers")).isFalse();
  }

  @Test
  void wordsAreRunsOfLettersAndNumbers_andBeginWithACapital() {
    Pattern between = Pattern.compile("[^\\p{L}\\p{N}]+");
    Pattern begin =
        Pattern.compile("(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
    for (String name :
        List.of(
            "",
            "-",
            "mailServer",
            "HTTPClient",
            "IOT",
            "v2Api",
            "V2API",
            "--mail__server.",
            "a b-C",
            // An umlaut, a superscript, a Roman numeral, a titlecase letter, final sigmas, Chinese.
            "gr\u00F6\u00DFeX\u00C4b",
            "a\u00B2B",
            "\u2167Ix",
            "\u01C5x",
            "\u03A3\u0391\u03A3",
            "\u65E5\u672CGo",
            // A capital and a small letter beyond 16 bits, and half of a letter.
            "x\uD835\uDC00\uD835\uDC1B",
            "a\uD835B")) {
      String letters = between.matcher(name).replaceAll("").toLowerCase(Locale.ROOT);
      assertThat(PoolName.uniform(name)).as(name).isEqualTo(letters.isEmpty() ? name : letters);
      assertThat(PoolName.kebab(name))
          .as(name)
          .isEqualTo(
              Arrays.stream(between.split(name, -1))
                  .filter(word -> !word.isEmpty())
                  .map(word -> begin.matcher(word).replaceAll("-").toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining("-")));
    }
  }

  @Test
  void onlyPlainNamesAreTypedWithoutBrackets() {
    assertThat(PoolName.under("pools", "Mail-server_2")).isEqualTo("pools.Mail-server_2");
    assertThat(PoolName.under("pools", "mail server")).isEqualTo("pools[mail server]");
    assertThat(PoolName.under("pools", "b\u00FCro")).isEqualTo("pools[b\u00FCro]");
    assertThat(PoolName.under("pools", "")).isEqualTo("pools[]");
  }
}
