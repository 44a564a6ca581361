package dev.pools.internal;

import java.lang.reflect.Constructor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What the module {@code dev.pools.test} may do with a builder, and users may not. Each package of
 * a pool has an implementation that only its package can see. A program without tests loads none of
 * them.
 */
public interface TestAccess {

  /**
   * A thread that a worker wants to start, and that the test starts.
   *
   * @param thread runs at most one task; not started
   * @param taken how many tasks the worker of the thread has taken in its life
   * @param begun whether the time of the run of the last of them is measured and watched, or it has
   *     ended; also if it has taken none
   */
  record Turn(Thread thread, LongSupplier taken, BooleanSupplier begun) {}

  /** Replaces the time of the pools that a builder builds. */
  void useTime(Object builder, Time time);

  /**
   * Lets a test start the threads of the pools that a builder builds.
   *
   * @param turns gets each thread instead of its start, on the thread that would have started it
   * @throws UnsupportedOperationException if the pool runs no tasks
   */
  void useTurns(Object builder, Consumer<? super Turn> turns);

  /** Access to an {@code AdvancedPoolBuilder}. */
  static TestAccess ofTasks() {
    return load("dev.pools.task.TaskPoolAccess");
  }

  /** Access to a {@code ConnectionPoolBuilder}. */
  static TestAccess ofConnections() {
    return load("dev.pools.connection.ConnectionPoolAccess");
  }

  /** By name, because this package must know neither pool. */
  private static TestAccess load(String type) {
    try {
      Constructor<?> constructor = Class.forName(type).getDeclaredConstructor();
      constructor.setAccessible(true);
      return (TestAccess) constructor.newInstance();
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException(
          "pools-core has no class " + type + ". Use pools-test and pools-core of one version.",
          missing);
    }
  }
}
