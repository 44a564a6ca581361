package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.boot.task.PoolTaskExecutor;
import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A pool as the executor of the application, and as any executor of Spring. */
class ApplicationTaskExecutorTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  TaskExecutionAutoConfiguration.class,
                  TaskSchedulingAutoConfiguration.class));

  private static final String CHOSEN =
      "pools.advanced.instances.print-jobs.application-task-executor=true";

  static class Service {
    @Async
    public Future<String> thread() {
      return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class AnyExecutor {
    @Autowired Executor executor;
    @Autowired AsyncTaskExecutor async;
  }

  // ---- Of the application

  @Test
  void thePoolRunsWhatNamesNoExecutor() {
    runner
        .withUserConfiguration(AsyncOnly.class, AnyExecutor.class)
        .withPropertyValues(CHOSEN)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              Object executor = context.getBean("applicationTaskExecutor");
              AdvancedPool pool = context.getBean("print-jobs", AdvancedPool.class);
              assertThat(executor).isInstanceOf(AsyncTaskExecutor.class);
              assertThat(((PoolTaskExecutor) executor).pool()).isSameAs(pool);
              assertThat(context.getBean(AnyExecutor.class).executor).isSameAs(executor);
              assertThat(context.getBean(AnyExecutor.class).async).isSameAs(executor);
              assertThat(context.getBean(TaskExecutor.class)).isSameAs(executor);
              assertThat(context.getBean("taskExecutor")).isSameAs(executor);
              assertThat(context.getBean(Service.class).thread().get(10, TimeUnit.SECONDS))
                  .startsWith("print-jobs-worker-");
            });
  }

  @EnableAsync
  @Configuration(proxyBeanMethods = false)
  static class AsyncOnly {
    @Bean
    static Service service() {
      return new Service();
    }
  }

  @Test
  void withASchedulerOfBootTooItRunsAsyncMethods() {
    runner
        .withUserConfiguration(AsyncOnly.class, SchedulingOnly.class)
        .withPropertyValues(CHOSEN)
        .run(
            context ->
                assertThat(context.getBean(Service.class).thread().get(10, TimeUnit.SECONDS))
                    .startsWith("print-jobs-worker-"));
  }

  @EnableScheduling
  @Configuration(proxyBeanMethods = false)
  static class SchedulingOnly {}

  @Test
  void chosenPoolServesAsyncMethods_besideAnExecutorOfTheUser() {
    runner
        .withUserConfiguration(AsyncOnly.class, OwnExecutor.class)
        .withPropertyValues(CHOSEN)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(OwnExecutor.class).executor)
                  .isSameAs(context.getBean("own"));
              assertThat(context.getBean(Service.class).thread().get(10, TimeUnit.SECONDS))
                  .startsWith("print-jobs-worker-");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnExecutor {
    @Autowired Executor executor;

    @Bean(destroyMethod = "shutdownNow")
    static ExecutorService own() {
      return Executors.newSingleThreadExecutor();
    }
  }

  @Test
  void chosenPoolIsInjected_besideAnExecutorThatOnlyAQualifierInjects() {
    runner
        .withUserConfiguration(AnyExecutor.class, QualifiedExecutor.class)
        .withPropertyValues(CHOSEN)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(AnyExecutor.class).executor)
                  .isSameAs(context.getBean("applicationTaskExecutor"))
                  .isInstanceOf(PoolTaskExecutor.class);
            });
  }

  /** Spring Boot creates its own executor beside this one. */
  @Configuration(proxyBeanMethods = false)
  static class QualifiedExecutor {
    @Bean(defaultCandidate = false, destroyMethod = "shutdownNow")
    static ExecutorService own() {
      return Executors.newSingleThreadExecutor();
    }
  }

  @Test
  void configuredPoolLeavesAnExecutorOfTheUserAlone() {
    runner
        .withUserConfiguration(OwnExecutor.class)
        .withPropertyValues("pools.advanced.instances.print-jobs.max-workers=2")
        .run(
            context ->
                assertThat(context.getBean(OwnExecutor.class).executor)
                    .isSameAs(context.getBean("own")));
  }

  @Test
  void onlyOnePoolCanBeIt() {
    runner
        .withPropertyValues(CHOSEN, "pools.advanced.instances.mails.application-task-executor=true")
        .run(
            context -> {
              FailureAnalysis analysis =
                  new InvalidPoolFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("print-jobs", "mails");
              assertThat(analysis.getAction())
                  .contains("pools.advanced.instances.mails.application-task-executor");
            });
  }

  @Test
  void aBeanOfTheUsersOfThatNameIsNotReplaced() {
    runner
        .withBean("applicationTaskExecutor", TaskExecutor.class, () -> (TaskExecutor) Runnable::run)
        .withPropertyValues(CHOSEN)
        .run(
            context ->
                assertThat(
                        new InvalidPoolFailureAnalyzer()
                            .analyze(context.getStartupFailure())
                            .getDescription())
                    .contains("print-jobs.application-task-executor")
                    .contains("'applicationTaskExecutor' of its own"));
  }

  // ---- As any executor of Spring: the behaviours that its own tests demand

  private static AdvancedPool pool() {
    return AdvancedPool.builder().name("spring").maxWorkers(1).build();
  }

  @Test
  void runnablesRunOnAThreadOfThePool() throws Exception {
    try (AdvancedPool pool = pool()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      AtomicReference<String> thread = new AtomicReference<>();
      CountDownLatch ran = new CountDownLatch(1);
      executor.execute(
          () -> {
            thread.set(Thread.currentThread().getName());
            ran.countDown();
          });
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(thread.get()).startsWith("spring-worker-");
    }
  }

  @Test
  void aRunnableThatFailsDoesNotStopTheNext() throws Exception {
    try (AdvancedPool pool =
        AdvancedPool.builder()
            .maxWorkers(1)
            .uncaughtExceptionHandler((thread, failure) -> {})
            .build()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      executor.execute(
          () -> {
            throw new IllegalStateException("failed");
          });
      assertThat(executor.submit(() -> "next").get(10, TimeUnit.SECONDS)).isEqualTo("next");
    }
  }

  @Test
  void submittedRunnablesYieldNullOrTheirFailure() throws Exception {
    try (AdvancedPool pool = pool()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      Runnable nothing = () -> {};
      Runnable failing =
          () -> {
            throw new IllegalStateException("failed");
          };
      assertThat(executor.submit(nothing).get(10, TimeUnit.SECONDS)).isNull();
      Future<?> failed = executor.submit(failing);
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> failed.get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(IllegalStateException.class);
      assertThat(failed.isDone()).isTrue();
    }
  }

  @Test
  void submittedCallablesYieldTheirResultOrTheirFailure() throws Exception {
    try (AdvancedPool pool = pool()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      assertThat(executor.submit(() -> Thread.currentThread().getName()).get(10, TimeUnit.SECONDS))
          .startsWith("spring-worker-");
      Future<String> failed =
          executor.submit(
              () -> {
                throw new java.io.IOException("failed");
              });
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> failed.get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(java.io.IOException.class);
    }
  }

  @Test
  void completableFuturesYieldTheResultOrTheFailure() {
    try (AdvancedPool pool = pool()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      assertThat(executor.submitCompletable(() -> "result").join()).isEqualTo("result");
      CompletableFuture<String> failed =
          executor.submitCompletable(
              () -> {
                throw new java.io.IOException("failed");
              });
      assertThatThrownBy(failed::join).hasCauseInstanceOf(java.io.IOException.class);
      Runnable nothing = () -> {};
      assertThat(executor.submitCompletable(nothing).join()).isNull();
    }
  }

  @Test
  void afterTheShutdownTheRunningTaskIsInterruptedTheQueuedOneCancelledAndTheNextRejected()
      throws Exception {
    AdvancedPool pool = pool();
    AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
    CountDownLatch started = new CountDownLatch(1);
    Future<?> running =
        executor.submit(
            () -> {
              started.countDown();
              new CountDownLatch(1).await();
              return null;
            });
    Future<?> queued = executor.submit(() -> "never");
    started.await();

    pool.shutdownNow().forEach(task -> ((Future<?>) task).cancel(true));

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> queued.get(10, TimeUnit.SECONDS));
    assertThatThrownBy(() -> running.get(10, TimeUnit.SECONDS))
        .isInstanceOfAny(CancellationException.class, ExecutionException.class);
    Runnable nothing = () -> {};
    assertThatExceptionOfType(TaskRejectedException.class)
        .isThrownBy(() -> executor.execute(nothing));
  }

  @Test
  void aFullPoolThatRejectsDoesSoWithTheExceptionOfSpring() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    try (AdvancedPool pool =
        AdvancedPool.builder()
            .maxWorkers(1)
            .queueCapacity(0)
            .overflow(OverflowPolicy.REJECT)
            .build()) {
      AsyncTaskExecutor executor = new PoolTaskExecutor(pool);
      CountDownLatch started = new CountDownLatch(1);
      executor.execute(
          () -> {
            started.countDown();
            try {
              hold.await();
            } catch (InterruptedException over) {
              Thread.currentThread().interrupt();
            }
          });
      started.await();
      Runnable nothing = () -> {};
      assertThatExceptionOfType(TaskRejectedException.class)
          .isThrownBy(() -> executor.execute(nothing));
      hold.countDown();
    }
  }
}
