package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BrokenWhenTest {

  private static boolean breaks(Throwable failure) {
    return BrokenWhen.connectionFails().test(failure);
  }

  private static final class Custom extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void inputAndOutputBreakAConnection() {
    for (Throwable failure :
        List.of(
            new IOException("reset by peer"),
            new SocketTimeoutException("read timed out"),
            new UncheckedIOException(new IOException("broken pipe")),
            new ExecutionException(new Custom().initCause(new IOException("closed"))))) {
      assertThat(breaks(failure)).as("%s", failure).isTrue();
    }
  }

  @Test
  void endOfTheSessionBreaksAConnection() {
    for (String state :
        List.of(
            "08000", "08003", "08006", "08S01", "57P01", "57P02", "57P03", "57P05", "25P03",
            "01002", "JZ0C0", "90067")) {
      assertThat(breaks(new SQLException("ended", state))).as(state).isTrue();
    }
    for (SQLException failure :
        List.of(
            new SQLRecoverableException("closed"),
            new SQLNonTransientConnectionException("closed"),
            new SQLTransientConnectionException("refused"))) {
      assertThat(breaks(failure)).as("%s", failure).isTrue();
    }
  }

  @Test
  void answerOfTheServerBreaksNoConnection() {
    for (Throwable failure :
        List.of(
            new SQLSyntaxErrorException("no such table", "42P01"),
            new SQLException("in an aborted transaction", "25P02"),
            new SQLException("read-only", "25006"),
            new SQLException("no state"),
            new SQLTimeoutException("the statement was ended", "57014"),
            new TimeoutException("a future of the user"),
            new IllegalStateException("of the user"),
            new StackOverflowError())) {
      assertThat(breaks(failure)).as("%s", failure).isFalse();
    }
  }

  @Test
  void causesSuppressedOnesAndThoseThatFollowAreLookedAt() {
    SQLException followed = new SQLException("first", "42000");
    followed.setNextException(new SQLException("second", "08006"));
    assertThat(breaks(followed)).as("the next one").isTrue();

    BatchUpdateException batch = new BatchUpdateException(new int[0]);
    batch.setNextException(followed);
    assertThat(breaks(new Custom().initCause(batch))).as("the next one of a cause").isTrue();

    Custom suppressing = new Custom();
    suppressing.addSuppressed(new IOException("on close"));
    assertThat(breaks(suppressing)).as("a suppressed one").isTrue();

    assertThat(breaks(new SQLTimeoutException("network", new SocketTimeoutException())))
        .as("the network has timed out, and not the statement")
        .isTrue();
  }

  @Test
  void chainThatLeadsIntoItselfEnds() {
    Custom one = new Custom();
    Custom other = new Custom();
    one.initCause(other);
    other.initCause(one);
    one.addSuppressed(other);

    assertThat(breaks(one)).isFalse();
  }

  @Test
  void endlessChainIsLookedAtWithABound() {
    class Endless extends RuntimeException {
      private static final long serialVersionUID = 1L;

      @Override
      public synchronized Throwable getCause() {
        return new Endless();
      }
    }

    assertThat(breaks(new Endless())).isFalse();
  }

  @Test
  void failureThatFailsWhenAskedCountsAsBroken() {
    class Faulty extends SQLException {
      private static final long serialVersionUID = 1L;

      @Override
      public String getSQLState() {
        throw new IllegalStateException("no state");
      }
    }

    assertThat(breaks(new Faulty())).isTrue();
  }

  @Test
  void failureOfAnotherPoolSaysNothing() {
    @Nullable Throwable none = null;
    assertThat(breaks(new ConnectionCreationException("other", "refused", new IOException())))
        .isFalse();
    assertThat(breaks(new ConnectionCreationException("other", "refused", none))).isFalse();
  }

  @Test
  void neverMeansThatNoFailureBreaksAConnection() {
    assertThat(BrokenWhen.never().test(new IOException())).isFalse();
  }
}
