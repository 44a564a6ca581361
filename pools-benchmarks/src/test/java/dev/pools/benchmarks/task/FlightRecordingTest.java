package dev.pools.benchmarks.task;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.jfr.Recording;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlightRecordingTest {

  @ParameterizedTest
  @EnumSource
  void recordingAsksForEventsOfPools_onlyIfItsNameSaysSo(FlightRecording kind) throws Exception {
    try (Recording recording = kind.start()) {
      boolean isOn = recording != null;
      assertThat(isOn).isEqualTo(kind != FlightRecording.NONE);
      if (recording != null) {
        assertThat("false".equals(recording.getSettings().get("dev.pools.TaskWait#enabled")))
            .isEqualTo(kind == FlightRecording.PROFILE_WITHOUT_POOLS);
        assertThat(recording.getSettings()).containsKey("jdk.ExecutionSample#enabled");
      }
    }
  }
}
