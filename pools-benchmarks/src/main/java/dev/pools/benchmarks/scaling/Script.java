package dev.pools.benchmarks.scaling;

import java.util.List;

/**
 * Which tasks are to be done, one after the other.
 *
 * @param title for people
 * @param phases each is done for the same time
 */
record Script(String title, List<Task> phases) {

  static final List<Script> ALL =
      List.of(
          new Script("CPU-bound", List.of(Task.COMPUTING)),
          new Script("50 ms waits", List.of(Task.WAITING)),
          new Script("switching", List.of(Task.COMPUTING, Task.WAITING, Task.COMPUTING)));

  static Script of(Task task) {
    return new Script(task.name(), List.of(task));
  }

  boolean switches() {
    return phases.size() > 1;
  }
}
