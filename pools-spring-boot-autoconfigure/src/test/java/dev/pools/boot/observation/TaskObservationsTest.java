package dev.pools.boot.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.PoolFullException;
import dev.pools.task.TaskExpiredException;
import dev.pools.task.TaskOptions;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A span for each task, linked to the code that submitted it. */
class TaskObservationsTest {

  private final Ended ended = new Ended();
  private @Nullable AdvancedPool pool;

  @AfterEach
  void closePool() {
    if (pool != null) {
      pool.shutdownNow();
    }
  }

  private AdvancedPool pool(UnaryOperator<AdvancedPoolBuilder> options) {
    return pool(new TaskObservations(ended.registry, null), options);
  }

  private AdvancedPool pool(
      TaskObservations observations, UnaryOperator<AdvancedPoolBuilder> options) {
    AdvancedPoolBuilder builder =
        AdvancedPool.builder()
            .name("printer")
            .maxWorkers(1)
            .taskDecorator(observations)
            .listener(observations);
    AdvancedPool built = options.apply(builder).build();
    pool = built;
    return built;
  }

  private AdvancedPool pool() {
    return pool(builder -> builder);
  }

  private @Nullable String current() {
    Observation observation = ended.registry.getCurrentObservation();
    return observation == null ? null : observation.getContext().getName();
  }

  @Test
  void task_isAChildOfWhatItsSubmitterObserved() {
    AdvancedPool printer = pool();

    String result =
        ended.inside(
            "request",
            () -> printer.submit(() -> "printed", TaskOptions.named("invoice 7")).join());

    Observation.Context task = ended.only("pools.task");
    assertThat(result).isEqualTo("printed");
    assertThat(Ended.parentOf(task)).isEqualTo("request");
    assertThat(task.getContextualName()).isEqualTo("task printer");
    assertThat(Ended.low(task)).isEqualTo(Map.of("pool", "printer", "outcome", "completed"));
    assertThat(Ended.high(task)).containsEntry("task.name", "invoice 7");
    assertThat(new BigDecimal(Ended.high(task).get("task.waited.ms"))).isNotNegative();
    assertThat(task.getError()).isNull();
  }

  @Test
  void observationHasEnded_whenTheFutureCompletes() {
    AdvancedPool printer = pool();

    printer.submit(() -> "printed").join();

    assertThat(ended.named("pools.task")).hasSize(1);
  }

  @Test
  void observationIsCurrent_onlyWhileItsTaskRuns() {
    AdvancedPool printer = pool();
    AtomicReference<@Nullable String> afterwards = new AtomicReference<>("not yet");
    CountDownLatch submitted = new CountDownLatch(1);

    CompletableFuture<String> inside =
        printer.submit(
            () -> {
              assertThat(submitted.await(60, TimeUnit.SECONDS)).isTrue();
              return current();
            });
    CompletableFuture<Void> dependant = inside.thenAccept(name -> afterwards.set(current()));
    submitted.countDown();
    dependant.join();

    assertThat(inside.join()).isEqualTo("pools.task");
    assertThat(afterwards.get()).isNull();
    assertThat(ended.named("pools.task"))
        .allSatisfy(task -> assertThat(Ended.parentOf(task)).isNull());
  }

  @Test
  void plainRunnable_isObservedByTheNameOfItsClass() {
    AdvancedPool printer = pool();

    ended.inside(
        "request",
        () -> {
          printer.execute(new Printout());
          return "submitted";
        });

    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(1));
    Observation.Context task = ended.only("pools.task");
    assertThat(Ended.parentOf(task)).isEqualTo("request");
    assertThat(Ended.high(task).get("task.name")).contains("Printout");
  }

  private static final class Printout implements Runnable {
    @Override
    public void run() {}
  }

  @Test
  void taskThatFails_hasItsException() {
    IllegalStateException jam = new IllegalStateException("paper jam");
    AdvancedPool printer = pool();

    assertThatThrownBy(
            () ->
                printer
                    .submit(
                        () -> {
                          throw jam;
                        })
                    .join())
        .hasCause(jam);

    Observation.Context task = ended.only("pools.task");
    assertThat(task.getError()).isSameAs(jam);
    assertThat(Ended.low(task)).containsEntry("outcome", "failed");
  }

  @Test
  void taskThatIsCancelledInTheQueue_keepsTheParentOfItsSubmitter() throws InterruptedException {
    AdvancedPool printer = pool();
    CountDownLatch done = busy(printer);
    Future<String> queued =
        ended.inside("request", () -> printer.submit(() -> "never", TaskOptions.named("queued")));

    boolean cancelled = ended.inside("cleanup", () -> queued.cancel(true));
    done.countDown();

    assertThat(cancelled).isTrue();
    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(2));
    Observation.Context task = task("queued");
    assertThat(Ended.parentOf(task)).isEqualTo("request");
    assertThat(Ended.low(task)).containsEntry("outcome", "cancelled");
  }

  @Test
  void cancelledTaskWithoutAParent_isNoChildOfTheOneThatCancels() throws InterruptedException {
    AdvancedPool printer = pool();
    CountDownLatch done = busy(printer);
    Future<String> queued = printer.submit(() -> "never", TaskOptions.named("queued"));

    boolean cancelled = ended.inside("cleanup", () -> queued.cancel(true));
    done.countDown();

    assertThat(cancelled).isTrue();
    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(2));
    assertThat(Ended.parentOf(task("queued"))).isNull();
  }

  @Test
  void taskThatExpires_hasItsException() throws InterruptedException {
    AdvancedPool printer = pool();
    CountDownLatch done = busy(printer);
    CompletableFuture<String> late =
        ended.inside(
            "request",
            () ->
                printer.submit(
                    () -> "never",
                    TaskOptions.named("late").withMaxQueueTime(Duration.ofNanos(1))));
    done.countDown();

    assertThatThrownBy(late::join).hasCauseInstanceOf(TaskExpiredException.class);

    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(2));
    Observation.Context task = task("late");
    assertThat(Ended.parentOf(task)).isEqualTo("request");
    assertThat(Ended.low(task)).containsEntry("outcome", "expired");
    assertThat(task.getError()).isInstanceOf(TaskExpiredException.class);
  }

  @Test
  void taskThatIsCancelledWhileItRuns_endsWithItsRun() throws InterruptedException {
    AdvancedPool printer = pool();
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<String> running =
        printer.submit(
            () -> {
              started.countDown();
              new CountDownLatch(1).await();
              return "never";
            });
    assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();

    running.cancel(true);

    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(1));
    assertThat(Ended.low(ended.only("pools.task"))).containsEntry("outcome", "cancelled");
    assertThat(printer.submit(this::current).join()).isEqualTo("pools.task");
  }

  @Test
  void rejectedTask_hasNoObservation() throws InterruptedException {
    AdvancedPool printer =
        pool(builder -> builder.queueCapacity(0).overflow(OverflowPolicy.REJECT));
    CountDownLatch done = busy(printer);

    assertThatThrownBy(() -> printer.submit(() -> "never")).isInstanceOf(PoolFullException.class);
    done.countDown();

    await().untilAsserted(() -> assertThat(ended.named("pools.task")).hasSize(1));
  }

  @Test
  void taskThatItsCallerRuns_isAChildOfTheTaskThatSubmittedIt() {
    AdvancedPool printer =
        pool(builder -> builder.queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));

    String afterInner =
        ended.inside(
            "request",
            () ->
                printer
                    .submit(
                        () -> {
                          Observation own = ended.registry.getCurrentObservation();
                          printer.submit(() -> "inner", TaskOptions.named("inner")).join();
                          return own == ended.registry.getCurrentObservation() ? "same" : "other";
                        },
                        TaskOptions.named("outer"))
                    .join());

    assertThat(afterInner).isEqualTo("same");
    assertThat(Ended.parentOf(task("outer"))).isEqualTo("request");
    assertThat(task("inner").getParentObservation())
        .satisfies(parent -> assertThat(parent.getContextView()).isSameAs(task("outer")));
  }

  @Test
  void elementsOfAMap_areTasksOfTheOneThatCalledMap() {
    AdvancedPool printer = pool();

    List<Integer> doubled =
        ended.inside("request", () -> printer.map(number -> number * 2, List.of(1, 2, 3)).join());

    assertThat(doubled).containsExactly(2, 4, 6);
    assertThat(ended.named("pools.task"))
        .hasSize(3)
        .allSatisfy(task -> assertThat(Ended.parentOf(task)).isEqualTo("request"));
  }

  @Test
  void taskThatADependantSubmits_hasTheParentOfTheTaskBefore() throws InterruptedException {
    AdvancedPool printer = pool();
    CountDownLatch done = busy(printer);

    CompletableFuture<String> chain =
        ended.inside(
            "request",
            () ->
                printer
                    .submit(() -> "first", TaskOptions.named("first"))
                    .thenCompose(first -> printer.submit(() -> "next", TaskOptions.named("next"))));
    done.countDown();

    assertThat(chain.join()).isEqualTo("next");
    assertThat(Ended.parentOf(task("first"))).isEqualTo("request");
    assertThat(Ended.parentOf(task("next"))).isEqualTo("request");
  }

  @Test
  void withoutTheDecorator_tasksAreObservedWithoutAParent() {
    TaskObservations observations = new TaskObservations(ended.registry, null);
    AdvancedPool printer = AdvancedPool.builder().name("printer").listener(observations).build();
    pool = printer;

    ended.inside("request", () -> printer.submit(() -> "printed").join());
    printer.submit(() -> "printed").join();

    assertThat(ended.named("pools.task"))
        .hasSize(2)
        .allSatisfy(task -> assertThat(Ended.parentOf(task)).isNull());
  }

  @Test
  void handlerThatThrows_costsNoTaskAndNoOtherObservation() {
    ended
        .registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<TaskObservationContext>() {
              @Override
              public void onStart(TaskObservationContext context) {
                if ("faulty".equals(context.getTask().name())) {
                  throw new IllegalStateException("The exporter is closed");
                }
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof TaskObservationContext;
              }
            });
    AdvancedPool printer = pool();

    String first = printer.submit(() -> "printed", TaskOptions.named("faulty")).join();
    String second =
        ended.inside(
            "request", () -> printer.submit(this::current, TaskOptions.named("sound")).join());

    assertThat(first).isEqualTo("printed");
    assertThat(second).isEqualTo("pools.task");
    assertThat(Ended.parentOf(task("sound"))).isEqualTo("request");
  }

  @Test
  void observationThatAPredicateDenies_costsNoTask() {
    ended
        .registry
        .observationConfig()
        .observationPredicate((name, context) -> !name.equals("pools.task"));
    AdvancedPool printer = pool();

    String result = ended.inside("request", () -> printer.submit(() -> "printed").join());
    assertThatThrownBy(() -> printer.submit(() -> Integer.parseInt("x")).join())
        .hasCauseInstanceOf(NumberFormatException.class);

    assertThat(result).isEqualTo("printed");
    assertThat(ended.named("pools.task")).isEmpty();
  }

  /** Another name, and a key in addition. */
  private static final class OfTheUser extends DefaultTaskObservationConvention {
    @Override
    public String getName() {
      return "print.jobs";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(TaskObservationContext context) {
      return super.getLowCardinalityKeyValues(context).and(KeyValue.of("floor", "3"));
    }
  }

  @Test
  void conventionOfTheUser_replacesTheUsualOne() {
    AdvancedPool printer =
        pool(new TaskObservations(ended.registry, new OfTheUser()), builder -> builder);

    printer.submit(() -> "printed").join();

    assertThat(Ended.low(ended.only("print.jobs")))
        .isEqualTo(Map.of("pool", "printer", "outcome", "completed", "floor", "3"));
  }

  @Test
  void conventionOfTheRegistry_replacesTheUsualOne() {
    ended
        .registry
        .observationConfig()
        .observationConvention(
            new GlobalObservationConvention<TaskObservationContext>() {
              @Override
              public String getName() {
                return "global";
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof TaskObservationContext;
              }
            });
    AdvancedPool printer = pool();

    printer.submit(() -> "printed").join();

    assertThat(ended.named("global")).hasSize(1);
  }

  @Test
  void tracer_makesASpanOfTheTask_inTheTraceOfItsSubmitter() {
    SimpleTracer tracer = new SimpleTracer();
    ended
        .registry
        .observationConfig()
        .observationHandler(new DefaultTracingObservationHandler(tracer));
    AdvancedPool printer = pool();

    ended.inside(
        "request", () -> printer.submit(() -> "printed", TaskOptions.named("invoice 7")).join());

    SimpleSpan task = span(tracer, "task printer");
    SimpleSpan request = span(tracer, "request");
    assertThat(task.getTraceId()).isEqualTo(request.getTraceId());
    assertThat(task.getParentId()).isEqualTo(request.getSpanId());
    assertThat(task.getTags())
        .containsEntry("pool", "printer")
        .containsEntry("outcome", "completed")
        .containsEntry("task.name", "invoice 7")
        .containsKey("task.waited.ms");
    assertThat(task.getEndTimestamp()).isNotNull();
  }

  private static SimpleSpan span(SimpleTracer tracer, String name) {
    return tracer.getSpans().stream()
        .filter(span -> name.equals(span.getName()))
        .findAny()
        .orElseThrow();
  }

  private Observation.Context task(String name) {
    return ended.named("pools.task").stream()
        .filter(task -> name.equals(Ended.high(task).get("task.name")))
        .findAny()
        .orElseThrow();
  }

  /** Keeps the only worker busy until the latch is open. */
  private static CountDownLatch busy(AdvancedPool pool) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    pool.submit(
        () -> {
          started.countDown();
          return done.await(60, TimeUnit.SECONDS);
        });
    assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
    return done;
  }
}
