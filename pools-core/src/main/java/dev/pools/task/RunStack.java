package dev.pools.task;

import dev.pools.Binding;
import dev.pools.internal.Faults;
import dev.pools.internal.ThreadKind;
import dev.pools.map.MapExecutor;
import java.util.List;

/** What the stack of a thread says about the task that it runs. */
final class RunStack {

  /** How many frames are shown at most; a recursion may have many more. */
  private static final int MOST_FRAMES = 200;

  /** What a task is called whose function is not known. */
  private static final String UNKNOWN = "a task";

  private static final String ROOT = Binding.class.getPackageName();
  private static final String MAPS = MapExecutor.class.getPackageName().concat(".");

  private RunStack() {}

  /**
   * The stack of a thread, its innermost frames if there are very many; empty if it has ended, or
   * does not tell.
   */
  static List<StackTraceElement> of(String pool, Thread thread) {
    if (!ThreadKind.tellsWhatItDoes(thread)) {
      return List.of();
    }
    try {
      List<StackTraceElement> all = List.of(thread.getStackTrace());
      return all.subList(0, Math.min(all.size(), MOST_FRAMES));
    } catch (Throwable fault) {
      // A deep stack takes much memory. What is decided about the run must not depend on it.
      warnOfNoStack(pool, thread, fault);
      return List.of();
    }
  }

  /**
   * In which method the function of the running task has begun: the first that is neither the
   * pool's nor the JDK's, or else the first that is not the pool's.
   */
  static String beginning(String pool, Thread thread) {
    if (!ThreadKind.tellsWhatItDoes(thread)) {
      return UNKNOWN;
    }
    try {
      return beginning(thread.getStackTrace());
    } catch (Throwable fault) {
      // As in of.
      warnOfNoStack(pool, thread, fault);
      return UNKNOWN;
    }
  }

  private static void warnOfNoStack(String pool, Thread thread, Throwable fault) {
    Faults.warn(
        RunStack.class,
        fault,
        "Pool '{}': the stack of thread '{}' could not be read, so the report has no stack",
        pool,
        thread.getName());
  }

  private static String beginning(StackTraceElement[] frames) {
    int first = frames.length - 1;
    while (first >= 0 && !callsFunction(frames[first])) {
      first--;
    }
    if (first <= 0) {
      return UNKNOWN;
    }
    for (int i = first - 1; i >= 0; i--) {
      String type = frames[i].getClassName();
      if (!isOfPoolOrJdk(type)) {
        return method(frames[i]);
      }
    }
    return method(frames[first - 1]);
  }

  /** Frames of the pool lie between the task and the function if it is an element of a map. */
  private static boolean isOfPoolOrJdk(String type) {
    return type.startsWith("java.")
        || type.startsWith("jdk.")
        || type.startsWith("sun.")
        || type.startsWith(MAPS)
        || (type.startsWith(ROOT) && type.lastIndexOf('.') == ROOT.length());
  }

  private static boolean callsFunction(StackTraceElement frame) {
    String type = frame.getClassName();
    String method = frame.getMethodName();
    return (type.equals(PoolTask.class.getName()) && method.equals("call"))
        || (type.equals(TaskRunner.class.getName()) && method.equals("runBare"));
  }

  private static String method(StackTraceElement frame) {
    String type = frame.getClassName();
    int address = type.indexOf('/');
    return (address < 0 ? type : type.substring(0, address)) + "." + frame.getMethodName();
  }
}
