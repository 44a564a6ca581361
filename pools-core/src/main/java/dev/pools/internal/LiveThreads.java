package dev.pools.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The threads of this JVM that have started and not ended, without virtual threads. Not to be asked
 * under a lock: a user's class of threads may answer for itself.
 */
public final class LiveThreads {

  private LiveThreads() {}

  /** All of them. */
  public static List<Thread> all() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    if (root == null) {
      return List.of();
    }
    for (ThreadGroup parent = root.getParent(); parent != null; parent = root.getParent()) {
      root = parent;
    }
    Thread[] threads = new Thread[2 * root.activeCount() + 16];
    int found = root.enumerate(threads);
    return Arrays.asList(threads).subList(0, found);
  }

  /** The name of the thread with this id, if it lives; otherwise {@code thread-<id>}. */
  public static String nameOf(long id) {
    for (Thread thread : all()) {
      try {
        if (thread.getId() == id) {
          return thread.getName();
        }
      } catch (RuntimeException faultyClassOfThreads) {
        // Then it is called by its id.
      }
    }
    return "thread-" + id;
  }

  /** The names of all, by their ids. */
  public static Map<Long, String> names() {
    Map<Long, String> names = new HashMap<>();
    for (Thread thread : all()) {
      try {
        names.put(thread.getId(), thread.getName());
      } catch (RuntimeException faultyClassOfThreads) {
        // Then it is called by its id.
      }
    }
    return names;
  }
}
