package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.AdvancedPool;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A pool is an Executor, and yet whoever adds one has not asked for Boot's own to go. */
class ExecutorsOfBootTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  TaskExecutionAutoConfiguration.class,
                  TaskSchedulingAutoConfiguration.class));

  @Configuration(proxyBeanMethods = false)
  static class AnyExecutor {
    @Autowired Executor executor;
    @Autowired TaskExecutor taskExecutor;
    @Autowired AsyncTaskExecutor asyncTaskExecutor;
  }

  @Configuration(proxyBeanMethods = false)
  static class PoolByType {
    @Autowired AdvancedPool any;
    @Autowired ExecutorService service;
  }

  @Configuration(proxyBeanMethods = false)
  static class PoolByNameAsExecutor {
    @Autowired Executor reports;
  }

  @Test
  void injectedExecutorIsTheSameAsWithoutTheStarter() {
    runner
        .withUserConfiguration(AnyExecutor.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              Object boots = context.getBean("applicationTaskExecutor");
              AnyExecutor any = context.getBean(AnyExecutor.class);
              assertThat(any.executor).isSameAs(boots);
              assertThat(any.taskExecutor).isSameAs(boots);
              assertThat(any.asyncTaskExecutor).isSameAs(boots);
            });
  }

  @Test
  void theOnlyPoolIsInjectedByItsType() {
    runner
        .withUserConfiguration(PoolByType.class)
        .run(
            context -> {
              AdvancedPool pool = context.getBean("advancedPool", AdvancedPool.class);
              assertThat(context.getBean(PoolByType.class).any).isSameAs(pool);
              assertThat(context.getBean(PoolByType.class).service).isSameAs(pool);
            });
    runner
        .withUserConfiguration(PoolByType.class)
        .withPropertyValues("pools.advanced.instances.reports.max-workers=2")
        .run(
            context ->
                assertThat(context.getBean(PoolByType.class).any)
                    .isSameAs(context.getBean("reports")));
  }

  @Test
  void aConfiguredPoolIsInjectedAsAnExecutorByItsName() {
    runner
        .withUserConfiguration(PoolByNameAsExecutor.class)
        .withPropertyValues("pools.advanced.instances.reports.max-workers=2")
        .run(
            context ->
                assertThat(context.getBean(PoolByNameAsExecutor.class).reports)
                    .isSameAs(context.getBean("reports")));
  }

  @Test
  void configuredPoolReplacesNoExecutorOfBoot() {
    runner
        .withUserConfiguration(AnyExecutor.class)
        .withPropertyValues(
            "pools.advanced.instances.reports.max-workers=2",
            "pools.advanced.instances.mails.max-workers=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              Object boots = context.getBean("applicationTaskExecutor");
              assertThat(context.getBean(AnyExecutor.class).executor).isSameAs(boots);
            });
  }

  @Configuration(proxyBeanMethods = false)
  @EnableScheduling
  static class Scheduling {}

  @Test
  void bootsSchedulerIsStillThere() {
    runner
        .withUserConfiguration(Scheduling.class)
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasSingleBean(TaskScheduler.class);
            });
  }

  @Test
  void virtualThreadsAreBootsOwnToo() {
    runner
        .withPropertyValues("spring.threads.virtual.enabled=true")
        .run(
            context -> {
              assertThat(context).hasNotFailed().hasBean("applicationTaskExecutor");
              boolean virtual =
                  context
                      .getBean(AdvancedPool.class)
                      .submit(() -> Thread.currentThread().getName())
                      .join()
                      .startsWith("advancedPool-task-");
              assertThat(virtual).isEqualTo(Runtime.version().feature() >= 21);
            });
  }

  @Test
  void theDefaultPoolKeepsNoProgramAlive() {
    runner.run(
        context ->
            assertThat(
                    context
                        .getBean(AdvancedPool.class)
                        .submit(() -> Thread.currentThread().isDaemon())
                        .join())
                .isTrue());
  }
}
