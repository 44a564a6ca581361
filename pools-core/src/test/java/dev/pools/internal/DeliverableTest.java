package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class DeliverableTest {

  @Test
  void whatAStageHasWrappedIsUnwrapped() {
    IOException thrown = new IOException();

    assertThat(Deliverable.unwrapped(new CompletionException(thrown))).isSameAs(thrown);
    assertThat(Deliverable.unwrapped(thrown)).isSameAs(thrown);
  }

  @Test
  void aWrapperWithoutACauseIsTheFailureItself() {
    CompletionException empty = new CompletionException((Throwable) null);

    assertThat(Deliverable.unwrapped(empty)).isSameAs(empty);
  }

  @Test
  void aWrapperWhoseCauseThrowsIsTheFailureItself() {
    CompletionException hostile =
        new CompletionException((Throwable) null) {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause for you");
          }
        };

    assertThat(Deliverable.unwrapped(hostile)).isSameAs(hostile);
  }
}
