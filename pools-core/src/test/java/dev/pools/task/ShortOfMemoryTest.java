package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.ChildJvm;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker that finds no memory, at whatever place, loses neither its task nor its own place. */
class ShortOfMemoryTest extends PoolTestBase {

  /** More places than a worker passes on its way through one task. */
  private static final int PLACES = 30;

  /** Workers find no memory for a while: at some places in a row where they look at the clock. */
  private static final class ShortOfMemory extends ManualTime {

    // Guarded by this.
    private int placesBefore;
    private int placesWithout;

    synchronized void at(int place, int places) {
      placesBefore = place;
      placesWithout = places;
    }

    private synchronized void place() {
      if (placesWithout > 0
          && Thread.currentThread().getName().contains("-worker-")
          && placesBefore-- <= 0) {
        placesWithout--;
        throw new OutOfMemoryError("as planned");
      }
    }

    @Override
    public long nanoTime() {
      place();
      return super.nanoTime();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      place();
      return super.schedule(delayNanos, action);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void workerThatFindsNoMemory_endsItsTaskAndGivesItsPlaceBack(int places) throws Exception {
    for (int place = 0; place < PLACES; place++) {
      runOneTaskWithout(place, places);
    }
  }

  private void runOneTaskWithout(int place, int places) throws Exception {
    ShortOfMemory scarce = new ShortOfMemory();
    AdvancedPool pool =
        AdvancedPool.builder()
            .time(scarce)
            .minWorkers(1)
            .maxWorkers(1)
            .maxRunTime(Duration.ofHours(1))
            .listener(new PoolListener() {})
            .build();
    get(pool.submit(() -> 0));
    scarce.at(place, places);

    PoolFuture<Integer> future = pool.submit(() -> 1);
    Object result;
    try {
      result = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      result = failed.getCause();
    }

    scarce.at(0, 0);
    assertThat(result)
        .as("place %d", place)
        .satisfiesAnyOf(
            value -> assertThat(value).isEqualTo(1),
            value -> assertThat(value).isInstanceOf(OutOfMemoryError.class));
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
    pool.shutdown();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("place %d: %s", place, pool)
        .isTrue();
    PoolInvariants.assertHoldAtTheEnd(pool);
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "listener"})
  void workerThatFindsTheHeapFull_deliversWhenThereIsMemory(String where) throws Exception {
    List<String> lines =
        ChildJvm.run(
                FullHeapOfTasks.class,
                Duration.ofMinutes(1),
                List.of("-Xmx24m", "-XX:+UseSerialGC", "-Dwhere=" + where))
            .lines();

    assertThat(lines).contains("done true, terminated true");
  }
}
