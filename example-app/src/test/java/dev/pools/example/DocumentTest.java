package dev.pools.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.autoconfigure.PoolsAutoConfiguration;
import dev.pools.connection.ConnectionFactory;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.stereotype.Component;

/** Compiles and runs each snippet of the documentation. */
class DocumentTest {

  @TempDir Path classes;

  static Stream<Document> documents() throws IOException {
    return Document.all().stream();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linkedFilesExist(Document document) {
    assertThat(document.links()).allSatisfy(link -> assertThat(link).exists());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void javaCompiles(Document document) throws IOException {
    compile(document);
  }

  @ParameterizedTest
  @MethodSource("documents")
  void settingsAreAccepted(Document document) throws Exception {
    for (String settings : document.blocks("yaml")) {
      run(document, settings, context -> assertThat(context).hasNotFailed());
    }
  }

  @Test
  void readmeSnippetUsesBothPools() throws Exception {
    Document readme = Document.readme();
    run(
        readme,
        readme.blocks("yaml").get(0),
        context -> {
          Object statements = context.getBean("statements");
          Method now = statements.getClass().getDeclaredMethod("now", long.class);
          Method monthly = statements.getClass().getDeclaredMethod("monthly", List.class);
          now.setAccessible(true);
          monthly.setAccessible(true);

          assertThat(((CompletableFuture<?>) now.invoke(statements, 7L)).join())
              .isEqualTo("Account 7 in LEDGER");
          assertThat(((CompletableFuture<?>) monthly.invoke(statements, List.of(1L, 2L))).join())
              .isEqualTo(List.of("Account 1 in LEDGER", "Account 2 in LEDGER"));
        });
  }

  @Test
  void readmeCountsLinesWithoutSpring() throws Exception {
    URI zip = org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream standardOut = System.out;
    try (URLClassLoader loader = compile(Document.readme())) {
      Method main = loader.loadClass("LineCount").getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      System.setOut(new PrintStream(printed, true, UTF_8));
      main.invoke(null, (Object) new String[] {Path.of(zip).toString()});
    } finally {
      System.setOut(standardOut);
    }
    assertThat(printed.toString(UTF_8)).matches("\\d{4,} lines\\R");
  }

  /** Each method of the snippets without a framework is a test. */
  @ParameterizedTest
  @ValueSource(strings = {"TaskExamples", "ConnectionExamples"})
  void snippetsOfTheTestSupportPass(String examples) throws Exception {
    Document page =
        Document.all().stream().filter(it -> it.toString().endsWith("testing.md")).findAny().get();
    try (URLClassLoader loader = compile(page)) {
      Class<?> type = loader.loadClass(examples);
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      List<String> ran = new ArrayList<>();
      for (Method example : type.getDeclaredMethods()) {
        if (!example.isSynthetic()) {
          example.setAccessible(true);
          example.invoke(constructor.newInstance());
          ran.add(example.getName());
        }
      }
      assertThat(ran).hasSize(2);
    }
  }

  // ---- The compiler

  /** The imports of a block that has none, so that short snippets stay short. */
  private static final String IMPORTS =
      """
      import dev.pools.connection.*;
      import dev.pools.map.*;
      import dev.pools.scaling.*;
      import dev.pools.task.*;
      import java.sql.*;
      import java.util.*;
      import java.util.concurrent.*;
      """;

  /** Compiles all Java of a document, each block as a file of its own. */
  private URLClassLoader compile(Document document) throws IOException {
    List<SimpleJavaFileObject> sources = new ArrayList<>();
    for (String block : document.blocks("java")) {
      sources.add(
          new SimpleJavaFileObject(
              URI.create("string:///Block" + (sources.size() + 1) + ".java"),
              SimpleJavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return block.contains("import ") ? block : IMPORTS + block;
            }
          });
    }
    if (!sources.isEmpty()) {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      StringWriter messages = new StringWriter();
      List<String> options =
          List.of(
              // As in every Spring Boot application: parameter names are bean names.
              "-parameters",
              "-proc:none",
              "-Xlint:all,-path,-classfile,-processing",
              "-Werror",
              "-classpath",
              System.getProperty("java.class.path"),
              "-d",
              classes.toString());
      boolean compiled = compiler.getTask(messages, null, null, options, null, sources).call();
      assertThat(compiled).as("%s compiles:%n%s", document, messages).isTrue();
    }
    return new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
  }

  // ---- The application

  private void run(
      Document document, String settings, ContextConsumer<AssertableApplicationContext> consumer)
      throws Exception {
    try (URLClassLoader loader = compile(document)) {
      new ApplicationContextRunner()
          .withClassLoader(loader)
          .withInitializer(context -> addSettings(context, settings))
          .withUserConfiguration(components(loader))
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
          .run(consumer);
    }
  }

  private static void addSettings(ConfigurableApplicationContext context, String settings) {
    try {
      new YamlPropertySourceLoader()
          .load("settings", new ByteArrayResource(settings.getBytes(UTF_8)))
          .forEach(source -> context.getEnvironment().getPropertySources().addFirst(source));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Returns the beans of the document, and a connection factory if none of them is or makes one.
   */
  private Class<?>[] components(URLClassLoader loader) throws Exception {
    List<Class<?>> components = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace(".class", "");
        Class<?> type = loader.loadClass(name.replace(File.separatorChar, '.'));
        // An application class would add all auto-configuration on the class path.
        if (AnnotatedElementUtils.hasAnnotation(type, Component.class)
            && !AnnotatedElementUtils.hasAnnotation(type, EnableAutoConfiguration.class)) {
          components.add(type);
        }
      }
    }
    if (components.stream().noneMatch(DocumentTest::opensConnections)) {
      components.add(StandIn.class);
    }
    return components.toArray(Class[]::new);
  }

  private static boolean opensConnections(Class<?> component) {
    return ConnectionFactory.class.isAssignableFrom(component)
        || Stream.of(component.getDeclaredMethods())
            .anyMatch(bean -> bean.getReturnType().getSimpleName().endsWith("ConnectionFactory"));
  }

  /** Creates connections for settings without Java code. */
  static class StandIn implements ConnectionFactory<Object> {
    @Override
    public Object create(dev.pools.Arguments arguments) {
      return new Object();
    }
  }
}
