package dev.pools.advice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** How many elements of a map may be underway, as its records show. */
final class MapWindow {

  /** Its input was what limited it. */
  static final int UNKNOWN = -1;

  private static final int SMALLEST = 2;

  private MapWindow() {}

  /** The window that a map chooses for itself in a pool with so many workers. */
  private static int automatic(int workers) {
    return Math.max(SMALLEST, 2 * workers);
  }

  /**
   * The window with another number of workers.
   *
   * @param elements in the order of their arrival
   */
  static int of(List<TaskRecord> elements, int workersThen, int workers) {
    int most = mostUnderway(elements);
    if (most == elements.size()) {
      // All came at once: an input that is shorter than the window, or whose window is larger.
      return most <= automatic(workersThen) ? automatic(workers) : most;
    }
    if (most == automatic(workersThen)) {
      return automatic(workers);
    }
    return keepsFull(elements, most) ? most : UNKNOWN;
  }

  private static int mostUnderway(List<TaskRecord> elements) {
    PriorityQueue<Long> ends = new PriorityQueue<>(Comparator.naturalOrder());
    int most = 0;
    for (TaskRecord element : elements) {
      while (!ends.isEmpty() && ends.peek() <= element.arrivalNanos()) {
        ends.remove();
      }
      ends.add(element.endNanos());
      most = Math.max(most, ends.size());
    }
    return most;
  }

  /** Whether most elements came when the window had a free place, and not later. */
  private static boolean keepsFull(List<TaskRecord> elements, int window) {
    List<Long> pauses = new ArrayList<>();
    PriorityQueue<Long> ends = new PriorityQueue<>(Comparator.naturalOrder());
    for (TaskRecord element : elements) {
      if (ends.size() == window) {
        pauses.add(element.arrivalNanos() - ends.remove());
      }
      ends.add(element.endNanos());
    }
    pauses.sort(Comparator.naturalOrder());
    long meanService =
        elements.stream().mapToLong(TaskRecord::serviceNanos).sum() / elements.size();
    return !pauses.isEmpty() && pauses.get(pauses.size() / 2) <= meanService / 10;
  }
}
