package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What users and operators read. */
class MessagesTest extends PoolTestBase {

  /** A task that says what it was given, as records and lambdas' wrappers do. */
  private record SendMail(String server) implements Runnable {
    @Override
    public void run() {}
  }

  @Test
  void refusalForWantOfAPlace_countsOneInTheSingular() {
    AdvancedPool pool = build(builder().name("mail").maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(() -> 2);
    pool.submit(() -> 3);

    assertThatThrownBy(() -> pool.submitNowait(() -> 4))
        .hasMessageStartingWith(
            "Pool 'mail' is full: 1 of 1 place in the queue is taken, 1 task waits for one, 1 worker is busy.");
    gate.open();
  }

  @Test
  void refusalForWantOfAPlace_countsMoreInThePlural() {
    assertThat(new PoolFullException("mail", 2, 3, 0, 4))
        .hasMessageStartingWith(
            "Pool 'mail' is full: 2 of 3 places in the queue are taken, 0 tasks wait for one, 4 workers are busy.");
  }

  @Test
  void warningOfDroppedTasks_hidesSecretsAndSurvivesTasksThatCannotSayWhatTheyAre() {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("dev.pools.task");
    logger.addAppender(logged);
    logged.start();
    try {
      AdvancedPool pool = build(builder().name("mail").maxWorkers(1));
      Gate gate = occupy(pool);
      pool.execute(new SendMail("smtp://agent:hunter2@mail/?password=hunter2"));
      CompletableFuture<?> mute =
          pool.submit(
              new Runnable() {
                @Override
                public void run() {}

                @Override
                public String toString() {
                  throw new IllegalStateException("cannot say");
                }
              });
      CompletableFuture<Duration> down =
          pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ofSeconds(1)));

      time.advance(Duration.ofSeconds(1));

      assertThat(mute).isCancelled();
      gate.open();
      get(down);
    } finally {
      logger.detachAppender(logged);
    }
    List<String> said = logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("Pool 'mail' cancels 2 tasks that have not started, because")
        .contains("SendMail")
        .doesNotContain("hunter2");
  }

  @Test
  void warningOfDroppedTasks_callsThemByNameOrClass_andNeverAsksThem() {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("dev.pools.task");
    logger.addAppender(logged);
    logged.start();
    try {
      AdvancedPool pool = build(builder().name("mail").maxWorkers(1));
      Gate gate = occupy(pool);
      pool.submit(new SendMail("unasked"), TaskOptions.named("newsletter"));
      pool.execute(new SendMail("unasked"));
      CompletableFuture<Duration> down =
          pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ofSeconds(1)));

      time.advance(Duration.ofSeconds(1));

      gate.open();
      get(down);
    } finally {
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo(
            "Pool 'mail' cancels 2 tasks that have not started, because the idleTimeout of its shutdown is over: newsletter, "
                + SendMail.class.getName());
  }
}
