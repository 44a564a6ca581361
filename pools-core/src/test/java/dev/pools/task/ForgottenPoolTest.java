package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.pools.ChildJvm;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ForgottenPoolTest {

  private static boolean collected(WeakReference<?> reference) {
    System.gc();
    return reference.get() == null;
  }

  @Test
  void threadsOfAForgottenPool_endAfterItsTasks() {
    AtomicReference<Thread> worker = new AtomicReference<>();
    Gate gate = new Gate();
    AdvancedPool pool = AdvancedPool.builder().maxWorkers(1).build();
    pool.execute(() -> worker.set(Thread.currentThread()));
    pool.execute(gate);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    gate.awaitEntered();
    WeakReference<AdvancedPool> forgotten = new WeakReference<>(pool);
    pool = null;

    await().until(() -> collected(forgotten));
    gate.open();

    await().until(() -> !worker.get().isAlive());
    assertThat(queued).isCompletedWithValue(1);
  }

  @Test
  void resultOfAMapThatIsKept_doesNotKeepThePool() {
    AdvancedPool pool = AdvancedPool.builder().maxWorkers(1).build();
    CompletableFuture<List<Integer>> result = pool.map(x -> x, List.of(1, 2, 3));
    result.join();
    WeakReference<AdvancedPool> forgotten = new WeakReference<>(pool);
    pool = null;

    await().until(() -> collected(forgotten));

    assertThat(result).isCompletedWithValue(List.of(1, 2, 3));
  }

  @Test
  void aPoolThatOnlyItsOwnRunningTaskHoldsGoesOn() {
    AdvancedPool pool = AdvancedPool.builder().maxWorkers(2).build();
    WeakReference<AdvancedPool> held = new WeakReference<>(pool);
    CompletableFuture<Integer> result = submitHolder(pool, new Gate());
    pool = null;

    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThat(held.get()).isNotNull();
    }
    Gate gate = LAST_GATE.get();
    gate.open();

    assertThat(result.join()).isEqualTo(1);
    await().until(() -> collected(held));
  }

  private static final AtomicReference<Gate> LAST_GATE = new AtomicReference<>();

  private static CompletableFuture<Integer> submitHolder(AdvancedPool pool, Gate gate) {
    LAST_GATE.set(gate);
    CompletableFuture<Integer> result =
        pool.submit(
            () -> {
              gate.call();
              return pool.submit(() -> 1).join();
            });
    gate.awaitEntered();
    return result;
  }

  /** The thread that ends forgotten pools must not run their users' code. */
  @Test
  void aBlockingCallbackOfOneForgottenPoolDoesNotHoldUpTheNext() {
    CountDownLatch block = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    AtomicReference<Thread> worker = new AtomicReference<>();
    WeakReference<AdvancedPool> first = forgetWithCallback(block, blocked);
    await().until(() -> collected(first));
    await().until(() -> blocked.getCount() == 0);

    WeakReference<AdvancedPool> second = forgetWithWorker(worker);

    await().until(() -> collected(second));
    await().until(() -> !worker.get().isAlive());
    block.countDown();
  }

  private static WeakReference<AdvancedPool> forgetWithCallback(
      CountDownLatch block, CountDownLatch blocked) {
    AdvancedPool pool = AdvancedPool.builder().minWorkers(0).build();
    pool.join()
        .thenRun(
            () -> {
              blocked.countDown();
              try {
                block.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return new WeakReference<>(pool);
  }

  private static WeakReference<AdvancedPool> forgetWithWorker(AtomicReference<Thread> worker) {
    AdvancedPool pool = AdvancedPool.builder().minWorkers(1).build();
    pool.submit(() -> worker.set(Thread.currentThread())).join();
    return new WeakReference<>(pool);
  }

  // ---- While it is called

  /** The door's own methods; each that reads a field may be the last use of the pool. */
  @Test
  void eachMethodOfTheDoorKeepsThePoolUntilItReturns() {
    List<String> walked = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (JavaClass door :
        new ClassFileImporter()
            .importClasses(AdvancedPool.class, MappingPool.class, SubmittingPool.class)) {
      for (JavaMethod method : door.getMethods()) {
        if (method.getModifiers().contains(JavaModifier.PUBLIC)
            && !method.getModifiers().contains(JavaModifier.STATIC)
            && !method.getFieldAccesses().isEmpty()) {
          walked.add(method.getName());
          if (method.getMethodCallsFromSelf().stream()
              .noneMatch(
                  call ->
                      call.getTargetOwner().isEquivalentTo(Reference.class)
                          || call.getTargetOwner().equals(door))) {
            without.add(method.getName());
          }
        }
      }
    }
    assertThat(without).as("these read options only").containsOnly("name", "queueCapacity");
    assertThat(walked).hasSizeGreaterThan(20);
  }

  /** A program that refers to pools only by the calls of their methods. */
  static final class CalledOnly {

    private static final int TASKS = 50_000;

    private CalledOnly() {}

    public static void main(String[] arguments) throws Exception {
      Thread collector =
          new Thread(
              () -> {
                while (true) {
                  System.gc();
                  Thread.yield();
                }
              });
      collector.setDaemon(true);
      collector.start();
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        tasks.add(() -> 1);
      }
      for (int i = 0; i < 4; i++) {
        AdvancedPool.builder()
            .maxWorkers(1)
            .threads(WorkerThreads.daemon())
            .build()
            .invokeAll(tasks);
      }
      System.exit(0);
    }
  }

  /** Compiled code does not keep an object any longer than it is used. */
  @Test
  @Tag("heavy")
  void aPoolThatIsOnlyCalledRunsAllTasksOfTheCall() throws Exception {
    List<String> options =
        List.of(
            "-Xcomp",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=compileonly,dev.pools.task.*::*");

    ChildJvm.Ended ended = ChildJvm.run(CalledOnly.class, Duration.ofMinutes(2), options);

    assertThat(ended.exitValue()).as("%s", ended.lines()).isZero();
  }
}
