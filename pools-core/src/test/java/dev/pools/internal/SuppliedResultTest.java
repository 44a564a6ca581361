package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SuppliedResultTest {

  private final CompletableFuture<Integer> future = new CompletableFuture<>();

  @Test
  void whatTheSupplierReturnsIsTheResult() {
    new SuppliedResult<>(future, () -> 1).run();

    assertThat(future).isCompletedWithValue(1);
  }

  /** An exception that a future takes for its own cancellation, too. */
  @Test
  void whatTheSupplierThrowsFailsTheFuture() {
    CancellationException thrown = new CancellationException("of the supplier");

    new SuppliedResult<>(
            future,
            () -> {
              throw thrown;
            })
        .run();

    assertThat(future).isNotCancelled();
    assertThatThrownBy(future::get).hasCause(thrown);
  }

  @Test
  void supplierOfAFutureThatIsCompleteIsNotAsked() {
    AtomicInteger calls = new AtomicInteger();
    future.complete(1);

    new SuppliedResult<>(future, calls::incrementAndGet).run();

    assertThat(calls).hasValue(0);
    assertThat(future).isCompletedWithValue(1);
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void nullIsNoSupplier() {
    assertThatNullPointerException().isThrownBy(() -> new SuppliedResult<>(future, null));
  }
}
