package dev.pools.task;

import java.util.List;

/** What the stack of a thread says about the task that it runs. */
final class RunStack {

  /** So many frames tell what a thread does; a recursion may have many more. */
  private static final int MOST_FRAMES = 200;

  private RunStack() {}

  /** The stack of a thread, its innermost frames if there are very many; empty if it has ended. */
  static List<StackTraceElement> of(Thread thread) {
    StackTraceElement[] all = thread.getStackTrace();
    return List.of(all).subList(0, Math.min(all.length, MOST_FRAMES));
  }

  /**
   * In which method the function of the running task has begun: the first that is neither the
   * pool's nor the JDK's, or else the first that is not the pool's.
   */
  static String beginning(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    int first = frames.length - 1;
    while (first >= 0 && !callsFunction(frames[first])) {
      first--;
    }
    if (first <= 0) {
      return "a task";
    }
    for (int i = first - 1; i >= 0; i--) {
      String type = frames[i].getClassName();
      if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
        return method(frames[i]);
      }
    }
    return method(frames[first - 1]);
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
