package dev.pools.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NonBlockingTurnTest {

  private final NonBlockingTurn turn = new NonBlockingTurn();

  @Test
  void oneAtATimeHasIt() {
    assertThat(turn.claim()).isTrue();
    assertThat(turn.claim()).isFalse();
    assertThat(turn.claim()).isFalse();
  }

  @Test
  void whoeverHasItLetsGoOnlyWithoutNews() {
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
  void noNewsAreLostAndNoTwoHaveItInARace() throws Exception {
    int threads = 4;
    int newsOfEach = 200_000;
    AtomicInteger brought = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    // Not volatile: what one holder wrote must be seen by the next.
    int[] seen = new int[1];
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread =
          new Thread(
              () -> {
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
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }

    assertThat(together).hasValue(0);
    assertThat(turn.claim()).isTrue();
    assertThat(seen[0]).isEqualTo(threads * newsOfEach);
  }
}
