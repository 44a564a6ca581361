package dev.pools.boot.advice;

import dev.pools.advice.Scorecard;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pool whose figures are judged by the rules. It has no timer: it learns from the looks of
 * others, which are the samples of the endpoint, the health checks, and the watch for alarms.
 * Without these it knows nothing and says nothing. Its memory is bounded: some eighty looks of a
 * hundred bytes. Safe for use by several threads.
 *
 * <p>What it finds is in the log, too: once an hour for each rule, as a warning; once a day, as
 * information, if it can wait. A prediction for the log or for a health check is computed by a
 * daemon thread that ends with it, because it may take a second, and a probe or a sample must not
 * wait for it.
 */
public final class AdvisedPool {

  private final String name;
  private final Object pool;
  private final Supplier<@Nullable Record> stats;
  private final Proposals proposals;
  private final @Nullable ResizeFollowUp followUp;
  private final LongSupplier nanoTime;
  private final Consumer<? super Runnable> background;

  // Guarded by this.
  private final PoolRules rules;
  private final Map<AdviceRule, Long> logged = new EnumMap<>(AdviceRule.class);
  private List<Finding> found = List.of();
  private boolean hasLooked;
  private long lookedNanos;
  private boolean hasJudged;
  private long judgedNanos;
  private boolean isPredicting;

  /**
   * Creates it.
   *
   * @param name the name of the pool's bean
   * @param settings the full name of a setting of the pool, such as {@code max-workers}
   * @param nanoTime the time for differences: {@code System::nanoTime}
   */
  public AdvisedPool(
      String name, AdvancedPool pool, UnaryOperator<String> settings, LongSupplier nanoTime) {
    this(
        name,
        pool,
        pool::stats,
        new TaskRules(AdvisedPool::cpuNanos, Runtime.getRuntime().availableProcessors()),
        new Proposals(settings, pool::whatIf),
        new ResizeFollowUp(pool::scorecard),
        nanoTime,
        work -> startThread(name, work));
  }

  /** As the other constructor. */
  public AdvisedPool(
      String name, ConnectionPool<?> pool, UnaryOperator<String> settings, LongSupplier nanoTime) {
    this(
        name,
        pool,
        pool::stats,
        new ConnectionRules(() -> findsLeaks(pool)),
        new Proposals(settings, workers -> null),
        null,
        nanoTime,
        work -> startThread(name, work));
  }

  /**
   * Creates it.
   *
   * @param background runs what takes long, on another thread
   */
  AdvisedPool(
      String name,
      Object pool,
      Supplier<@Nullable Record> stats,
      PoolRules rules,
      Proposals proposals,
      @Nullable ResizeFollowUp followUp,
      LongSupplier nanoTime,
      Consumer<? super Runnable> background) {
    this.name = name;
    this.pool = pool;
    this.stats = stats;
    this.rules = rules;
    this.proposals = proposals;
    this.followUp = followUp;
    this.nanoTime = nanoTime;
    this.background = background;
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(-1L);
  }

  private static boolean findsLeaks(ConnectionPool<?> pool) {
    Map<String, Object> options = pool.options();
    return options != null && !Duration.ZERO.equals(options.get("leakThreshold"));
  }

  private static void startThread(String pool, Runnable work) {
    Thread thread = new Thread(null, work, "pools-advice-" + pool, 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether this is that very pool. */
  public boolean isOf(Object other) {
    return pool == other;
  }

  // ---- Looks

  /** Looks at the pool, unless the last look is less than some seconds old. */
  public void look() {
    long now = nanoTime.getAsLong();
    if (isDue(now)) {
      add(stats.get(), now);
    }
  }

  /**
   * Learns from a look of the caller, unless the last one is less than some seconds old.
   *
   * @param snapshot the snapshot that {@code stats()} of this pool has returned
   */
  public void look(Record snapshot) {
    long now = nanoTime.getAsLong();
    if (isDue(now)) {
      add(snapshot, now);
    }
  }

  /** Looks at the pool now, because an option was changed. */
  public void changed() {
    long now = nanoTime.getAsLong();
    noteLook(now);
    add(stats.get(), now);
  }

  private synchronized boolean isDue(long now) {
    if (hasLooked && now - lookedNanos < Thresholds.LEAST_PAUSE.toNanos()) {
      return false;
    }
    noteLook(now);
    return true;
  }

  private synchronized void noteLook(long now) {
    hasLooked = true;
    lookedNanos = now;
  }

  private void add(@Nullable Record snapshot, long now) {
    if (snapshot == null) {
      // A stand-in of a test.
      return;
    }
    Reading look = rules.read(snapshot, now);
    if (judge(look, now)) {
      boolean isPredicted = proposals.forget(look.limit());
      if (followUp != null) {
        followUp.resized((TaskReading) look, isPredicted);
      }
    }
    long generation = proposals.generation();
    for (Finding finding : toLog(now)) {
      if (proposals.isPredictionDue(finding, now)) {
        later(() -> log(proposals.complete(finding, now, generation)));
      } else {
        log(proposals.known(finding, now, generation));
      }
    }
    if (followUp != null) {
      report(followUp.look((TaskReading) look));
    }
  }

  private void later(Runnable work) {
    background.accept(
        (Runnable) () -> Faults.guard(AdvisedPool.class, name, "a prediction for advice", work));
  }

  /** The name of the pool. */
  public String name() {
    return name;
  }

  private void log(Advice advice) {
    // Each part may be as long as a part of a line of the log can be.
    String format = "Pool '{}': advice: {}: {}" + " {}".repeat(advice.details().size());
    List<Object> texts = new ArrayList<>(List.of(name, advice.rule().id(), advice.figures()));
    texts.addAll(advice.details());
    if (advice.rule().isUrgent()) {
      Faults.warn(AdvisedPool.class, null, format, texts.toArray());
    } else {
      Faults.info(AdvisedPool.class, format, texts.toArray());
    }
  }

  private void report(@Nullable Scorecard card) {
    if (card != null && card.hiddenLimit()) {
      Faults.warn(AdvisedPool.class, null, "Pool '{}': after the resize: {}", name, card);
    } else if (card != null) {
      Faults.info(AdvisedPool.class, "Pool '{}': after the resize: {}", name, card);
    }
  }

  /**
   * Returns whether the largest size has changed. A look that another one has overtaken is left
   * out.
   */
  private synchronized boolean judge(Reading look, long now) {
    if (hasJudged && now - judgedNanos < 0) {
      return false;
    }
    hasJudged = true;
    judgedNanos = now;
    boolean resized = rules.add(look);
    found = rules.findings(now);
    return resized;
  }

  private synchronized List<Finding> toLog(long now) {
    List<Finding> due = new ArrayList<>();
    for (Finding finding : found) {
      AdviceRule rule = finding.rule();
      Duration pause = rule.isUrgent() ? Thresholds.LOG_AGAIN : Thresholds.LOG_AGAIN_LATER;
      Long before = logged.get(rule);
      if (before == null || now - before >= pause.toNanos()) {
        logged.put(rule, now);
        due.add(finding);
      }
    }
    return due;
  }

  // ---- Advice

  /**
   * The rules that have something to say, the most urgent first, without predictions: this costs
   * nothing.
   */
  public List<AdviceRule> rules() {
    List<AdviceRule> shown = new ArrayList<>();
    for (Finding finding : found()) {
      shown.add(finding.rule());
    }
    if (compared(nanoTime.getAsLong()) != null) {
      shown.add(AdviceRule.RESIZED);
    }
    return shown;
  }

  /**
   * The most urgent advice of some rules, with the prediction if it was computed already; null if
   * they have found nothing. Neither looks nor waits.
   */
  public @Nullable Advice first(Predicate<AdviceRule> rules) {
    long generation = proposals.generation();
    for (Finding finding : found()) {
      if (rules.test(finding.rule())) {
        return proposals.known(finding, nanoTime.getAsLong(), generation);
      }
    }
    return null;
  }

  /**
   * All advice of now, the most urgent first, with what the proposed number of workers would have
   * done. The first call in a window of five minutes may take a second of processor time for each
   * rule that proposes one.
   */
  public List<Advice> advice() {
    look();
    long now = nanoTime.getAsLong();
    long generation = proposals.generation();
    return advice(now, finding -> proposals.complete(finding, now, generation));
  }

  /**
   * As {@link #advice()}, but never waits for a prediction: one that is due is computed by another
   * thread, and is there at a later call.
   */
  public List<Advice> adviceSoFar() {
    look();
    long now = nanoTime.getAsLong();
    long generation = proposals.generation();
    List<Finding> due =
        found().stream().filter(finding -> proposals.isPredictionDue(finding, now)).toList();
    if (!due.isEmpty() && beginPredicting()) {
      boolean isBegun = false;
      try {
        later(() -> predict(due, now, generation));
        isBegun = true;
      } finally {
        if (!isBegun) {
          endPredicting();
        }
      }
    }
    return advice(now, finding -> proposals.known(finding, now, generation));
  }

  private void predict(List<Finding> due, long now, long generation) {
    try {
      due.forEach(finding -> proposals.complete(finding, now, generation));
    } finally {
      endPredicting();
    }
  }

  private synchronized boolean beginPredicting() {
    boolean begins = !isPredicting;
    isPredicting = true;
    return begins;
  }

  private synchronized void endPredicting() {
    isPredicting = false;
  }

  private List<Advice> advice(long now, Function<Finding, Advice> told) {
    List<Advice> all = new ArrayList<>();
    for (Finding finding : found()) {
      all.add(told.apply(finding));
    }
    Advice compared = compared(now);
    if (compared != null) {
      all.add(compared);
    }
    return all;
  }

  /** What became of the last change of the size; null if there is nothing to say about it. */
  private @Nullable Advice compared(long now) {
    return followUp == null ? null : followUp.compared(now);
  }

  private synchronized List<Finding> found() {
    boolean isRecent =
        hasLooked && nanoTime.getAsLong() - lookedNanos <= Thresholds.LONGEST_PAUSE.toNanos();
    return isRecent ? found : List.of();
  }
}
