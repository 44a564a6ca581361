package dev.pools.benchmarks;

import dev.pools.benchmarks.connection.AsyncBorrowing;
import dev.pools.benchmarks.connection.Borrowing;
import dev.pools.benchmarks.connection.ColdLease;
import dev.pools.benchmarks.connection.HandOff;
import dev.pools.benchmarks.connection.Inversions;
import dev.pools.benchmarks.connection.ObjectPeer;
import dev.pools.benchmarks.connection.VirtualBorrowers;
import dev.pools.benchmarks.task.ColdStart;
import dev.pools.benchmarks.task.HalfLoad;
import dev.pools.benchmarks.task.IdleCost;
import dev.pools.benchmarks.task.QueuedMemory;
import dev.pools.benchmarks.task.TaskBursts;
import dev.pools.benchmarks.task.UrgentWait;
import dev.pools.benchmarks.task.VirtualSubmitters;
import dev.pools.benchmarks.task.WarmUpTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All modes, with their cells; {@link Question} has the selection of them. */
final class Plan {

  /** With all memory from the start: the first cell would otherwise pay for it. */
  private static final List<String> JVM = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

  /** So large that five million tasks fit, and collected by the collector that counts exactly. */
  private static final List<String> LARGE_JVM = List.of("-Xms4g", "-Xmx4g", "-XX:+UseSerialGC");

  private static final List<String> FIFO = List.of("TPE", "FJP", "EQE", "TOMCAT", "JETTY");

  /** Those that give each task a thread of its own, and no more of them at a time than they may. */
  private static final List<String> VIRTUAL = List.of("VIRTUAL_SEMAPHORE", "JETTY_VIRTUAL");

  /** Those that promise one of the two only. */
  private static final List<String> VIRTUAL_OTHERWISE = List.of("VIRTUAL_PER_TASK", "TPE");

  private static final List<String> LENDERS =
      List.of(
          "HIKARI_BAG",
          "HIKARI",
          "STORMPOT",
          "COMMONS_POOL",
          "COMMONS_POOL_FAIR",
          "VIBUR",
          "VIBUR_FAIR",
          "REACTOR_POOL",
          "AGROAL",
          "ARRAY_QUEUE",
          "ARRAY_QUEUE_FAIR");

  private final List<Mode> modes;

  private Plan(List<Mode> modes) {
    this.modes = modes;
  }

  /** Everything that there is. */
  static Plan full() {
    List<Mode> modes = new ArrayList<>();
    addTasks(modes);
    addConnections(modes);
    return new Plan(List.copyOf(modes));
  }

  List<Mode> modes() {
    return modes;
  }

  /** Those cells only that pass; modes without any are left out. */
  Plan where(Predicate<Cell> wanted) {
    List<Mode> left = new ArrayList<>();
    for (Mode mode : modes) {
      List<Cell> cells = mode.cells().stream().filter(wanted).toList();
      if (!cells.isEmpty()) {
        left.add(mode.with(cells));
      }
    }
    return new Plan(left);
  }

  /** The mode of a cell, which may be one of an earlier plan; null if there is none any more. */
  @Nullable Mode modeOf(Cell cell) {
    for (Mode mode : modes) {
      if (mode.part().equals(cell.part())
          && mode.name().equals(cell.mode())
          && mode.cells().stream().anyMatch(known -> onOf(known).equals(onOf(cell)))) {
        return mode;
      }
    }
    return null;
  }

  private static String onOf(Cell cell) {
    return cell.settings().getOrDefault("on", "");
  }

  private static void addTasks(List<Mode> modes) {
    for (String on : List.of("platform", "virtual")) {
      boolean virtual = on.equals("virtual");
      List<String> peers = virtual ? VIRTUAL : FIFO;
      List<String> besides = virtual ? VIRTUAL_OTHERWISE : List.of("OURS_RELAXED");
      for (String name : List.of("execute", "submit", "supplyAsync", "roundTrip")) {
        bursts(modes, name, on, List.of("0us", "1us", "50us"), peers, besides);
        if (name.equals("submit") && !virtual) {
          // The smallest pool that there is, with minimum and maximum the same.
          addCells(
              modes,
              cells(
                  "tasks",
                  name,
                  settings("on", on),
                  settings("work", "0us"),
                  settings("submitters", "1", "4"),
                  settings("workers", "1")));
        }
      }
      bursts(
          modes,
          "priorities",
          on,
          List.of("0us", "1us", "50us"),
          List.of("TPE_PRIORITY", "TPE_PRIORITY_UNTIED"),
          List.of());
      bursts(
          modes,
          "bounded",
          on,
          List.of("0us", "1us"),
          virtual ? List.of("VIRTUAL_SEMAPHORE") : List.of("TPE", "TOMCAT"),
          virtual ? List.of("TPE") : List.of());
      bursts(
          modes,
          "callerRuns",
          on,
          List.of("0us", "1us"),
          virtual ? List.of("VIRTUAL_SEMAPHORE") : List.of("TPE", "EQE", "TOMCAT", "JETTY"),
          virtual ? List.of("TPE") : List.of());
    }
    modes.add(
        benchmark(
            "tasks",
            "lone",
            TaskBursts.class,
            "OURS",
            List.of("BARE_PARK", "TPE", "FJP", "EQE", "TOMCAT", "JETTY"),
            List.of(),
            cells("tasks", "lone", settings("submitters", "1"), settings("workers", "1", "2"))));
    modes.add(
        benchmark(
            "tasks",
            "cancel",
            TaskBursts.class,
            "OURS",
            FIFO,
            List.of("OURS_RELAXED"),
            cells("tasks", "cancel", settings("submitters", "1"), settings("workers", "2"))));
    modes.add(
        benchmark(
            "tasks",
            "listeners",
            TaskBursts.class,
            "OURS_LISTENED_TO",
            List.of("OURS"),
            List.of(),
            cells(
                "tasks",
                "listeners",
                settings("work", "1us"),
                settings("submitters", "1", "4"),
                settings("workers", "2"))));
    modes.add(
        benchmark(
            "tasks",
            "virtualSubmitters",
            VirtualSubmitters.class,
            "OURS",
            FIFO,
            List.of(),
            cells("tasks", "virtualSubmitters", settings("workers", "2", "8"))));
    modes.add(
        measurement(
            "tasks",
            "urgent",
            new UrgentWait(),
            "us at p99.9",
            List.of("TPE_PRIORITY", "TPE_PRIORITY_UNTIED"),
            JVM,
            cells("tasks", "urgent", settings("queued", "10000"), settings("workers", "2"))));
    modes.add(
        measurement(
            "tasks",
            "warmUp",
            new WarmUpTime(),
            "s to 80 % of the steady rate",
            FIFO,
            JVM,
            cells("tasks", "warmUp", settings("submitters", "4"), settings("workers", "2"))));
    modes.add(
        measurement(
            "tasks",
            "coldStart",
            new ColdStart(),
            "ms",
            List.of("TPE", "FJP"),
            List.of(),
            cells("tasks", "coldStart", settings("first", "pool", "1000", "10000"))));
    modes.add(
        measurement(
            "tasks",
            "halfLoad",
            new HalfLoad(),
            "us late at p99",
            FIFO,
            JVM,
            cells("tasks", "halfLoad", settings("on", "platform"), settings("workers", "2", "8"))));
    modes.add(
        measurement(
            "tasks",
            "halfLoad",
            new HalfLoad(),
            "us late at p99",
            VIRTUAL,
            JVM,
            cells("tasks", "halfLoad", settings("on", "virtual"), settings("workers", "2", "8"))));
    modes.add(
        measurement(
            "tasks",
            "queuedMemory",
            new QueuedMemory(),
            "B per queued task",
            FIFO,
            LARGE_JVM,
            cells("tasks", "queuedMemory", settings("queued", "5000000"))));
    modes.add(
        measurement(
            "tasks",
            "idle",
            new IdleCost(),
            "us of CPU per s",
            FIFO,
            JVM,
            cells("tasks", "idle", settings("workers", "8"))));
  }

  private static void bursts(
      List<Mode> modes,
      String name,
      String on,
      List<String> works,
      List<String> peers,
      List<String> besides) {
    modes.add(
        benchmark(
            "tasks",
            name,
            TaskBursts.class,
            "OURS",
            peers,
            besides,
            cells(
                "tasks",
                name,
                settings("on", on),
                settings("work", works.toArray(String[]::new)),
                settings("submitters", "1", "4", "16"),
                settings("workers", "2", "8"))));
  }

  private static void addConnections(List<Mode> modes) {
    List<String> holds = List.of("none", "1us", "100us");
    Map<String, List<String>> hold = Map.of("hold", holds);
    modes.add(
        benchmark(
            "connections",
            "oneLease",
            Borrowing.class,
            "OURS",
            LENDERS,
            List.of("OURS_THROUGHPUT"),
            cells(
                "connections",
                "oneLease",
                hold,
                settings("objects", "1", "10", "50"),
                settings("threads", "1", "2", "8", "32", "256"))));
    // With as many threads as objects, each could hold one and wait forever for another.
    modes.add(
        benchmark(
            "connections",
            "twoLeases",
            Borrowing.class,
            "OURS",
            LENDERS,
            List.of("OURS_THROUGHPUT"),
            cells(
                    "connections",
                    "twoLeases",
                    hold,
                    settings("objects", "10", "50"),
                    settings("threads", "1", "2", "8", "32"))
                .stream()
                .filter(cell -> cell.number("threads") < cell.number("objects"))
                .toList()));
    modes.add(
        benchmark(
            "connections",
            "otherThread",
            Borrowing.class,
            "OURS",
            LENDERS,
            List.of("OURS_THROUGHPUT"),
            cells(
                "connections",
                "otherThread",
                settings("hold", "none"),
                settings("objects", "10", "50"),
                settings("threads", "2", "8", "32"))));
    List<String> virtual = new ArrayList<>(LENDERS);
    virtual.add("STORMPOT_VIRTUAL");
    modes.add(
        benchmark(
            "connections",
            "virtualBorrowers",
            VirtualBorrowers.class,
            "OURS",
            List.copyOf(virtual),
            List.of("OURS_THROUGHPUT"),
            cells("connections", "virtualBorrowers", hold, settings("objects", "50"))));
    modes.add(
        benchmark(
            "connections",
            "async",
            AsyncBorrowing.class,
            "OURS",
            List.of("REACTOR_POOL"),
            List.of(),
            cells(
                "connections",
                "async",
                settings("objects", "10"),
                settings("threads", "1", "2", "8"))));
    for (String name : List.of("asyncInLine", "halfCancelled")) {
      modes.add(
          benchmark(
              "connections",
              name,
              AsyncBorrowing.class,
              "OURS",
              List.of("REACTOR_POOL"),
              List.of(),
              cells(
                  "connections", name, settings("objects", "1", "10"), settings("threads", "1"))));
    }
    modes.add(
        measurement(
            "connections",
            "handOff",
            new HandOff(),
            "us at p99",
            LENDERS,
            JVM,
            cells("connections", "handOff")));
    modes.add(
        measurement(
            "connections",
            "inversions",
            new Inversions(),
            "of 1000 leases",
            LENDERS,
            JVM,
            cells("connections", "inversions")));
    modes.add(coldLease());
  }

  private static Mode coldLease() {
    return new Mode(
        "connections",
        "coldStart",
        null,
        new ColdLease(),
        "ms",
        Better.LOWER,
        "OURS",
        List.of("HIKARI"),
        List.of(),
        List.of(),
        cells("connections", "coldStart", settings("first", "lease")));
  }

  /** More cells of the mode that was added last. */
  private static void addCells(List<Mode> modes, List<Cell> more) {
    Mode last = modes.remove(modes.size() - 1);
    List<Cell> cells = new ArrayList<>(last.cells());
    cells.addAll(more);
    modes.add(last.with(cells));
  }

  /** Whether a peer serves in order. */
  static boolean isFair(String part, String peer) {
    return part.equals("connections")
        && Arrays.stream(ObjectPeer.values())
            .anyMatch(known -> known.name().equals(peer) && known.isFair());
  }

  private static Mode benchmark(
      String part,
      String name,
      Class<?> benchmark,
      String ours,
      List<String> peers,
      List<String> besides,
      List<Cell> cells) {
    return new Mode(
        part,
        name,
        benchmark,
        null,
        part.equals("tasks") ? "tasks/s" : "leases/s",
        Better.HIGHER,
        ours,
        peers,
        besides,
        JVM,
        cells);
  }

  private static Mode measurement(
      String part,
      String name,
      Measurement measurement,
      String unit,
      List<String> peers,
      List<String> jvmArguments,
      List<Cell> cells) {
    return new Mode(
        part,
        name,
        null,
        measurement,
        unit,
        Better.LOWER,
        "OURS",
        peers,
        part.equals("connections") ? List.of("OURS_THROUGHPUT") : List.of(),
        jvmArguments,
        cells);
  }

  private static Map<String, List<String>> settings(String name, String... values) {
    return Map.of(name, List.of(values));
  }

  /** One cell for each combination, the first setting changing slowest. */
  @SafeVarargs
  private static List<Cell> cells(String part, String mode, Map<String, List<String>>... settings) {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Map<String, List<String>> setting : settings) {
      Map.Entry<String, List<String>> entry = setting.entrySet().iterator().next();
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> combination : combinations) {
        for (String value : entry.getValue()) {
          Map<String, String> with = new LinkedHashMap<>(combination);
          with.put(entry.getKey(), value);
          longer.add(with);
        }
      }
      combinations = longer;
    }
    return combinations.stream().map(combination -> new Cell(part, mode, combination)).toList();
  }
}
