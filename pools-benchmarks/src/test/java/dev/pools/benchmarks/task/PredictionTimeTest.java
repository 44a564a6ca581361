package dev.pools.benchmarks.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.Prediction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionTimeTest {

  @ParameterizedTest
  @ValueSource(ints = {4200, 8192})
  void predictionIsNotRefused(int records) {
    PredictionTime benchmark = new PredictionTime();
    benchmark.records = records;

    benchmark.prepare();

    assertThat(benchmark.predict().grade()).isEqualTo(Prediction.Grade.GOOD);
  }
}
