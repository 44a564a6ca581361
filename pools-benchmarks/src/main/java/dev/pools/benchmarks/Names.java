package dev.pools.benchmarks;

import java.util.Map;

/** What the documents call contenders. */
final class Names {

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("FJP", "ForkJoinPool"),
          Map.entry("TPE", "ThreadPoolExecutor"),
          Map.entry("EQE", "EnhancedQueueExecutor"),
          Map.entry("JETTY", "Jetty QueuedThreadPool"),
          Map.entry("JETTY_VIRTUAL", "Jetty VirtualThreadPool"),
          Map.entry("TOMCAT", "Tomcat executor"),
          Map.entry("TPE_PRIORITY", "ThreadPoolExecutor, ties ordered"),
          Map.entry("TPE_PRIORITY_UNTIED", "ThreadPoolExecutor, no tie order"),
          Map.entry("VIRTUAL_SEMAPHORE", "semaphore and thread per task"),
          Map.entry("VIRTUAL_PER_TASK", "thread per task"),
          Map.entry("BARE_PARK", "park and unpark"),
          Map.entry("OURS_LISTENED_TO", "AdvancedPool, with a listener"),
          Map.entry("OURS_RECORDED", "AdvancedPool, with records of tasks"),
          Map.entry("OURS_RELAXED", "AdvancedPool, relaxed order"),
          Map.entry("OURS_THROUGHPUT", "ConnectionPool, throughput"),
          Map.entry("HIKARI_BAG", "HikariCP's ConcurrentBag"),
          Map.entry("HIKARI", "HikariCP"),
          Map.entry("STORMPOT", "Stormpot"),
          Map.entry("STORMPOT_VIRTUAL", "Stormpot, virtual threads"),
          Map.entry("AGROAL", "Agroal"),
          Map.entry("COMMONS_POOL", "commons-pool2"),
          Map.entry("COMMONS_POOL_FAIR", "commons-pool2, fair"),
          Map.entry("VIBUR", "Vibur"),
          Map.entry("VIBUR_FAIR", "Vibur, fair"),
          Map.entry("REACTOR_POOL", "reactor-pool (fair)"),
          Map.entry("ARRAY_QUEUE", "ArrayBlockingQueue"),
          Map.entry("ARRAY_QUEUE_FAIR", "ArrayBlockingQueue, fair"));

  private Names() {}

  /** The name of a contender of one of the parts. */
  static String of(String part, String contender) {
    if (contender.equals("OURS")) {
      return part.equals("tasks") ? "AdvancedPool" : "ConnectionPool";
    }
    return NAMES.getOrDefault(contender, contender);
  }

  static boolean isOurs(String contender) {
    return contender.startsWith("OURS");
  }
}
