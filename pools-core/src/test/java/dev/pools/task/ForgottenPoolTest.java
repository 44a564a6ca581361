package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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
}
