package dev.pools.advice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Where the tasks of a sample come from: the maps, the closed callers, and the open tasks.
 *
 * @param open in the order of their arrival
 * @param callers the tasks of each closed caller, in the order of their arrival
 * @param maps the elements of each map, in the order of their arrival
 */
record Sources(List<TaskRecord> open, List<List<TaskRecord>> callers, List<List<TaskRecord>> maps) {

  static Sources of(Sample sample) {
    List<TaskRecord> open = new ArrayList<>();
    Map<Integer, List<TaskRecord>> byCaller = new LinkedHashMap<>();
    Map<Integer, List<TaskRecord>> maps = new LinkedHashMap<>();
    for (TaskRecord task : sample.tasks()) {
      if (sample.step() > 1) {
        // What a caller or a map did between two tasks of a thinned sample is not known.
        open.add(task);
      } else if (task.map() != 0) {
        maps.computeIfAbsent(task.map(), map -> new ArrayList<>()).add(task);
      } else if (task.caller() != 0) {
        byCaller.computeIfAbsent(task.caller(), caller -> new ArrayList<>()).add(task);
      } else {
        open.add(task);
      }
    }
    List<List<TaskRecord>> closed = ClosedCallers.among(byCaller.values(), sample);
    closed.forEach(tasks -> byCaller.remove(tasks.get(0).caller()));
    byCaller.values().forEach(open::addAll);
    open.sort((a, b) -> Long.signum(a.arrivalNanos() - b.arrivalNanos()));
    return new Sources(open, closed, List.copyOf(maps.values()));
  }

  /**
   * The open tasks with those that a thinned sample has left out: in between two recorded ones at
   * random times, and like tasks nearby.
   */
  static List<TaskRecord> filled(List<TaskRecord> recorded, int step, RandomGenerator random) {
    if (step == 1) {
      return recorded;
    }
    List<TaskRecord> all = new ArrayList<>(recorded.size() * step);
    for (int i = 0; i < recorded.size(); i++) {
      TaskRecord task = recorded.get(i);
      all.add(task);
      if (i + 1 < recorded.size()) {
        long gap = recorded.get(i + 1).arrivalNanos() - task.arrivalNanos();
        for (int n = 1; n < step; n++) {
          TaskRecord like = recorded.get(i + random.nextInt(2));
          long arrival = task.arrivalNanos() + (gap == 0 ? 0 : random.nextLong(gap));
          all.add(
              new TaskRecord(
                  arrival, 0, 0, like.priority(), TaskRecord.End.WAITING, 0, like.map(), 0));
        }
      }
    }
    all.sort((a, b) -> Long.signum(a.arrivalNanos() - b.arrivalNanos()));
    return all;
  }
}
