package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.advice.TaskRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecordRingTest {

  private static final long START = Math.subtractExact(Long.MAX_VALUE, 5);

  private final RecordRing ring = new RecordRing(START);

  private static TaskRecord task(long number) {
    return new TaskRecord(
        START + number,
        2 * number,
        3 * number,
        (int) number - 7,
        TaskRecord.End.RAN,
        (int) number,
        -(int) number,
        4);
  }

  @Test
  void recordIsReadAsItWasWritten() {
    ring.add(32, true, task(5));
    ring.add(-33, false, task(6));
    ring.addCancelled(7, false, START + 9);

    RecordRing.Entry first = Objects.requireNonNull(ring.get(0));
    RecordRing.Entry second = Objects.requireNonNull(ring.get(1));
    RecordRing.Entry third = Objects.requireNonNull(ring.get(2));

    assertThat(first.task()).isEqualTo(task(5));
    assertThat(first.thinned()).isTrue();
    assertThat(first.isOneInStep()).isTrue();
    assertThat(second.task()).isEqualTo(task(6));
    assertThat(second.thinned()).isFalse();
    assertThat(second.isOneInStep()).isFalse();
    assertThat(third.task()).isNull();
    assertThat(third.arrivalNanos()).isEqualTo(START + 9);
    assertThat(ring.get(3)).isNull();
  }

  @Test
  void oldestRecordsAreOverwritten_andTheRingSaysFromWhenOnItIsComplete() {
    for (long i = 0; i < RecordRing.CAPACITY + 10; i++) {
      ring.add(i, false, task(i));
    }

    assertThat(ring.get(9)).isNull();
    assertThat(ring.get(10)).isNotNull();
    assertThat(ring.count()).isEqualTo(RecordRing.CAPACITY + 10);
    // Up to 0.1 ms later than the last one that was overwritten.
    assertThat(ring.completeFromNanos() - START).isBetween(10L, 10L + 100_000);
  }

  @Test
  void ringTakesAtMost200Kibibytes() {
    assertThat(RecordRing.CAPACITY * 6L * Long.BYTES).isLessThanOrEqualTo(200 * 1024);
  }

  @Test
  void recordThatIsReadWhileOthersAreWrittenIsWhole() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 2; w++) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  ring.add(i, false, task(i));
                }
              });
      writers.add(writer);
      writer.start();
    }
    do {
      long number = Math.max(0, ring.count() - RecordRing.CAPACITY);
      RecordRing.Entry entry = ring.get(number);
      if (entry != null) {
        assertThat(entry.task()).isEqualTo(task(entry.id()));
      }
    } while (writers.stream().anyMatch(Thread::isAlive));
    for (Thread writer : writers) {
      writer.join();
    }
  }
}
