package dev.pools.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** What kind of thread one is. */
public final class ThreadKind {

  private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

  /** The id of a thread whose class answers for it; see {@link #uniqueId}. */
  public static final long NO_ID = 0;

  /** Whether the threads of a class answer with the ids that the JVM has given to them. */
  private static final ClassValue<Boolean> HAS_UNIQUE_IDS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          try {
            return type.getMethod("getId").getDeclaringClass() == Thread.class;
          } catch (NoSuchMethodException impossible) {
            return false;
          }
        }
      };

  private ThreadKind() {}

  /**
   * The thread's id, which no other thread has or will have; positive. {@link #NO_ID} if its class
   * overrides {@link Thread#getId}, because then it may answer anything.
   */
  public static long uniqueId(Thread thread) {
    Class<?> type = thread.getClass();
    return type == Thread.class || HAS_UNIQUE_IDS.get(type) ? thread.getId() : NO_ID;
  }

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
