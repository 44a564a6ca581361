package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.connection.PoolStoppedException;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextClosedEvent;

/** Pools live as long as their context, and what they have taken ends before it does. */
@ExtendWith(OutputCaptureExtension.class)
class LifecycleTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  @Configuration(proxyBeanMethods = false)
  static class Database {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  private final ApplicationContextRunner withDatabase =
      runner
          .withUserConfiguration(Database.class)
          .withPropertyValues("pools.connection.instances.db.max-size=3");

  // ---- Closing

  @Test
  void theThreadThatKeepsTheProgramAlive_mayAskForItsPoolsAfterTheClose() {
    AtomicReference<PoolLifecycles> lifecycles = new AtomicReference<>();
    runner.run(
        context -> {
          lifecycles.set(context.getBean(PoolLifecycles.class));
          assertThat(context.getBean("advancedPool")).isNotNull();
        });
    assertThat(lifecycles.get().thatKeepAlive()).isEmpty();
  }

  @Test
  void tasksThatRunAtTheEndFindTheOtherBeansAndConnectionsStillThere() throws Exception {
    AtomicReference<PoolFuture<String>> last = new AtomicReference<>();
    CountDownLatch closing = new CountDownLatch(1);
    withDatabase
        .withBean(
            "closing",
            SmartLifecycle.class,
            () -> new Phase("web", Integer.MAX_VALUE, new ArrayList<>(), closing::countDown))
        .withBean(Mailer.class, Mailer::new)
        .run(
            context -> {
              AdvancedPool pool = context.getBean("advancedPool", AdvancedPool.class);
              ConnectionPool<?> connections = context.getBean("db", ConnectionPool.class);
              Mailer mailer = context.getBean(Mailer.class);
              last.set(
                  pool.submit(
                      () -> {
                        closing.await();
                        return connections.use(connection -> mailer.send());
                      }));
            });
    assertThat(last.get().get(10, TimeUnit.SECONDS)).isEqualTo("sent");
  }

  /** A bean that is of no use once it is destroyed. */
  static class Mailer implements DisposableBean {
    private final AtomicBoolean destroyed = new AtomicBoolean();

    String send() {
      return destroyed.get() ? "lost" : "sent";
    }

    @Override
    public void destroy() {
      destroyed.set(true);
    }
  }

  /** A lifecycle bean that notes when it is stopped. */
  record Phase(String name, int phase, List<String> stopped, Runnable onStop)
      implements SmartLifecycle {

    @Override
    public void start() {}

    @Override
    public void stop() {
      stopped.add(name);
      onStop.run();
    }

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public int getPhase() {
      return phase;
    }
  }

  @Test
  void theWebServerStopsFirstThenTasksThenConnections() {
    List<String> stopped = Collections.synchronizedList(new ArrayList<>());
    AtomicReference<AdvancedPool> tasks = new AtomicReference<>();
    AtomicReference<ConnectionPool<?>> connections = new AtomicReference<>();
    CountDownLatch serverStops = new CountDownLatch(1);
    Runnable note =
        () ->
            stopped.add(
                (tasks.get().stats().active() == 0 ? "no tasks" : "tasks")
                    + " and "
                    + connections.get().stats().state());
    // The phases of Spring Boot's web server: it stops taking requests, then it stops.
    int requests = SmartLifecycle.DEFAULT_PHASE - 1024;
    withDatabase
        .withBean(
            "requests", SmartLifecycle.class, () -> new Phase("requests", requests, stopped, note))
        .withBean(
            "server",
            SmartLifecycle.class,
            () ->
                new Phase(
                    "server",
                    requests - 1024,
                    stopped,
                    () -> {
                      note.run();
                      serverStops.countDown();
                    }))
        .withBean(
            "between",
            SmartLifecycle.class,
            () -> new Phase("between", requests - 2049, stopped, note))
        .run(
            context -> {
              tasks.set(context.getBean("advancedPool", AdvancedPool.class));
              connections.set(context.getBean("db", ConnectionPool.class));
              tasks.get().execute(() -> awaitQuietly(serverStops));
            });
    assertThat(stopped)
        .containsExactly(
            "requests",
            "tasks and RUNNING",
            "server",
            "tasks and RUNNING",
            "between",
            "no tasks and RUNNING");
    assertThat(tasks.get().isTerminated()).isTrue();
    assertThat(connections.get().stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void thePhaseCanBeChanged() {
    withDatabase
        .withPropertyValues("pools.lifecycle.phase=77")
        .run(
            context -> {
              assertThat(context.getBean(AdvancedPoolLifecycle.class).getPhase()).isEqualTo(77);
              assertThat(context.getBean(ConnectionPoolLifecycle.class).getPhase())
                  .isEqualTo(77 - 1024);
            });
  }

  @Test
  void theFirstPhaseIsTheFirstForConnectionsToo() {
    withDatabase
        .withPropertyValues("pools.lifecycle.phase=" + Integer.MIN_VALUE)
        .run(
            context ->
                assertThat(context.getBean(ConnectionPoolLifecycle.class).getPhase())
                    .isEqualTo(Integer.MIN_VALUE));
  }

  @Test
  void tasksAcceptedAfterAStop_runBeforeTheContextIsClosed() {
    AtomicReference<PoolFuture<String>> last = new AtomicReference<>();
    AtomicReference<AdvancedPool> pool = new AtomicReference<>();
    runner
        .withPropertyValues("pools.advanced.instances.one.max-workers=1")
        .run(
            context -> {
              pool.set(context.getBean("one", AdvancedPool.class));
              source(context).stop();
              CountDownLatch closing = new CountDownLatch(1);
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> closing.countDown());
              pool.get().execute(() -> awaitQuietly(closing));
              last.set(pool.get().submit(() -> "ended"));
            });
    assertThat(last.get()).isCompletedWithValue("ended");
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void droppedTasksAreLoggedWithThePoolsNameAndTheSetting(CapturedOutput output) {
    CountDownLatch never = new CountDownLatch(1);
    runner
        .withPropertyValues(
            "spring.lifecycle.timeout-per-shutdown-phase=100ms",
            "pools.advanced.instances.reports.max-workers=1")
        .run(
            context -> {
              AdvancedPool pool = context.getBean("reports", AdvancedPool.class);
              pool.execute(() -> awaitQuietly(never));
              pool.submit(() -> "never");
              pool.submit(() -> "never");
            });
    assertThat(output)
        .contains("Pool 'reports'")
        .contains("2 tasks cancelled")
        .contains("spring.lifecycle.timeout-per-shutdown-phase");
  }

  @Test
  void aPoolOfTheUsersOwnIsDrainedToo() {
    AtomicReference<PoolFuture<String>> last = new AtomicReference<>();
    AtomicReference<AdvancedPool> pool = new AtomicReference<>();
    CountDownLatch gate = new CountDownLatch(1);
    runner
        .withBean("mine", AdvancedPool.class, () -> AdvancedPool.builder().name("mine").build())
        .run(
            context -> {
              pool.set(context.getBean("mine", AdvancedPool.class));
              last.set(
                  pool.get()
                      .submit(
                          () -> {
                            gate.await();
                            return "ended";
                          }));
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> gate.countDown());
            });
    assertThat(last.get()).isCompletedWithValue("ended");
    assertThat(pool.get().isTerminated()).isTrue();
  }

  @Configuration(proxyBeanMethods = false)
  static class LazyPools {
    static final List<String> MADE = Collections.synchronizedList(new ArrayList<>());

    @Bean
    @Lazy
    AdvancedPool lazyTasks() {
      MADE.add("lazyTasks");
      return AdvancedPool.builder().name("lazyTasks").build();
    }

    @Bean
    @Lazy
    ConnectionPool<StringBuilder> lazyConnections() {
      MADE.add("lazyConnections");
      return ConnectionPool.builder(
              (ConnectionFactory<StringBuilder>) arguments -> new StringBuilder())
          .name("lazyConnections")
          .build();
    }
  }

  @Test
  void unusedLazyPoolsAreNotCreatedByAStartOrAStop() {
    LazyPools.MADE.clear();
    runner
        .withUserConfiguration(LazyPools.class)
        .run(context -> assertThat(LazyPools.MADE).isEmpty());
    assertThat(LazyPools.MADE).isEmpty();
  }

  @Test
  void lazyPoolsThatWereUsedEndWithTheContext() {
    AtomicReference<AdvancedPool> tasks = new AtomicReference<>();
    AtomicReference<ConnectionPool<?>> connections = new AtomicReference<>();
    runner
        .withUserConfiguration(LazyPools.class)
        .run(
            context -> {
              tasks.set(context.getBean("lazyTasks", AdvancedPool.class));
              connections.set(context.getBean("lazyConnections", ConnectionPool.class));
              connections.get().acquire().close();
            });
    assertThat(tasks.get().isTerminated()).isTrue();
    assertThat(connections.get().stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void aChildContextThatIsClosedLeavesThePoolsOfItsParentAlone() {
    runner.run(
        parent -> {
          AdvancedPool pool = parent.getBean("advancedPool", AdvancedPool.class);
          runner.withParent(parent).run(child -> assertThat(child).hasNotFailed());
          assertThat(pool.isShutdown()).isFalse();
          assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
          source(parent).stop();
          assertThat(pool.isShutdown()).isFalse();
        });
  }

  // ---- Stop and start, pause and restart

  private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
    return context.getSourceApplicationContext();
  }

  @Test
  void aStopLetsTasksEndWithTheirConnectionsBeforeItStopsThose() {
    withDatabase.run(
        context -> {
          AdvancedPool tasks = context.getBean("advancedPool", AdvancedPool.class);
          ConnectionPool<?> connections = context.getBean("db", ConnectionPool.class);
          List<PoolFuture<String>> all = new ArrayList<>();
          for (int i = 0; i < 50; i++) {
            all.add(tasks.submit(() -> connections.use(connection -> "used")));
          }

          source(context).stop();

          assertThat(all).allSatisfy(task -> assertThat(task).isCompletedWithValue("used"));
          assertThat(connections.stats().state()).isEqualTo(State.STOPPED);
          assertThatThrownBy(connections::acquire).isInstanceOf(PoolStoppedException.class);
          source(context).start();
          assertThat(connections.stats().state()).isEqualTo(State.RUNNING);
          assertThat(tasks.submit(() -> connections.use(connection -> "used")).join())
              .isEqualTo("used");
        });
  }

  @Test
  void aPauseLeavesRunningTasksAloneAndARestartGoesOn() {
    withDatabase.run(
        context -> {
          AdvancedPool tasks = context.getBean("advancedPool", AdvancedPool.class);
          ConnectionPool<?> connections = context.getBean("db", ConnectionPool.class);
          CountDownLatch gate = new CountDownLatch(1);
          PoolFuture<String> running =
              tasks.submit(
                  () -> {
                    gate.await();
                    return "ended";
                  });

          source(context).pause();
          assertThat(running).isNotDone();
          source(context).restart();
          gate.countDown();

          assertThat(running.get(10, TimeUnit.SECONDS)).isEqualTo("ended");
          assertThat(connections.stats().state()).isEqualTo(State.RUNNING);
          assertThat(tasks.submit(() -> 1).join()).isEqualTo(1);
        });
  }

  @Test
  void aPauseFollowedByACloseLosesNothing() {
    AtomicReference<PoolFuture<String>> last = new AtomicReference<>();
    CountDownLatch gate = new CountDownLatch(1);
    withDatabase.run(
        context -> {
          last.set(
              context
                  .getBean("advancedPool", AdvancedPool.class)
                  .submit(
                      () -> {
                        gate.await();
                        return "ended";
                      }));
          source(context).pause();
          source(context).addApplicationListener((ContextClosedEvent closed) -> gate.countDown());
        });
    assertThat(last.get()).isCompletedWithValue("ended");
  }

  @Test
  void manyStopsAndStartsLeaveOnePoolOfEachKind() {
    withDatabase.run(
        context -> {
          for (int i = 0; i < 20; i++) {
            source(context).stop();
            source(context).start();
          }
          assertThat(context.getBean("db", ConnectionPool.class).stats().size()).isEqualTo(1);
        });
  }

  @Test
  void aTaskThatNeverEndsDoesNotHoldAStopForLongerThanThePhasesTime() {
    CountDownLatch never = new CountDownLatch(1);
    runner
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=100ms")
        .run(
            context -> {
              AdvancedPool pool = context.getBean("advancedPool", AdvancedPool.class);
              PoolFuture<?> stuck = pool.submit(() -> awaitQuietly(never));
              long before = System.nanoTime();
              source(context).stop();
              assertThat(Duration.ofNanos(System.nanoTime() - before))
                  .isLessThan(Duration.ofSeconds(10));
              assertThat(stuck).isNotDone();
              assertThat(pool.isShutdown()).isFalse();
              never.countDown();
            });
  }
}
