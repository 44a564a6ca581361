package dev.pools.boot.alarm;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.CountDownLatch;

/** A channel that a thread waits in. An interrupt of the thread closes it, which hangs. */
final class SlowChannel extends AbstractInterruptibleChannel {

  final CountDownLatch entered = new CountDownLatch(1);
  final CountDownLatch closing = new CountDownLatch(1);
  final CountDownLatch goesOn = new CountDownLatch(1);

  void read() {
    begin();
    entered.countDown();
    awaitLatch(goesOn);
    try {
      end(/* completed= */ false);
    } catch (AsynchronousCloseException closed) {
      // As it must be.
    }
  }

  @Override
  protected void implCloseChannel() {
    closing.countDown();
    awaitLatch(goesOn);
  }

  private static void awaitLatch(CountDownLatch latch) {
    boolean waits = true;
    while (waits) {
      try {
        latch.await();
        waits = false;
      } catch (InterruptedException e) {
        // Until it is let go.
      }
    }
  }
}
