package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class FaultsTest {

  private static final class BadMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  private static final class BadText {
    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** A source of reports whose logger no other test uses. */
  private static final class Source {}

  private final Logger log = (Logger) LoggerFactory.getLogger(Source.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  private void listen() {
    logged.start();
    log.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    log.detachAndStopAllAppenders();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:5432/ledger?user=app&password=hunter2&ssl=true",
        "jdbc:postgresql://app:hunter2@db:5432/ledger",
        "jdbc:postgresql://app:p@hunter2@db:5432/ledger",
        "jdbc:oracle:thin:app/hunter2@db:1521:xe",
        "jdbc:sqlserver://db;user=app;password=hunter2;encrypt=true",
        "redis://:hunter2@cache:6379/0",
        "{\"user\": \"app\", \"password\": \"hunter2\"}",
        "password='hunter2', user='app'",
        "login failed for app with password 'hunter2'",
        "PWD=hunter2",
        "spring.datasource.password: hunter2",
        "client_secret=hunter2",
        "api-key: hunter2",
        "Authorization: Bearer hunter2hunter2",
        "sent header Bearer hunter2hunter2",
        "access_token=hunter2",
      })
  void aSecretThatTheTextShowsAsOneIsRedacted(String text) {
    assertThat(Faults.redact(text)).doesNotContain("hunter2").contains("***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection refused: localhost/127.0.0.1:5432",
        "FATAL: password authentication failed for user \"app\"",
        "jdbc:postgresql://db:5432/ledger?user=app",
        "http://user@host/path",
        "The factory has not answered within 30 s",
        "mailto:someone@example.org",
      })
  void aTextWithoutASecretStaysAsItIs(String text) {
    assertThat(Faults.redact(text)).isEqualTo(text);
  }

  /** Such as an encoded file in the answer of a server. */
  @Test
  void aLongTextWithoutSpacesTakesNoLongerThanItsLength() throws Exception {
    String text = "x".repeat(2_000_000);

    CompletableFuture<String> redacted =
        CompletableFuture.supplyAsync(() -> Faults.redact(text + " client-password: hunter2"));

    assertThat(redacted.get(1, TimeUnit.MINUTES)).isEqualTo(text + " client-password: ***");
  }

  @Test
  void describesAnExceptionWhoseMessageFails() {
    assertThat(Faults.describe(new BadMessage())).isEqualTo(BadMessage.class.getName());
    assertThat(Faults.describe(new IllegalStateException("password=hunter2")))
        .isEqualTo("java.lang.IllegalStateException: password=***");
  }

  @Test
  void describesAnObjectWhoseTextFails() {
    assertThat(Faults.describeObject(new BadText())).isEqualTo(BadText.class.getName());
    assertThat(Faults.describeObject(null)).isEqualTo("null");
    assertThat(Faults.describeObject("x".repeat(10_000))).hasSizeLessThan(600);
  }

  @Test
  void logsAnExceptionWhoseMessageFails() {
    listen();

    Faults.warn(Source.class, new BadMessage(), "Pool '{}' met {}", "p", new BadText());

    assertThat(logged.list).hasSize(1);
    assertThat(logged.list.get(0).getFormattedMessage())
        .isEqualTo("Pool 'p' met " + BadText.class.getName());
    assertThat(ThrowableProxyUtil.asString(logged.list.get(0).getThrowableProxy()))
        .contains("BadMessage");
  }

  @Test
  void logsADurationAsPeopleWriteIt() {
    listen();

    Faults.info(Source.class, "Pool '{}' waits for {}", "p", Duration.ofSeconds(30));

    assertThat(logged.list.get(0).getFormattedMessage()).isEqualTo("Pool 'p' waits for 30 s");
  }

  @Test
  void anActionOfAPoolThatFailsIsReportedWithThePoolAtTheBeginning() {
    listen();
    IllegalStateException failure = new IllegalStateException("no");

    Faults.guard(
        Source.class,
        "p",
        "a completion",
        () -> {
          throw failure;
        });
    Faults.guard(Source.class, "p", "another", () -> {});

    assertThat(logged.list).hasSize(1);
    assertThat(logged.list.get(0).getFormattedMessage()).isEqualTo("Pool 'p': a completion failed");
  }

  @Test
  void logsNoSecretOfAnExceptionNorOfItsCauses() {
    listen();
    Exception fault =
        new IllegalStateException("outer", new IllegalArgumentException("password=hunter2"));
    fault.addSuppressed(new IllegalArgumentException("token=hunter2"));

    Faults.error(Source.class, fault, "failed");

    String printed = ThrowableProxyUtil.asString(logged.list.get(0).getThrowableProxy());
    assertThat(printed)
        .doesNotContain("hunter2")
        .contains("password=***", "token=***", "logsNoSecretOfAnException");
  }

  @Test
  void keepsAnExceptionThatHasNothingToHide() {
    Exception clean = new IllegalStateException("clean", new IllegalArgumentException("too"));

    assertThat(Faults.loggable(clean)).isSameAs(clean);
  }

  @Test
  void aCircleOfCausesEnds() {
    Exception one = new IllegalStateException("password=hunter2");
    Exception two = new IllegalStateException("two", one);
    one.initCause(two);

    Throwable loggable = Faults.loggable(one);

    StringWriter text = new StringWriter();
    assertThat(loggable).isNotNull();
    loggable.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain("hunter2");
  }

  /** All that a logger prints that does not look for what it has printed. */
  private static List<Throwable> printed(@Nullable Throwable fault) {
    List<Throwable> all = new ArrayList<>();
    if (fault != null) {
      all.add(fault);
      all.addAll(printed(fault.getCause()));
      for (Throwable suppressed : fault.getSuppressed()) {
        all.addAll(printed(suppressed));
      }
    }
    return all;
  }

  @Test
  void attemptsOfWhichEachSuppressesAllBefore_areShownOnceEach() {
    List<Exception> attempts = new ArrayList<>();
    for (int attempt = 0; attempt < 60; attempt++) {
      Exception failure = new IllegalStateException("attempt " + attempt);
      attempts.forEach(failure::addSuppressed);
      attempts.add(failure);
    }

    List<Throwable> printed = printed(Faults.loggable(attempts.get(59)));

    assertThat(printed).hasSizeBetween(16, LoggableFault.MOST);
    assertThat(printed)
        .filteredOn(shown -> shown.getStackTrace().length > 0)
        .extracting(Throwable::toString)
        .doesNotHaveDuplicates()
        .contains("java.lang.IllegalStateException: attempt 59");
  }

  @Test
  void failuresThatTheirCommonCauseSuppresses_areFewWhenTheyAreShown() {
    Exception shared = new IllegalStateException("shared");
    Exception last = shared;
    for (int failure = 0; failure < 50; failure++) {
      last = new IllegalStateException("failure " + failure, shared);
      shared.addSuppressed(last);
    }

    List<Throwable> printed = printed(Faults.loggable(last));

    assertThat(printed).hasSizeBetween(50, LoggableFault.MOST);
    assertThat(printed)
        .extracting(Throwable::toString)
        .contains("java.lang.IllegalStateException: shared (shown before)");
  }

  @Test
  void exceptionsThatShareACause_areKeptIfThereIsNothingToHide() {
    Exception cause = new IllegalArgumentException("shared");
    Exception fault = new IllegalStateException("one", cause);
    fault.addSuppressed(new IllegalStateException("two", cause));

    assertThat(Faults.loggable(fault)).isSameAs(fault);
  }

  @Test
  void aLoggerThatThrowsStopsNothing() {
    AppenderBase<ILoggingEvent> faulty =
        new AppenderBase<>() {
          @Override
          public synchronized void doAppend(ILoggingEvent event) {
            throw new IllegalStateException("the disk is full");
          }

          @Override
          protected void append(ILoggingEvent event) {}
        };
    faulty.start();
    log.addAppender(faulty);

    assertThatCode(
            () -> {
              Faults.error(Source.class, new BadMessage(), "failed {}", 1);
              Faults.guard(
                  Source.class,
                  "A listener",
                  () -> {
                    throw new BadMessage();
                  });
            })
        .doesNotThrowAnyException();
  }

  @Test
  void countsInSingularAndPlural() {
    assertThat(List.of(Faults.count(0, "task"), Faults.count(1, "task"), Faults.count(2, "task")))
        .containsExactly("0 tasks", "1 task", "2 tasks");
  }
}
