package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The equals and hashCode of arguments concern the caller that brings them, and no other. */
class ArgumentsUnderLockTest extends ConnectionTestBase {

  private volatile boolean fails;
  private volatile CountDownLatch entered = new CountDownLatch(1);
  private volatile CountDownLatch released = new CountDownLatch(0);

  /** An argument whose equals fails, or waits, as the test says. */
  private final class Key {
    private final int number;

    Key(int number) {
      this.number = number;
    }

    @Override
    public boolean equals(Object other) {
      if (fails) {
        throw new IllegalStateException("equals of " + number);
      }
      entered.countDown();
      try {
        if (!released.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("not released");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return other instanceof Key key && key.number == number;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  private ConnectionPool<FakeConnection> same(int max) {
    return build(builder().maxSize(max).argumentMatching(ArgumentMatching.SAME));
  }

  private Arguments key(int number) {
    return Arguments.of(new Key(number));
  }

  @Test
  void aCallerWhoseEqualsFailsIsToldAndLeavesNothingInLine() throws Exception {
    ConnectionPool<FakeConnection> pool = same(1);
    pool.acquire(key(1)).close();
    fails = true;
    assertThatThrownBy(() -> pool.acquire(key(1), Duration.ofSeconds(1))).hasMessage("equals of 1");
    assertThatThrownBy(() -> pool.acquireAsync(key(1))).hasMessage("equals of 1");
    assertThatThrownBy(() -> pool.tryAcquire(key(1))).hasMessage("equals of 1");
    assertThatThrownBy(() -> pool.use(key(1), connection -> "")).hasMessage("equals of 1");
    fails = false;

    assertThat(pool.stats().waiting()).isZero();
    pool.acquire(key(1), Duration.ZERO).close();
    assertThat(pool.inUse()).isZero();
    assertThat(server.made).hasSize(1);
  }

  @Test
  void aCallerIsNotHurtByTheEqualsOfAnArgumentThatIsThere() throws Exception {
    ConnectionPool<FakeConnection> pool = same(2);
    pool.acquire(key(1)).close();
    fails = true;
    Object sameHash =
        new Object() {
          @Override
          public int hashCode() {
            return 1;
          }
        };

    pool.acquire(Arguments.of(sameHash)).close();

    assertThat(server.made).hasSize(2);
    fails = false;
  }

  @Test
  void aCallerIsNotHurtByAStoredListThatCannotBeRead() throws Exception {
    ConnectionPool<FakeConnection> pool = same(2);
    List<String> stored =
        new ArrayList<>(List.of("a")) {
          @Override
          public java.util.Iterator<String> iterator() {
            if (fails) {
              throw new IllegalStateException("iterator");
            }
            return super.iterator();
          }

          @Override
          public java.util.ListIterator<String> listIterator() {
            if (fails) {
              throw new IllegalStateException("listIterator");
            }
            return super.listIterator();
          }
        };
    pool.acquire(Arguments.of(stored)).close();
    fails = true;

    pool.acquire(Arguments.of(Arrays.asList("a"))).close();

    assertThat(pool.inUse()).isZero();
    fails = false;
  }

  @Test
  void anEqualsThatTakesLongHoldsUpItsCallerOnly() throws Exception {
    ConnectionPool<FakeConnection> pool = same(4);
    pool.acquire(key(1)).close();
    Lease<FakeConnection> other = pool.acquire(Arguments.of("other"));
    released = new CountDownLatch(1);
    entered = new CountDownLatch(1);
    CompletableFuture<Void> slow =
        CompletableFuture.runAsync(
            () -> {
              try {
                pool.acquire(key(2)).close();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            },
            task -> new Thread(task).start());
    assertThat(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    other.close();
    pool.acquire(Arguments.of("other")).close();
    pool.acquire(Arguments.of("one more")).close();
    assertThat(pool.stats().size()).isEqualTo(3);

    assertThat(slow).isNotDone();
    released.countDown();
    get(slow);
  }

  @Test
  void aLeaseEndsAlthoughTheArgumentsOfItsReleaseFail() throws Exception {
    ConnectionPool<FakeConnection> pool = same(1);
    Lease<FakeConnection> lease = pool.acquire(key(1));
    fails = true;

    assertThatThrownBy(() -> lease.close(key(1))).hasMessage("equals of 1");

    fails = false;
    assertThat(lease.isClosed()).isTrue();
    assertThat(pool.inUse()).isZero();
    pool.acquire(key(1)).close();
  }

  @Test
  void aConnectionIsReleasedAlthoughTheArgumentsOfItsReleaseFail() throws Exception {
    ConnectionPool<FakeConnection> pool = same(1);
    Lease<FakeConnection> lease = pool.acquire(key(1));
    fails = true;

    assertThatThrownBy(() -> pool.release(lease.connection(), key(1))).hasMessage("equals of 1");

    fails = false;
    assertThat(lease.isClosed()).isTrue();
    assertThat(pool.inUse()).isZero();
    pool.acquire(key(1)).close();
  }

  @Test
  void aStartWhoseArgumentsFailDoesNotBegin() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).argumentMatching(ArgumentMatching.SAME));
    assertThatThrownBy(() -> pool.start(List.of(Arguments.of(new Failing()))))
        .hasMessage("hashCode");

    assertThat(pool.stats().state()).isEqualTo(ConnectionPoolStats.State.CREATED);
    get(pool.start(List.of(key(1))));
  }

  private static final class Failing {
    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("equals");
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("hashCode");
    }
  }

  @Test
  void withMatchingAnyArgumentsAreNeverCompared() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    Arguments failing = Arguments.of(new Failing());
    get(pool.start(List.of(failing)));

    pool.acquire(failing).close(failing);
    pool.release(pool.acquire(failing).connection(), failing);
    pool.acquireAsync(failing).join().invalidate();
    pool.tryAcquire(failing).ifPresent(Lease::close);

    assertThat(pool.inUse()).isZero();
  }

  @Test
  void anArgumentThatChangesAfterTheCallIsOfTheTenantOfTheCall() throws Exception {
    ConnectionPool<FakeConnection> pool = same(2);
    List<String> name = new ArrayList<>(List.of("alice"));
    Lease<FakeConnection> alice = pool.acquire(Arguments.of(name));
    name.set(0, "bob");
    alice.close();

    pool.acquire(Arguments.of(List.of("bob"))).close();

    assertThat(server.made).hasSize(2);
  }
}
