package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pool should reach, and the cells that show whether it does.
 *
 * @param text the goal in words
 * @param kind what is compared with the limit
 * @param limit where the goal is met
 * @param ours which of our contenders
 * @param against with whom it is compared; empty for all peers that were measured
 * @param figure which figure besides the score is meant; null for the score
 * @param cells where
 */
record Goal(
    String text,
    Kind kind,
    double limit,
    String ours,
    List<String> against,
    @Nullable String figure,
    List<String> cells) {

  /** What is compared with the limit. */
  enum Kind {
    /** How many times as good ours is: at least the limit. */
    RATIO,
    /** How many times as long ours takes as the other: at most the limit. */
    TIMES,
    /** What ours scores, or a figure besides: at most the limit. */
    AMOUNT
  }

  /** The most that the forks of ours may vary in a cell: their deviation over their mean. */
  static final double MOST_VARIATION = 0.15;

  private static final List<String> MANY =
      List.of(
          "tasks/execute/on=platform/work=0us/submitters=4/workers=2",
          "tasks/submit/on=platform/work=0us/submitters=4/workers=2",
          "tasks/supplyAsync/on=platform/work=0us/submitters=4/workers=2",
          "tasks/execute/on=platform/work=0us/submitters=16/workers=2",
          "tasks/submit/on=platform/work=0us/submitters=16/workers=2",
          "tasks/supplyAsync/on=platform/work=0us/submitters=16/workers=2");

  /** All of them, besides how much forks may vary. */
  static final List<Goal> ALL =
      List.of(
          atLeast(
              "relaxed order: 1.2 times ForkJoinPool", 1.2, "OURS_RELAXED", List.of("FJP"), MANY),
          atLeast("strict order: 0.8 times ForkJoinPool", 0.8, "OURS", List.of("FJP"), MANY),
          atLeast(
              "strict order: 1.2 times the best peer that keeps an order",
              1.2,
              "OURS",
              List.of("TPE", "EQE"),
              MANY),
          atLeast(
              "8 priorities: 3 times ThreadPoolExecutor with PriorityBlockingQueue",
              3,
              "OURS",
              List.of("TPE_PRIORITY"),
              cells("priorities")),
          atLeast(
              "virtual workers: 0.9 times a semaphore and a thread per task",
              0.9,
              "OURS",
              List.of("VIRTUAL_SEMAPHORE"),
              cells("virtual-workers")),
          atLeast(
              "caller-runs: 0.9 times the best peer",
              0.9,
              "OURS",
              List.of(),
              List.of("tasks/callerRuns/on=platform/work=0us/submitters=4/workers=2")),
          atLeast(
              "a listener costs at most 10 %",
              0.9,
              "OURS_LISTENED_TO",
              List.of("OURS"),
              List.of("tasks/listeners/work=1us/submitters=4/workers=2")),
          atMost("first pool of a JVM: 25 ms", 25, null, List.of("tasks/coldStart/first=pool")),
          times(
              "first 1,000 tasks: 1.5 times ThreadPoolExecutor",
              1.5,
              List.of("tasks/coldStart/first=1000")),
          times(
              "warm-up: 1.3 times ThreadPoolExecutor",
              1.3,
              List.of("tasks/warmUp/submitters=4/workers=2")),
          atLeast(
              "connections returned by another thread: 0.8 times the best peer",
              0.8,
              "OURS",
              List.of(),
              List.of("connections/otherThread/hold=none/objects=10/threads=8")),
          atLeast(
              "futures of callers that wait: 0.8 times reactor-pool",
              0.8,
              "OURS",
              List.of("REACTOR_POOL"),
              List.of("connections/asyncInLine/objects=10/threads=1")),
          atLeast(
              "half of the waiting callers cancel: 0.8 times reactor-pool",
              0.8,
              "OURS",
              List.of("REACTOR_POOL"),
              List.of("connections/halfCancelled/objects=10/threads=1")),
          atLeast(
              "32 threads, 10 connections, strict order: the best pool without order",
              1,
              "OURS",
              List.of("HIKARI", "HIKARI_BAG", "STORMPOT"),
              List.of(
                  "connections/oneLease/hold=none/objects=10/threads=32",
                  "connections/oneLease/hold=1us/objects=10/threads=32")),
          atMost(
              "64 B allocated for a submit",
              64,
              Fork.ALLOCATED,
              List.of("tasks/submit/on=platform/work=0us/submitters=4/workers=2")),
          atMost(
              "8 B allocated for an execute",
              8,
              Fork.ALLOCATED,
              List.of("tasks/execute/on=platform/work=0us/submitters=4/workers=2")),
          atMost(
              "32 B allocated for a lease",
              32,
              Fork.ALLOCATED,
              List.of("connections/oneLease/hold=none/objects=10/threads=1")),
          atMost("no CPU when idle", 1, null, List.of("tasks/idle/workers=8")));

  private static Goal atLeast(
      String text, double limit, String ours, List<String> against, List<String> cells) {
    return new Goal(text, Kind.RATIO, limit, ours, against, null, cells);
  }

  private static Goal times(String text, double limit, List<String> cells) {
    return new Goal(text, Kind.TIMES, limit, "OURS", List.of("TPE"), null, cells);
  }

  private static Goal atMost(
      String text, double limit, @Nullable String figure, List<String> cells) {
    return new Goal(text, Kind.AMOUNT, limit, "OURS", List.of(), figure, cells);
  }

  /** The throughput cells of a question. */
  private static List<String> cells(String question) {
    List<String> cells = new ArrayList<>();
    for (Question each : Question.ALL) {
      if (each.id().equals(question)) {
        each.asked().stream()
            .map(asked -> asked.cell().toString())
            .filter(cell -> !cell.contains("/urgent/"))
            .forEach(cells::add);
      }
    }
    return List.copyOf(cells);
  }
}
