package dev.pools.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pools.advice.TaskRecord.End;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the record of a task says about its end. */
class TaskRecordTest {

  @ParameterizedTest
  @CsvSource({
    "RAN, true, 60",
    "RAN_BY_CALLER, true, 60",
    "EXPIRED, false, 60",
    "REJECTED, false, 10",
    "RUNNING, false, 9223372036854775807",
    "WAITING, false, 9223372036854775807"
  })
  void submitterLearnsOfTheEnd(End end, boolean hasService, long endNanos) {
    TaskRecord task = new TaskRecord(10, 20, 30, 0, end, 0, 0, 1);

    assertThat(task.hasService()).isEqualTo(hasService);
    assertThat(task.endNanos()).isEqualTo(endNanos);
    assertThat(task.startNanos()).isEqualTo(30);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -1"})
  void timesMustNotBeNegative(long waitNanos, long serviceNanos) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TaskRecord(0, waitNanos, serviceNanos, 0, End.RAN, 0, 0, 1))
        .withMessage(
            "waitNanos is %d and serviceNanos is %d, but both must be at least 0.",
            waitNanos, serviceNanos);
  }
}
