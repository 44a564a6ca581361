package dev.pools.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** What kind of thread one is. */
public final class ThreadKind {

  private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

  private ThreadKind() {}

  /** Whether it is a virtual one: those that wait must leave their carrier to others. */
  public static boolean isVirtual(Thread thread) {
    try {
      return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
    } catch (Throwable never) {
      return false;
    }
  }

  /**
   * What a thread is called in a report: its name, or {@code virtual-<id>} or {@code thread-<id>}
   * if it has none, as most virtual threads.
   */
  public static String nameOf(Thread thread) {
    String name = thread.getName();
    return name.isEmpty() ? (isVirtual(thread) ? "virtual-" : "thread-") + thread.getId() : name;
  }

  /** {@code Thread.isVirtual}, from JDK 21 on. */
  private static @Nullable MethodHandle isVirtual() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException missing) {
      return null;
    }
  }
}
