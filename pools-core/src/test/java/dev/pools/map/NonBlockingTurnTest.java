package dev.pools.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NonBlockingTurnTest {

  private final NonBlockingTurn turn = new NonBlockingTurn();

  @Test
  void turnIsHeldByOneAtATime() {
    assertThat(turn.claim()).isTrue();
    assertThat(turn.claim()).isFalse();
    assertThat(turn.claim()).isFalse();
  }

  @Test
  void holderReleasesTheTurnOnlyWithoutNews() {
    turn.claim();
    turn.claim();

    assertThat(turn.release()).as("there are news").isFalse();
    assertThat(turn.release()).isTrue();
    assertThat(turn.claim()).isTrue();
  }

  @Test
  void newsThatCameTogetherAreLookedAtOnce() {
    turn.claim();
    turn.claim();
    turn.claim();

    assertThat(turn.release()).isFalse();
    assertThat(turn.release()).isTrue();
  }

  @Test
  void turnIsHeldByOneThreadAtATimeAndNoNewsIsLost() throws Exception {
    claimInManyThreads(10_000);
  }

  @Test
  @Tag("heavy")
  void turnIsHeldByOneThreadAtATimeAndNoNewsIsLost_inManyRounds() throws Exception {
    claimInManyThreads(200_000);
  }

  private void claimInManyThreads(int newsOfEach) throws Exception {
    int threads = 4;
    AtomicInteger brought = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    // Not volatile: what one holder wrote must be seen by the next.
    int[] seen = new int[1];
    TestThreads.run(
        threads,
        thread -> {
          for (int n = 0; n < newsOfEach; n++) {
            brought.incrementAndGet();
            if (turn.claim()) {
              do {
                if (inside.incrementAndGet() > 1) {
                  together.incrementAndGet();
                }
                seen[0] = Math.max(seen[0], brought.get());
                inside.decrementAndGet();
              } while (!turn.release());
            }
          }
        });

    assertThat(together).hasValue(0);
    assertThat(turn.claim()).isTrue();
    assertThat(seen[0]).isEqualTo(threads * newsOfEach);
  }
}
