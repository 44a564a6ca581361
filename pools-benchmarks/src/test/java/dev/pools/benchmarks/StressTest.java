package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A checker of races that finds no race in anything would report success. */
class StressTest {

  private static final int MILLIS = 200;

  @Test
  void bugsArePlantedInBothPools() throws Exception {
    List<String> planted = Stress.plantedBugs();

    assertThat(planted)
        .contains("dev.pools.task.PlantedCounter", "dev.pools.task.PlantedLookBeforeStart")
        .contains("dev.pools.connection.PlantedLookBeforeCancel");
  }

  @Test
  @Tag("heavy")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void jcstressFindsEachPlantedBug(@TempDir Path directory) throws Exception {
    for (String planted : Stress.plantedBugs()) {
      assertThat(Stress.finds(planted, MILLIS, directory)).as(planted).isTrue();
    }
  }
}
