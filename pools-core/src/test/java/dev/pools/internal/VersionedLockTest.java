package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VersionedLockTest {

  private final VersionedLock lock = new VersionedLock();

  private void write() {
    lock.lock();
    lock.unlock();
  }

  @Test
  void readerThatIsDisturbed_readsAgain() {
    AtomicInteger readings = new AtomicInteger();

    int last =
        lock.read(
            () -> {
              if (readings.incrementAndGet() < 3) {
                write();
              }
              return readings.get();
            });

    assertThat(last).isEqualTo(3);
  }

  @Test
  void readerThatIsAlwaysDisturbed_keepsWritersAway() {
    AtomicInteger readings = new AtomicInteger();

    boolean alone =
        lock.read(
            () -> {
              assertThat(readings.incrementAndGet()).as("readings").isLessThan(10_000);
              boolean held = lock.isHeldByCurrentThread();
              if (!held) {
                write();
              }
              return held;
            });

    assertThat(alone).isTrue();
    assertThat(lock.isHeldByCurrentThread()).isFalse();
    write();
  }
}
