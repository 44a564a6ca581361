package dev.pools.benchmarks.task;

import java.io.IOException;
import java.text.ParseException;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/** Which recording of the Flight Recorder runs while tasks are measured. */
public enum FlightRecording {

  /** None. */
  NONE {
    @Override
    @Nullable Recording start() {
      return null;
    }
  },

  /** With the settings {@code profile} of the JDK, which include the events of pools. */
  PROFILE {
    @Override
    Recording start() throws IOException, ParseException {
      Recording recording = profile();
      recording.start();
      return recording;
    }
  },

  /** As {@link #PROFILE}, without the events of pools: what they cost is the difference. */
  PROFILE_WITHOUT_POOLS {
    @Override
    Recording start() throws IOException, ParseException {
      Recording recording = profile();
      for (String event : EVENTS_OF_TASK_POOLS) {
        recording.disable("dev.pools." + event);
      }
      recording.start();
      return recording;
    }
  };

  private static final List<String> EVENTS_OF_TASK_POOLS =
      List.of("TaskWait", "TaskRun", "TaskPool", "RunningTask");

  private static Recording profile() throws IOException, ParseException {
    return new Recording(Configuration.getConfiguration("profile"));
  }

  /** Starts it; the caller closes it. */
  abstract @Nullable Recording start() throws IOException, ParseException;
}
