package dev.pools.advice;

import static dev.pools.advice.JudgedRuns.NO_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which callers count as closed, on runs that were not used to choose any constant. */
class ClosedCallersTest {

  private static final int SEEDS = 4;

  @ParameterizedTest
  @EnumSource(WebThreads.Choice.class)
  void threadsOfAWebServerAreNeverClosed(WebThreads.Choice choice) {
    for (int threads : new int[] {12, 25, 100}) {
      for (double busy : new double[] {0.4, 0.6, 0.8}) {
        assertThat(
                mostClosed(
                    busy * 6, (pool, size) -> new WebThreads(pool, size, threads, choice).start()))
            .as("%d threads, %s busy", threads, busy)
            .isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void threadsThatSubmitAtFixedTimesAreNeverClosed(int threads) {
    assertThat(mostClosed(0.1 * threads, (pool, size) -> submitAtFixedTimes(pool, size, threads)))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5", "3, 0", "5, 1", "9, 0", "9, 2", "30, 4"})
  void threadsThatWaitAndGoOnAreClosed(int threads, double pauses) {
    assertThat(leastClosed(4, (pool, size) -> Load.callers(pool, size, threads, pauses, 500)))
        .isEqualTo(threads);
  }

  private static void submitAtFixedTimes(SimulatedPool pool, Load.Size size, int threads) {
    for (int thread = 1; thread <= threads; thread++) {
      int caller = thread;
      long period = 10 * size.meanNanos() + thread * size.meanNanos() / 7;
      Random random = new Random(size.seed() + thread);
      for (long time = period / thread; time < size.until(); time += period) {
        long demand = (long) (random.nextDouble() * 2 * size.meanNanos());
        pool.at(time, () -> pool.submit(demand, 0, caller, 0, () -> {}));
      }
    }
  }

  private static int mostClosed(double busy, BiConsumer<SimulatedPool, Load.Size> load) {
    int most = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      most = Math.max(most, closed(busy, 3001 + seed, load));
    }
    return most;
  }

  private static int leastClosed(double busy, BiConsumer<SimulatedPool, Load.Size> load) {
    int least = Integer.MAX_VALUE;
    for (int seed = 0; seed < SEEDS; seed++) {
      least = Math.min(least, closed(busy, 3001 + seed, load));
    }
    return least;
  }

  private static int closed(double busy, long seed, BiConsumer<SimulatedPool, Load.Size> load) {
    Load.Size size = new Load.Size(seed % 2 == 0 ? 2.5 : 40, busy, 6000, seed);
    return Sources.of(JudgedRuns.sample(6, NO_LIMIT, size, load)).callers().size();
  }
}
