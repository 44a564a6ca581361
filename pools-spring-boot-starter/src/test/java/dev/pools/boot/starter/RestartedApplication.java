package dev.pools.boot.starter;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.context.annotation.Bean;

/**
 * An application that uses its pools and restarts twice, as when a class was compiled again. Each
 * run has a class loader of its own. The last one says what is left of those before.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class RestartedApplication {

  private static final int RUNS = 3;

  /** What one run leaves for the next; its classes are not the same. */
  private static final String LOADERS = "loaders of the runs";

  public static void main(String[] arguments) {
    SpringApplication.run(RestartedApplication.class, arguments);
  }

  @Bean
  ConnectionFactory<StringBuilder> databaseConnectionFactory() {
    return arguments -> new StringBuilder("connection");
  }

  @Bean
  CommandLineRunner run(AdvancedPool tasks, ConnectionPool<StringBuilder> database) {
    return arguments -> {
      tasks.submit(() -> database.use(StringBuilder::length)).get(30, TimeUnit.SECONDS);
      tasks.map(String::length, List.of("a", "b")).get(30, TimeUnit.SECONDS);
      // Not waited for: it may still run when the restart begins.
      tasks.execute(() -> database.useAsync(connection -> tasks.submit(connection::length)));

      List<WeakReference<ClassLoader>> loaders = loaders();
      ClassLoader own = RestartedApplication.class.getClassLoader();
      loaders.add(new WeakReference<>(own));
      if (loaders.size() < RUNS) {
        // Not on this thread, which the restart waits for.
        new Thread(() -> Restarter.getInstance().restart()).start();
      } else {
        System.out.println("threads left: " + threadsOfOtherRuns(own));
        System.exit(0);
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static List<WeakReference<ClassLoader>> loaders() {
    return (List<WeakReference<ClassLoader>>)
        System.getProperties()
            .computeIfAbsent(LOADERS, key -> new ArrayList<WeakReference<ClassLoader>>());
  }

  private static List<String> threadsOfOtherRuns(ClassLoader own) {
    List<ClassLoader> others =
        loaders().stream().map(WeakReference::get).filter(loader -> loader != own).toList();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                others.contains(thread.getContextClassLoader())
                    || others.contains(thread.getClass().getClassLoader()))
        .map(Thread::getName)
        .toList();
  }
}
