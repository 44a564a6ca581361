package dev.pools.benchmarks.task;

import dev.pools.advice.PoolModel;
import dev.pools.advice.Prediction;
import dev.pools.advice.Predictor;
import dev.pools.advice.Sample;
import dev.pools.advice.TaskRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long a pool takes to say what twice the workers would have done. The score is the time of a
 * prediction that is not refused.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PredictionTime {

  private static final int WORKERS = 4;

  /** One task in so many is recorded while many come. */
  private static final int STEP = 16;

  private static final double MEAN_SERVICE_NANOS = 10e6;
  private static final double UTILISATION = 0.7;

  /**
   * How many records there are: as many as a pool keeps, and as many as stand for 131,072 tasks.
   */
  @Param({"4200", "8192"})
  public int records;

  private Sample sample;

  /** Creates the sample. */
  @Setup
  public void prepare() {
    sample = sample(records);
    Prediction prediction = predict();
    if (prediction.forecast() == null) {
      throw new IllegalStateException("The prediction is refused: " + prediction.reason());
    }
  }

  /** Tasks that arrive at random and take a random time, and are served in the order of arrival. */
  private static Sample sample(int records) {
    SplittableRandom random = new SplittableRandom(42);
    double meanGapNanos = MEAN_SERVICE_NANOS / WORKERS / UTILISATION;
    long[] freeFrom = new long[WORKERS];
    List<TaskRecord> tasks = new ArrayList<>(records);
    long arrival = 0;
    for (int task = 0; task < records * STEP; task++) {
      arrival += Math.round(random.nextExponential() * meanGapNanos);
      long service = Math.round(random.nextExponential() * MEAN_SERVICE_NANOS);
      Arrays.sort(freeFrom);
      long start = Math.max(arrival, freeFrom[0]);
      freeFrom[0] = start + service;
      if (task % STEP == 0) {
        int running = (int) Arrays.stream(freeFrom).filter(end -> end > start).count();
        tasks.add(
            new TaskRecord(
                arrival,
                start - arrival,
                service,
                /* priority= */ 0,
                TaskRecord.End.RAN,
                /* caller= */ 0,
                /* map= */ 0,
                running));
      }
    }
    long end = Arrays.stream(freeFrom).max().orElseThrow();
    return new Sample(
        tasks,
        /* fromNanos= */ 0,
        end,
        STEP,
        /* cpuShare= */ Double.NaN,
        /* blockedWorkers= */ 0,
        /* resized= */ false);
  }

  /** The prediction. */
  @Benchmark
  public Prediction predict() {
    return Predictor.predict(sample, new PoolModel(WORKERS), 2 * WORKERS);
  }
}
