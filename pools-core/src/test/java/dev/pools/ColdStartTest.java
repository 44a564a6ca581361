package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What the first pool of a JVM loads. The first lambda and the first concatenation of strings of a
 * JVM start the JDK's generator of classes, and the first log line starts a logging system: each
 * costs more than a pool. Each own class is read from the jar and verified.
 */
class ColdStartTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String BEGIN = "the pool is created";

  private static final String END = "the pool has done its work";

  /** Fewer are better; a new class on this path is a reason to look whether it can come later. */
  private static final int MOST_CLASSES_OF_TASKS = 135;

  private static final int MOST_CLASSES_OF_CONNECTIONS = 146;

  @Test
  void firstTaskPoolStartsNoMachinery() throws Exception {
    assertStartsNoMachinery(loadedBy(TaskProgram.class));
  }

  @Test
  void firstTaskPoolLoadsFewClasses() throws Exception {
    assertThat(own(loadedBy(TaskProgram.class))).hasSizeLessThanOrEqualTo(MOST_CLASSES_OF_TASKS);
  }

  @Test
  void firstConnectionPoolStartsNoMachinery() throws Exception {
    assertStartsNoMachinery(loadedBy(ConnectionProgram.class));
  }

  @Test
  void firstConnectionPoolLoadsFewClasses() throws Exception {
    assertThat(own(loadedBy(ConnectionProgram.class)))
        .hasSizeLessThanOrEqualTo(MOST_CLASSES_OF_CONNECTIONS);
  }

  private static void assertStartsNoMachinery(List<String> loaded) {
    assertThat(loaded)
        .as("lambdas and method references")
        .noneMatch(name -> name.contains("$$Lambda"))
        .noneMatch(name -> name.contains("LambdaMetafactory"))
        .as("concatenation of strings by +")
        .noneMatch(name -> name.contains("StringConcat"))
        .as("classes that the JDK generates, such as those of method handles")
        .noneMatch(name -> name.contains("/0x"))
        .as("formats and patterns")
        .noneMatch(name -> name.startsWith("java.util.Formatter"))
        .noneMatch(name -> name.startsWith("java.util.regex."))
        .as("Flight Recorder")
        .noneMatch(name -> name.startsWith("jdk.jfr."))
        .as("a logging system")
        .noneMatch(name -> name.startsWith("org.slf4j."));
  }

  private static List<String> own(List<String> loaded) {
    return loaded.stream().filter(isProgram().negate()).filter(isOwn()).toList();
  }

  private static Predicate<String> isOwn() {
    return name -> name.startsWith("dev.pools.");
  }

  private static Predicate<String> isProgram() {
    return name -> name.startsWith(ColdStartTest.class.getName());
  }

  /** The names of the classes that a program loads between its two lines. */
  private static List<String> loadedBy(Class<?> program) throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.run(program, LIMIT, List.of("-Xshare:auto", "-Xlog:class+load:stdout:none"));
    List<String> lines = ended.lines();
    assertThat(lines).contains(BEGIN, END);
    return lines.subList(lines.indexOf(BEGIN) + 1, lines.indexOf(END)).stream()
        .filter(line -> line.contains(" source: "))
        .map(line -> line.substring(0, line.indexOf(" source: ")))
        .toList();
  }

  /** Creates a pool and lets it run tasks; uses none of the things that it is to find. */
  public static final class TaskProgram {

    private TaskProgram() {}

    /** One task for each way to submit one. */
    private static final class Task implements Runnable, Supplier<Void> {

      private final CountDownLatch ended;

      Task(CountDownLatch ended) {
        this.ended = ended;
      }

      @Override
      public void run() {
        ended.countDown();
      }

      @Override
      public Void get() {
        run();
        return null;
      }
    }

    public static void main(String[] arguments) throws Exception {
      CountDownLatch ended = new CountDownLatch(3);
      Task task = new Task(ended);
      System.out.println(BEGIN);
      AdvancedPool pool = AdvancedPool.builder().minWorkers(2).maxWorkers(2).build();
      pool.execute(task);
      pool.submit((Runnable) task).get();
      CompletableFuture.supplyAsync(task, pool).get();
      ended.await();
      System.out.println(END);
      Runtime.getRuntime().halt(0);
    }
  }

  /** Creates a pool, and lets a caller use a connection. */
  public static final class ConnectionProgram {

    private ConnectionProgram() {}

    private static final class Factory implements Callable<Object> {

      @Override
      public Object call() {
        return new Object();
      }
    }

    public static void main(String[] arguments) throws Exception {
      Factory factory = new Factory();
      System.out.println(BEGIN);
      ConnectionPool<Object> pool = ConnectionPool.builder(factory).maxSize(2).build();
      for (int i = 0; i < 3; i++) {
        try (Lease<Object> lease = pool.acquire()) {
          lease.connection();
        }
      }
      System.out.println(END);
      Runtime.getRuntime().halt(0);
    }
  }
}
