package dev.pools.scaling;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the number of workers that completes the most tasks, by trying. It knows no pool: it gets
 * one sample per tick and returns how many workers there should be. Not thread-safe.
 *
 * <p>It stays at a level, whose throughput is the base. While tasks wait, it compares the base with
 * a trial of more or fewer workers. It remembers a bracket around the level: {@code below} and
 * {@code above} are the nearest numbers of workers that were worse. A search starts with wide
 * strides, halves the bracket, and finishes when no number is left inside the bracket. Then it
 * holds the level and tries one step to one side from time to time.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>The target is within the limits of the last sample.
 *   <li>A tick in which no task waited teaches nothing and changes nothing: the number of workers
 *       did not limit the pool.
 *   <li>The level moves only to a trial whose gain, or whose saving, is larger than the noise.
 *   <li>While the processors are busy, it tries no number above the level.
 * </ol>
 *
 * <p>It judges the elasticity: by how many per cent the throughput changes with one per cent more
 * workers. That is 1 if each worker adds its share, 0 on a plateau, and negative beyond a peak.
 */
final class HillClimber {

  // From .NET's thread pool (PortableThreadPool.HillClimbing): Bias and TargetSignalToNoiseRatio;
  // the CPU usage above which it adds no thread; the time without progress after which it adds one.
  private static final double GROWTH_PAYS_ABOVE = 0.15;
  private static final double SIGNAL_TO_NOISE = 3;
  private static final double BUSY_CPU = 0.95;
  private static final double STALLED_SECONDS = 0.5;

  /** From TCP's slow start (RFC 5681): a search doubles the number as long as that pays. */
  private static final double WIDE_STRIDE = 2;

  /** From asyncutils.pools.AdvancedPool, as in {@link ThresholdScaling}. */
  private static final double STALLED_GROWTH = 1.5;

  // The other constants are our own; the simulations of HillClimberTest check them.

  /** Smaller than what growth has to gain, so that a saving does not undo a growth. */
  private static final double SAVING_PAYS_BELOW = 0.1;

  /**
   * A trial that is probably worse ends early: it costs throughput and can be repeated. A trial of
   * fewer workers that is probably no worse also ends early.
   */
  private static final double DOUBT = 2;

  // A step is a share of the level, wide enough to distinguish its gain from the noise.
  private static final double FINEST_STEP = 0.125;
  private static final double COARSEST_STEP = 0.5;
  private static final double STEP_OF_NOISE = 1.2;

  /** Below this number, one worker is such a large share that a trial costs more than it saves. */
  private static final int LEAST_WORTH_SAVING = 4;

  private static final double STRIDE_GROWTH = 1.5;
  private static final double SETTLED_WITHIN = FINEST_STEP / 2;
  private static final int MOST_TICKS_A_VISIT = 10;
  private static final int MOST_VISITS = 3;

  // The work has changed if the throughput or the CPU usage has changed by this much.
  private static final double CHANGED_RATE = 0.25;
  private static final double CHANGED_CPU = 0.4;
  private static final int CHANGED_BLOCKS = 2;

  private static final double HOLD_SECONDS = 10;
  private static final double HOLD_JITTER = 0.25;
  private static final int KNOWN_STALL_PATIENCE = 10;

  private final RandomGenerator random;
  private final TickNoise noise = new TickNoise();

  private int minWorkers;
  private int maxWorkers;
  private int level;
  private int target;
  private int below;
  private int above;
  private double stride;
  private @Nullable Throughput base;
  private Throughput recent;
  private @Nullable Throughput trial;
  private boolean visiting;
  private int visits;
  private double visitTicks;
  private int changedBlocks;
  private boolean holding;
  private boolean triesMoreNext = true;
  private double holdSeconds;
  private double settleSeconds;
  private double stalledSeconds;
  private boolean wasSaturated;

  /**
   * @param firstLevel the level to start at, within the limits
   * @param random spreads the trials of several pools over time
   */
  HillClimber(int firstLevel, int minWorkers, int maxWorkers, RandomGenerator random) {
    this.random = random;
    this.minWorkers = Math.max(1, minWorkers);
    this.maxWorkers = maxWorkers;
    this.recent = new Throughput(firstLevel);
    search(Math.max(this.minWorkers, Math.min(firstLevel, maxWorkers)), null);
  }

  /** How many workers there should be. */
  int target() {
    return target;
  }

  /** Learns from one tick, and returns how many workers there should be. */
  int next(LoadSample sample) {
    keepWithin(Math.max(1, sample.minWorkers()), sample.maxWorkers());
    boolean saturated = wasSaturated && sample.saturated();
    wasSaturated = sample.saturated();
    if (!saturated) {
      stalledSeconds = 0;
    } else if (isStalled(sample)) {
      search(Math.min(maxWorkers, Math.max(level + 1, (int) (level * STALLED_GROWTH))), null);
    } else if (isSettled(sample)) {
      measure(sample);
    }
    return target;
  }

  private void keepWithin(int min, int max) {
    if (min == minWorkers && max == maxWorkers) {
      return;
    }
    minWorkers = min;
    maxWorkers = max;
    int nearest = Math.max(min, Math.min(level, max));
    search(nearest, nearest == level ? base : null);
  }

  /** Starts to search for the best number of workers, with an empty bracket. */
  private void search(int from, @Nullable Throughput known) {
    base = known;
    trial = null;
    below = 0;
    above = Integer.MAX_VALUE;
    stride = WIDE_STRIDE;
    holding = false;
    changedBlocks = 0;
    stalledSeconds = 0;
    level = from;
    goTo(from);
  }

  private void goTo(int workers) {
    visiting = workers != level;
    visitTicks = 0;
    recent = new Throughput(level);
    // Tasks that run now started beside another number of workers.
    settleSeconds = base == null ? Double.MIN_VALUE : base.secondsPerTask();
    target = workers;
  }

  // ---- Use of a tick

  private boolean isStalled(LoadSample sample) {
    if (sample.completed() > 0 || sample.cpuShare() >= BUSY_CPU || level == maxWorkers) {
      stalledSeconds = 0;
      return false;
    }
    stalledSeconds += sample.seconds();
    return stalledSeconds
        >= (base == null
            ? STALLED_SECONDS
            : KNOWN_STALL_PATIENCE * Math.max(STALLED_SECONDS, 1 / base.perSecond()));
  }

  private boolean isSettled(LoadSample sample) {
    if (Math.abs(sample.workers() - target) > SETTLED_WITHIN * target) {
      return false;
    }
    if (settleSeconds > 0) {
      settleSeconds -= sample.seconds();
      return false;
    }
    return true;
  }

  private void measure(LoadSample sample) {
    if (visiting && trial != null) {
      trial.add(sample);
      visitTicks++;
      judge(trial);
    } else {
      recent.add(sample);
      holdSeconds -= sample.seconds();
      if (recent.isAccurate()) {
        look(recent);
      }
    }
  }

  // ---- At the level

  /** Uses a complete block at the level. */
  private void look(Throughput block) {
    recent = new Throughput(level);
    if (base == null) {
      base = block;
    } else if (!isLike(base, block)) {
      changedBlocks++;
      if (changedBlocks < CHANGED_BLOCKS) {
        return;
      }
      search(level, block);
    } else {
      changedBlocks = 0;
      noise.add(base, block);
      base.add(block);
    }
    if (trial != null) {
      goTo(trial.workers);
    } else {
      tryNext();
    }
  }

  private boolean isLike(Throughput known, Throughput block) {
    double deviation = noise.deviation();
    double error = Math.hypot(known.error(deviation), block.error(deviation));
    double tolerated = Math.max(CHANGED_RATE * known.perSecond(), SIGNAL_TO_NOISE * error);
    return Math.abs(block.perSecond() - known.perSecond()) <= tolerated
        && !(Math.abs(block.cpuShare() - known.cpuShare()) > CHANGED_CPU);
  }

  private void tryNext() {
    if (holding) {
      if (holdSeconds > 0) {
        return;
      }
      lookAround();
    }
    int more = isBusy() ? level : more();
    int fewer = fewer();
    if (more == level && fewer == level) {
      holding = true;
      holdSeconds = HOLD_SECONDS * (1 + HOLD_JITTER * (2 * random.nextDouble() - 1));
    } else {
      // The wider side holds more unknown numbers.
      boolean up = (double) more / level >= (double) level / fewer;
      visits = 0;
      trial = new Throughput(up ? more : fewer);
      goTo(trial.workers);
    }
  }

  /** Forgets one end of the bracket: the best number may have moved without a sign at the level. */
  private void lookAround() {
    holding = false;
    stride = 1;
    if (triesMoreNext && !isBusy()) {
      above = Integer.MAX_VALUE;
    } else if (level >= LEAST_WORTH_SAVING) {
      below = 0;
    }
    triesMoreNext = !triesMoreNext;
  }

  private boolean isBusy() {
    return base != null && base.cpuShare() >= BUSY_CPU;
  }

  private int step() {
    double share =
        Math.max(FINEST_STEP, Math.min(COARSEST_STEP, STEP_OF_NOISE * noise.deviation()));
    return Math.max(1, (int) Math.round(level * share));
  }

  /** The number to try above the level, or the level. */
  private int more() {
    double wish = above == Integer.MAX_VALUE ? level * stride : Math.sqrt((double) level * above);
    int more = Math.min(maxWorkers, Math.max(level + step(), (int) Math.round(wish)));
    return more < above ? more : level;
  }

  /** The number to try below the level, or the level. */
  private int fewer() {
    double wish = below == 0 ? level / stride : Math.sqrt((double) below * level);
    int fewer = Math.max(minWorkers, Math.min(level - step(), (int) Math.round(wish)));
    return fewer > below ? fewer : level;
  }

  // ---- At a trial

  private void judge(Throughput tried) {
    if (base == null || !tried.hasEnoughTicks()) {
      return;
    }
    boolean up = tried.workers > level;
    double elasticity = up ? GROWTH_PAYS_ABOVE : SAVING_PAYS_BELOW;
    double enough = Math.pow((double) tried.workers / level, elasticity);
    double deviation = noise.deviation();
    double error = Math.hypot(tried.error(deviation), enough * base.error(deviation));
    double signal = (tried.perSecond() - enough * base.perSecond()) / error;
    if (signal >= (up ? SIGNAL_TO_NOISE : DOUBT)) {
      accept(tried);
    } else if (signal <= -DOUBT) {
      reject(tried);
    } else if (visitTicks >= MOST_TICKS_A_VISIT && tried.isAccurate()) {
      visits++;
      if (visits < MOST_VISITS) {
        goTo(level);
      } else if (!up && isBusy()) {
        // Busy processors need no more workers. With too few workers they would not be busy.
        accept(tried);
      } else {
        reject(tried);
      }
    }
  }

  private void accept(Throughput tried) {
    if (tried.workers > level) {
      below = level;
    } else {
      above = level;
    }
    level = tried.workers;
    base = tried;
    trial = null;
    stride = Math.min(WIDE_STRIDE, stride * STRIDE_GROWTH);
    goTo(level);
    tryNext();
  }

  private void reject(Throughput tried) {
    if (tried.workers > level) {
      above = tried.workers;
    } else {
      below = tried.workers;
    }
    trial = null;
    goTo(level);
  }
}
