package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ThreadKindTest {

  @Test
  void aThreadIsCalledByItsName() {
    assertThat(ThreadKind.nameOf(new Thread("printer"))).isEqualTo("printer");
  }

  @Test
  void aThreadWithoutANameIsCalledByItsNumber() {
    Thread nameless = new Thread("");

    assertThat(ThreadKind.nameOf(nameless)).isEqualTo("thread-" + nameless.getId());
  }

  @Test
  void aVirtualThreadWithoutANameIsCalledVirtual() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21);
    Thread virtual =
        (Thread)
            Thread.class
                .getMethod("startVirtualThread", Runnable.class)
                .invoke(null, (Runnable) () -> {});

    assertThat(ThreadKind.nameOf(virtual)).isEqualTo("virtual-" + virtual.getId());
  }
}
