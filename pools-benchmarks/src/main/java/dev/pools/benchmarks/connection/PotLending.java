package dev.pools.benchmarks.connection;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.time.Duration;

/**
 * Stormpot, which is compiled for JDK 21, while this is compiled for 17: so it is called through
 * constant method handles, which the compiler sees through as through calls.
 */
final class PotLending extends Lending<Object> {

  /** Which of its taps is used. */
  enum Tap {
    /** The pool itself. */
    THREADS,
    /** That for virtual threads. */
    VIRTUAL_THREADS
  }

  private static final MethodHandle CLAIM;
  private static final MethodHandle RELEASE;
  private static final MethodHandle NEW_POOLABLE;
  private static final Object TIMEOUT;

  static {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      Class<?> poolable = Class.forName("stormpot.Poolable");
      Class<?> base = Class.forName("stormpot.BasePoolable");
      Class<?> slot = Class.forName("stormpot.Slot");
      Class<?> timeout = Class.forName("stormpot.Timeout");
      CLAIM =
          lookup
              .findVirtual(
                  Class.forName("stormpot.PoolTap"),
                  "claim",
                  MethodType.methodType(poolable, timeout))
              .asType(MethodType.methodType(Object.class, Object.class, Object.class));
      RELEASE =
          lookup
              .findVirtual(poolable, "release", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      NEW_POOLABLE = lookup.findConstructor(base, MethodType.methodType(void.class, slot));
      TIMEOUT = timeout.getConstructor(Duration.class).newInstance(Duration.ofMinutes(1));
    } catch (ReflectiveOperationException other) {
      throw new IllegalStateException("This is another Stormpot.", other);
    }
  }

  private final Object pool;
  private final Object tap;

  PotLending(int objects, Tap tap) throws ReflectiveOperationException {
    Class<?> allocator = Class.forName("stormpot.Allocator");
    Class<?> builder = Class.forName("stormpot.PoolBuilder");
    Class<?> type = Class.forName("stormpot.Pool");
    Object allocating =
        Proxy.newProxyInstance(
            allocator.getClassLoader(),
            new Class<?>[] {allocator},
            (proxy, method, arguments) ->
                method.getName().equals("allocate") ? NEW_POOLABLE.invoke(arguments[0]) : null);
    Object sized =
        builder
            .getMethod("setSize", long.class)
            .invoke(type.getMethod("fromThreaded", allocator).invoke(null, allocating), objects);
    pool = builder.getMethod("build").invoke(sized);
    this.tap = tap == Tap.THREADS ? pool : type.getMethod("getVirtualThreadSafeTap").invoke(pool);
  }

  @Override
  Object take() throws Exception {
    Object claimed;
    try {
      claimed = (Object) CLAIM.invokeExact(tap, TIMEOUT);
    } catch (Throwable refused) {
      throw refused instanceof Exception exception ? exception : new IllegalStateException(refused);
    }
    if (claimed == null) {
      throw new IllegalStateException("Nothing came in a minute.");
    }
    return claimed;
  }

  @Override
  void give(Object lease) {
    try {
      RELEASE.invokeExact(lease);
    } catch (Throwable refused) {
      throw new IllegalStateException(refused);
    }
  }

  @Override
  void end() throws ReflectiveOperationException {
    Class.forName("stormpot.Pool").getMethod("shutdown").invoke(pool);
  }
}
