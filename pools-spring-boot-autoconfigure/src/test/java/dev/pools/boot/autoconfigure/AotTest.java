package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.javapoet.ClassName;
import org.springframework.util.StringUtils;

/** A context that was processed ahead of time: its code is generated, compiled and run. */
@Tag("heavy")
class AotTest {

  private static final String SETTINGS =
      """
      spring.jmx.enabled: true
      management.endpoints.jmx.exposure.include: pools
      pools:
        jmx.enabled: true
        advanced.instances:
          thumbnails: {max-workers: 3, observations: true, alarms.queue-age: 10s}
          mails.max-workers: 2
        connection.instances:
          sessions: {max-size: 4, factory: sessionFactory}
      """;

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    TaskExecutionAutoConfiguration.class,
    MetricsAutoConfiguration.class,
    ObservationAutoConfiguration.class,
    SimpleMetricsExportAutoConfiguration.class,
    EndpointAutoConfiguration.class,
    PoolsAlarmsAutoConfiguration.class,
    PoolsAutoConfiguration.class,
    PoolsEndpointAutoConfiguration.class,
    PoolsHealthAutoConfiguration.class,
    PoolsJmxAutoConfiguration.class,
    PoolsMetricsAutoConfiguration.class,
    PoolsObservationAutoConfiguration.class,
    PoolsRefreshAutoConfiguration.class
  })
  static class Application {

    @Autowired AdvancedPool thumbnails;

    @Autowired
    @Qualifier("mails")
    AdvancedPool qualified;

    @Autowired ConnectionPool<StringBuilder> sessions;

    @Bean
    static ConnectionFactory<StringBuilder> sessionFactory() {
      return arguments -> new StringBuilder("session");
    }

    @Bean
    static String injected(
        AdvancedPool thumbnails,
        @Qualifier("mails") AdvancedPool qualified,
        ConnectionPool<StringBuilder> generic) {
      return thumbnails.name() + " " + qualified.name() + " " + generic.name();
    }
  }

  @Test
  void namesQualifiersGenericsAndBackOffHold(@TempDir Path generated) throws Exception {
    runAlone(
        ProcessedApplication.class, generate(generated, SETTINGS, Application.class), generated);
  }

  /** Runs where the generated code is, with classes of its own. */
  static class ProcessedApplication implements Consumer<String> {

    @Override
    public void accept(String initializer) {
      try (GenericApplicationContext context = started(initializer, SETTINGS)) {
        assertThat(context.getBean("injected")).isEqualTo("thumbnails mails sessions");
        assertThat(context.getBean("thumbnails", AdvancedPool.class).maxWorkers()).isEqualTo(3);
        assertThat(context.getBeanNamesForType(AdvancedPool.class))
            .containsExactlyInAnyOrder("thumbnails", "mails");
        assertThat(context.containsBean("applicationTaskExecutor")).isTrue();
        assertThat(context.containsBean("poolsHealthContributor")).isTrue();
        ConnectionPool<?> sessions = context.getBean("sessions", ConnectionPool.class);
        assertThat(sessions.maxSize()).isEqualTo(4);
        assertThat(sessions.tryAcquire().orElseThrow().connection()).hasToString("session");
        assertThat(
                context
                    .getBeanFactory()
                    .getMergedBeanDefinition("sessions")
                    .getResolvableType()
                    .getGeneric(0)
                    .resolve())
            .isEqualTo(StringBuilder.class);
        assertIsOperable(context);
      }
    }
  }

  /** The endpoint, JMX, alarms and a refresh of the configuration know the pools. */
  private static void assertIsOperable(GenericApplicationContext context) {
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "later", Map.of("pools.advanced.instances.thumbnails.max-workers", 4)));
    context.publishEvent(new EnvironmentChangeEvent(context, Set.of()));
    assertThat(context.getBean("thumbnails", AdvancedPool.class).maxWorkers()).isEqualTo(4);
    assertThat(context.getBean(PoolsEndpoint.class).pool("advanced", "thumbnails", null, null))
        .containsEntry("status", "UP")
        .extractingByKey("settings")
        .asString()
        .contains("name=max-workers, value=4, source=runtime", "name=observations, value=true");
    assertThat(context.getBean(AlarmWatch.class).isRunning()).isTrue();
    try {
      assertThat(
              ManagementFactory.getPlatformMBeanServer()
                  .isRegistered(new ObjectName("dev.pools:type=AdvancedPool (thumbnails)")))
          .isTrue();
    } catch (MalformedObjectNameException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void settingsCanBeBoundAndShownInANativeImage(@TempDir Path generated) throws Exception {
    DefaultGenerationContext generation = generation(generated, Application.class);
    generate(generation, SETTINGS, Application.class);

    for (Class<?> settings :
        List.of(
            PoolsProperties.class,
            PoolsProperties.Advanced.class,
            PoolsProperties.Connection.class,
            PoolsProperties.Lifecycle.class,
            PoolsProperties.Metrics.class,
            PoolsProperties.Jmx.class,
            PoolsProperties.Alarms.class,
            AdvancedPoolProperties.class,
            AdvancedPoolHealthProperties.class,
            AdvancedPoolAlarmProperties.class,
            ConnectionPoolProperties.class,
            ConnectionPoolProperties.Health.class,
            ConnectionPoolAlarmProperties.class)) {
      for (PropertyDescriptor setting : BeanUtils.getPropertyDescriptors(settings)) {
        Stream.of(setting.getReadMethod(), setting.getWriteMethod())
            .filter(method -> method != null && method.getDeclaringClass() != Object.class)
            .forEach(
                method ->
                    assertThat(reflection().onMethodInvocation(method))
                        .as("%s", method)
                        .accepts(generation.getRuntimeHints()));
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Bare {}

  @Test
  void theDefaultPoolIsThereOnce(@TempDir Path generated) throws Exception {
    runAlone(ProcessedBare.class, generate(generated, "", Bare.class), generated);
  }

  /** Runs where the generated code is, with classes of its own. */
  static class ProcessedBare implements Consumer<String> {

    @Override
    public void accept(String initializer) {
      try (GenericApplicationContext context = started(initializer, "")) {
        assertThat(context.getBeanNamesForType(AdvancedPool.class)).containsExactly("advancedPool");
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static GenericApplicationContext started(String initializer, String yaml) {
    GenericApplicationContext context = new GenericApplicationContext();
    try {
      addSettings(context, yaml);
      ((ApplicationContextInitializer<GenericApplicationContext>)
              AotTest.class
                  .getClassLoader()
                  .loadClass(initializer)
                  .getDeclaredConstructor()
                  .newInstance())
          .initialize(context);
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException(e);
    }
    context.refresh();
    return context;
  }

  private static void addSettings(GenericApplicationContext context, String yaml)
      throws IOException {
    new YamlPropertySourceLoader()
        .load("settings", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
        .forEach(context.getEnvironment().getPropertySources()::addFirst);
  }

  private static String generate(Path into, String yaml, Class<?> application) throws IOException {
    return generate(generation(into, application), yaml, application);
  }

  private static DefaultGenerationContext generation(Path into, Class<?> application) {
    return new DefaultGenerationContext(
        new ClassNameGenerator(ClassName.get(application)), new FileSystemGeneratedFiles(into));
  }

  private static String generate(
      DefaultGenerationContext generation, String yaml, Class<?> application) throws IOException {
    try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      addSettings(context, yaml);
      context.register(application);
      ClassName initializer =
          new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
      generation.writeGeneratedContent();
      return initializer.reflectionName();
    }
  }

  /** The generated code uses package-private parts of many jars, and so needs their loader. */
  private static void runAlone(
      Class<? extends Consumer<String>> probe, String initializer, Path generated)
      throws Exception {
    compile(generated);
    List<URL> urls = new ArrayList<>(List.of(generated.toUri().toURL()));
    for (String entry :
        StringUtils.delimitedListToStringArray(
            System.getProperty("java.class.path"), File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader alone =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(alone);
      Constructor<?> constructor = alone.loadClass(probe.getName()).getDeclaredConstructor();
      constructor.setAccessible(true);
      @SuppressWarnings("unchecked")
      Consumer<String> run = (Consumer<String>) constructor.newInstance();
      run.accept(initializer);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void compile(Path generated) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-nowarn",
                "-d",
                generated.toString(),
                "-classpath",
                System.getProperty("java.class.path")));
    try (Stream<Path> sources = Files.walk(generated)) {
      sources.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, complaints, arguments.toArray(String[]::new));
    assertThat(result).as(complaints.toString(StandardCharsets.UTF_8)).isZero();
  }
}
