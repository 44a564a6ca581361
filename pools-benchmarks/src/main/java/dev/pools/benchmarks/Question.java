package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What users ask about the speed of a pool, and the cells that answer it: what the grid measures
 * unless it is asked for more. In each cell only those take part who can be the best peer there, or
 * whom a goal names.
 *
 * @param id what the documents call its table
 * @param asked the cells, in the order in which they are shown
 */
record Question(String id, List<Asked> asked) {

  /**
   * A cell that answers.
   *
   * @param label what is measured there, in the words of the documents
   * @param cell where
   * @param contenders who is measured
   */
  record Asked(String label, Cell cell, List<String> contenders) {}

  /** All of them; those about tasks come first. */
  static final List<Question> ALL = all();

  private static List<Question> all() {
    List<Question> all = new ArrayList<>();
    addTasks(all);
    addConnections(all);
    return List.copyOf(all);
  }

  private static void addTasks(List<Question> all) {
    all.add(
        new Question(
            "one-submitter",
            List.of(
                asked(
                    "`execute`, 1 submitter",
                    "tasks/execute/on=platform/work=0us/submitters=1/workers=2",
                    "OURS",
                    "JETTY"),
                asked(
                    "`submit`, 1 submitter",
                    "tasks/submit/on=platform/work=0us/submitters=1/workers=2",
                    "OURS",
                    "FJP"),
                asked(
                    "`submit`, 4 submitters, 1 worker",
                    "tasks/submit/on=platform/work=0us/submitters=4/workers=1",
                    "OURS",
                    "FJP",
                    "EQE"),
                asked(
                    "`submit`, 4 submitters, tasks of 1 µs",
                    "tasks/submit/on=platform/work=1us/submitters=4/workers=2",
                    "OURS",
                    "EQE"))));
    List<Asked> many = new ArrayList<>();
    for (int submitters : new int[] {4, 16}) {
      for (String mode : List.of("execute", "submit", "supplyAsync")) {
        List<String> contenders = new ArrayList<>(List.of("OURS", "OURS_RELAXED", "FJP", "EQE"));
        if (submitters == 4 && mode.equals("supplyAsync")) {
          contenders.add("TPE");
        }
        many.add(
            new Asked(
                "`%s`, %d submitters".formatted(mode, submitters),
                Cell.parse(
                    "tasks/%s/on=platform/work=0us/submitters=%d/workers=2"
                        .formatted(mode, submitters)),
                List.copyOf(contenders)));
      }
    }
    all.add(new Question("many-submitters", List.copyOf(many)));
    all.add(
        new Question(
            "round-trips",
            List.of(
                asked(
                    "round trip, 1 submitter",
                    "tasks/roundTrip/on=platform/work=0us/submitters=1/workers=2",
                    "OURS",
                    "TOMCAT"),
                asked(
                    "round trip, 4 submitters",
                    "tasks/roundTrip/on=platform/work=0us/submitters=4/workers=2",
                    "OURS",
                    "FJP"),
                asked(
                    "half load, tasks of 200 µs, 2 workers",
                    "tasks/halfLoad/on=platform/workers=2",
                    "OURS",
                    "FJP"))));
    all.add(
        new Question(
            "priorities",
            List.of(
                asked(
                    "8 priorities, 1 submitter",
                    "tasks/priorities/on=platform/work=0us/submitters=1/workers=2",
                    "OURS",
                    "TPE_PRIORITY"),
                asked(
                    "8 priorities, 4 submitters",
                    "tasks/priorities/on=platform/work=0us/submitters=4/workers=2",
                    "OURS",
                    "TPE_PRIORITY"),
                asked(
                    "urgent task behind 10,000 queued tasks of 1 ms",
                    "tasks/urgent/queued=10000/workers=2",
                    "OURS",
                    "TPE_PRIORITY"))));
    all.add(
        new Question(
            "options",
            List.of(
                asked(
                    "bounded queue, 4 submitters wait",
                    "tasks/bounded/on=platform/work=0us/submitters=4/workers=2",
                    "OURS",
                    "TOMCAT"),
                asked(
                    "caller-runs, 4 submitters",
                    "tasks/callerRuns/on=platform/work=0us/submitters=4/workers=2",
                    "OURS",
                    "TPE"),
                asked(
                    "every second task cancelled",
                    "tasks/cancel/submitters=1/workers=2",
                    "OURS",
                    "TPE"),
                asked(
                    "with a listener, tasks of 1 µs, 4 submitters",
                    "tasks/listeners/work=1us/submitters=4/workers=2",
                    "OURS_LISTENED_TO",
                    "OURS"),
                asked("8 idle workers", "tasks/idle/workers=8", "OURS"))));
    all.add(
        new Question(
            "start",
            List.of(
                asked("first pool of a JVM", "tasks/coldStart/first=pool", "OURS", "TPE"),
                asked("first 1,000 tasks", "tasks/coldStart/first=1000", "OURS", "TPE"),
                asked("first 10,000 tasks", "tasks/coldStart/first=10000", "OURS", "TPE"),
                asked(
                    "warm-up to 80 % of the steady rate",
                    "tasks/warmUp/submitters=4/workers=2", "OURS", "TPE"))));
    String virtual = "tasks/%s/on=virtual/work=0us/submitters=%d/workers=2";
    all.add(
        new Question(
            "virtual-workers",
            List.of(
                asked(
                    "`execute`, 1 submitter",
                    virtual.formatted("execute", 1),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "`execute`, 4 submitters",
                    virtual.formatted("execute", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "`submit`, 4 submitters",
                    virtual.formatted("submit", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "`supplyAsync`, 4 submitters",
                    virtual.formatted("supplyAsync", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "round trip, 4 submitters",
                    virtual.formatted("roundTrip", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "bounded queue, 4 submitters",
                    virtual.formatted("bounded", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"),
                asked(
                    "caller-runs, 4 submitters",
                    virtual.formatted("callerRuns", 4),
                    "OURS",
                    "VIRTUAL_SEMAPHORE"))));
  }

  private static void addConnections(List<Question> all) {
    all.add(
        new Question(
            "leases",
            List.of(
                asked(
                    "10 connections, 1 thread",
                    "connections/oneLease/hold=none/objects=10/threads=1",
                    "OURS",
                    "HIKARI_BAG",
                    "HIKARI"),
                asked(
                    "10 connections, 2 threads",
                    "connections/oneLease/hold=none/objects=10/threads=2",
                    "OURS",
                    "HIKARI_BAG"),
                asked(
                    "first lease of a JVM",
                    "connections/coldStart/first=lease",
                    "OURS",
                    "HIKARI"))));
    all.add(
        new Question(
            "more-threads",
            List.of(
                asked(
                    "10 connections, 32 threads",
                    "connections/oneLease/hold=none/objects=10/threads=32",
                    "OURS",
                    "HIKARI_BAG",
                    "STORMPOT"),
                asked(
                    "10 connections, 32 threads, held for 1 µs",
                    "connections/oneLease/hold=1us/objects=10/threads=32",
                    "OURS",
                    "HIKARI",
                    "HIKARI_BAG"),
                asked(
                    "1 connection, 8 threads",
                    "connections/oneLease/hold=none/objects=1/threads=8",
                    "OURS",
                    "STORMPOT",
                    "REACTOR_POOL",
                    "OURS_THROUGHPUT"),
                asked(
                    "hand-off to a waiting thread",
                    "connections/handOff",
                    "OURS",
                    "REACTOR_POOL",
                    "HIKARI"))));
    all.add(
        new Question(
            "other-ways",
            List.of(
                asked(
                    "released by another thread, 8 threads",
                    "connections/otherThread/hold=none/objects=10/threads=8",
                    "OURS",
                    "ARRAY_QUEUE"),
                asked(
                    "future, a connection is free",
                    "connections/async/objects=10/threads=1",
                    "OURS",
                    "REACTOR_POOL"),
                asked(
                    "future, callers wait",
                    "connections/asyncInLine/objects=10/threads=1",
                    "OURS",
                    "REACTOR_POOL"),
                asked(
                    "future, half of the callers cancel",
                    "connections/halfCancelled/objects=10/threads=1",
                    "OURS",
                    "REACTOR_POOL"))));
  }

  private static Asked asked(String label, String cell, String... contenders) {
    return new Asked(label, Cell.parse(cell), Arrays.asList(contenders));
  }

  /** Who is measured in each cell that answers a question. */
  static Map<Cell, List<String>> contenders() {
    Map<Cell, List<String>> contenders = new LinkedHashMap<>();
    for (Question question : ALL) {
      question.asked().forEach(asked -> contenders.put(asked.cell(), asked.contenders()));
    }
    return contenders;
  }
}
