package dev.pools.advice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the callers that wait for each of their tasks before they submit the next one, and would
 * submit it sooner or later if tasks took less or more time.
 *
 * <p>That the tasks of a caller never overlap does not suffice. The threads of a web server also
 * wait for their tasks, but requests arrive however long those take, and another thread serves
 * them. So the callers are judged together: closed callers submit the less often the more of them
 * have a task in the pool, at a rate in proportion to those that have none. The likelihood of the
 * recorded arrivals under this law is compared with that under a constant rate.
 *
 * <p>A thread that submits tasks at fixed times, and does not wait for them, shows by its gaps:
 * they do not grow with the time that its tasks take.
 */
final class ClosedCallers {

  /** A caller with fewer tasks says nothing. */
  private static final int LEAST_TASKS = 5;

  /** The pool notes the end of a task a little after its caller learns of it. */
  private static final long SLACK_NANOS = 100_000;

  /** A caller that is outside for less of its time submits at once. */
  private static final double ALWAYS_INSIDE = 0.97;

  /** A caller that is inside for less of its time may as well be an open one. */
  private static final double HARDLY_INSIDE = 0.01;

  /** Callers whose shares differ by more may be of two kinds. */
  private static final double OF_ONE_KIND = 3;

  /** How much likelier closed callers must be, as a logarithm. */
  private static final double EVIDENCE = 5;

  private static final double STANDARD_ERRORS = 3;

  private record Candidate(List<TaskRecord> tasks, double insideShare) {}

  private ClosedCallers() {}

  /** The tasks of each closed caller. */
  static List<List<TaskRecord>> among(Collection<List<TaskRecord>> callers, Sample sample) {
    List<Candidate> closed = new ArrayList<>();
    List<Candidate> doubtful = new ArrayList<>();
    for (List<TaskRecord> tasks : callers) {
      if (tasks.size() >= LEAST_TASKS && neverOverlap(tasks)) {
        double share = insideShare(tasks);
        if (share > ALWAYS_INSIDE) {
          closed.add(new Candidate(tasks, share));
        } else if (share > HARDLY_INSIDE) {
          doubtful.add(new Candidate(tasks, share));
        }
      }
    }
    doubtful.sort(Comparator.comparingDouble(Candidate::insideShare));
    closed.addAll(closedOf(doubtful, sample));
    return closed.stream().map(Candidate::tasks).toList();
  }

  /**
   * Whether a thinned sample has callers that may be closed: few, with tasks that never overlap.
   */
  static boolean mayBeAmong(Sample sample) {
    Map<Integer, List<TaskRecord>> byCaller = new HashMap<>();
    for (TaskRecord task : sample.tasks()) {
      if (task.caller() != 0 && task.map() == 0) {
        byCaller.computeIfAbsent(task.caller(), caller -> new ArrayList<>()).add(task);
      }
    }
    long suspect = 0;
    for (List<TaskRecord> tasks : byCaller.values()) {
      boolean overlaps = tasks.size() < LEAST_TASKS || !neverOverlap(tasks);
      if (!overlaps && insideShare(tasks) * sample.step() > HARDLY_INSIDE) {
        suspect += tasks.size();
      }
    }
    return suspect > sample.tasks().size() / 10;
  }

  private static List<Candidate> closedOf(List<Candidate> group, Sample sample) {
    if (group.isEmpty() || !areClosed(group, sample)) {
      return List.of();
    }
    double least = group.get(0).insideShare;
    double most = group.get(group.size() - 1).insideShare;
    if (most > OF_ONE_KIND * least) {
      double middle = Math.sqrt(least * most);
      List<Candidate> lower = group.stream().filter(c -> c.insideShare <= middle).toList();
      if (!areClosed(lower, sample)) {
        return closedOf(group.subList(lower.size(), group.size()), sample);
      }
    }
    return group;
  }

  private static boolean neverOverlap(List<TaskRecord> tasks) {
    for (int i = 1; i < tasks.size(); i++) {
      long end = tasks.get(i - 1).endNanos();
      if (end == Long.MAX_VALUE || tasks.get(i).arrivalNanos() - end < -SLACK_NANOS) {
        return false;
      }
    }
    return true;
  }

  private static double insideShare(List<TaskRecord> tasks) {
    TaskRecord last = tasks.get(tasks.size() - 1);
    long span = last.arrivalNanos() - tasks.get(0).arrivalNanos();
    long inside = 0;
    for (TaskRecord task : tasks.subList(0, tasks.size() - 1)) {
      inside += task.endNanos() - task.arrivalNanos();
    }
    return span == 0 ? 1 : (double) inside / span;
  }

  // ---- Together

  private static boolean areClosed(List<Candidate> group, Sample sample) {
    return logLikelihoodRatio(group, sample) > EVIDENCE && !gapsIgnoreTasks(group);
  }

  /** Of the arrivals: closed callers against callers with a constant rate. */
  private static double logLikelihoodRatio(List<Candidate> group, Sample sample) {
    List<TaskRecord> tasks = new ArrayList<>();
    group.forEach(candidate -> tasks.addAll(candidate.tasks));
    long from = sample.fromNanos();
    tasks.sort(Comparator.comparingLong(task -> task.arrivalNanos() - from));
    long[] ends =
        tasks.stream().mapToLong(task -> Math.min(task.endNanos(), sample.toNanos())).toArray();
    Arrays.sort(ends);
    int callers = group.size();
    int inside = 0;
    int ended = 0;
    double logs = 0;
    double outsideTime = 0;
    long at = tasks.get(0).arrivalNanos();
    long start = at;
    for (TaskRecord task : tasks) {
      while (ended < ends.length && ends[ended] <= task.arrivalNanos()) {
        outsideTime += (double) Math.max(0, callers - inside) * (ends[ended] - at);
        at = Math.max(at, ends[ended]);
        inside--;
        ended++;
      }
      outsideTime += (double) Math.max(0, callers - inside) * (task.arrivalNanos() - at);
      at = task.arrivalNanos();
      logs += Math.log(Math.max(1, callers - inside));
      inside++;
    }
    double meanOutside = Math.max(1e-3, outsideTime / Math.max(1, at - start));
    return logs - tasks.size() * Math.log(meanOutside);
  }

  /**
   * Whether the time from one arrival of a caller to its next one grows clearly less than the time
   * that its task took.
   */
  private static boolean gapsIgnoreTasks(List<Candidate> group) {
    Slope slope = new Slope();
    int caller = 0;
    for (Candidate candidate : group) {
      List<TaskRecord> tasks = candidate.tasks;
      for (int i = 1; i < tasks.size(); i++) {
        TaskRecord task = tasks.get(i - 1);
        double response = (double) (task.endNanos() - task.arrivalNanos());
        double gap = (double) (tasks.get(i).arrivalNanos() - task.arrivalNanos());
        slope.add(caller, response, gap);
      }
      caller++;
    }
    Slope.Line line = slope.line();
    return line != null && line.slope() + STANDARD_ERRORS * line.error() < 1 - 1e-3;
  }
}
