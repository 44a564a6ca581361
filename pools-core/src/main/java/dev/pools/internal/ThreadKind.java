package dev.pools.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Tells what kind of thread a thread is, and by which id and name a pool knows it. */
public final class ThreadKind {

  private static final boolean NEVER_VIRTUAL = Runtime.version().feature() < 21;

  /** By this type the JDK itself tells virtual threads; null before JDK 21, or if it has moved. */
  private static final @Nullable Class<?> VIRTUAL = virtualType();

  /** A class of its own, because the first method handle of a JVM is expensive. */
  private static final class ByHandle {

    static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

    private ByHandle() {}

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

  /** The id of a thread whose class answers for it; see {@link #uniqueId}. */
  public static final long NO_ID = 0;

  /** Whether the threads of a class answer with the ids that the JVM has given to them. */
  private static final ClassValue<Boolean> HAS_UNIQUE_IDS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isOfTheJdk(type, "getId");
        }
      };

  /**
   * Whether the threads of a class leave it to the JDK to tell what they do. A class of its own,
   * because the first pool of a JVM does not need it.
   */
  private static final class Telling extends ClassValue<Boolean> {

    @Override
    protected Boolean computeValue(Class<?> type) {
      return isOfTheJdk(type, "getState") && isOfTheJdk(type, "getStackTrace");
    }
  }

  /** Created when first needed; two threads may create one each. */
  private static volatile @Nullable Telling telling;

  private ThreadKind() {}

  private static boolean isOfTheJdk(Class<?> type, String method) {
    try {
      return type.getMethod(method).getDeclaringClass().getClassLoader() == null;
    } catch (ReflectiveOperationException | LinkageError unknown) {
      // As where a class is missing that another method of this one names.
      return false;
    }
  }

  /**
   * Whether its state and its stack can be asked for. Not if its class overrides {@link
   * Thread#getState} or {@link Thread#getStackTrace}, because then the answer may never come.
   */
  public static boolean tellsWhatItDoes(Thread thread) {
    Telling present = telling;
    if (present == null) {
      present = new Telling();
      telling = present;
    }
    return present.get(thread.getClass());
  }

  /**
   * The thread's id, which no other thread has or will have; positive. {@link #NO_ID} if its class
   * overrides {@link Thread#getId}, because then it may answer anything.
   */
  public static long uniqueId(Thread thread) {
    Class<?> type = thread.getClass();
    return type == Thread.class || type == PoolThreads.OwnedThread.class || HAS_UNIQUE_IDS.get(type)
        ? thread.getId()
        : NO_ID;
  }

  /** Whether it is virtual: a virtual thread that waits must leave its carrier to others. */
  public static boolean isVirtual(Thread thread) {
    if (VIRTUAL != null) {
      return VIRTUAL.isInstance(thread);
    }
    if (NEVER_VIRTUAL) {
      return false;
    }
    try {
      MethodHandle isVirtual = ByHandle.IS_VIRTUAL;
      return isVirtual != null && (boolean) isVirtual.invokeExact(thread);
    } catch (Throwable never) {
      return false;
    }
  }

  private static @Nullable Class<?> virtualType() {
    try {
      return NEVER_VIRTUAL ? null : Class.forName("java.lang.BaseVirtualThread");
    } catch (ClassNotFoundException moved) {
      return null;
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
}
