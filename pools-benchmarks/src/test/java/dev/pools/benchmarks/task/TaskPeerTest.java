package dev.pools.benchmarks.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pools.benchmarks.VirtualThreads;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class TaskPeerTest {

  private static Threads threadsOf(TaskPeer peer) {
    return peer.name().contains("VIRTUAL") ? Threads.VIRTUAL : Threads.PLATFORM;
  }

  private static Crew open(TaskPeer peer, Threads threads, Bound bound) throws Exception {
    assumeThat(threads == Threads.PLATFORM || VirtualThreads.supported()).isTrue();
    return peer.open(new Demand(threads, 2, bound));
  }

  @ParameterizedTest
  @EnumSource
  void aTaskThatIsSubmittedRuns(TaskPeer peer) throws Exception {
    // Those two take Comparable tasks only, and futures are none.
    assumeThat(peer.name()).doesNotStartWith("TPE_PRIORITY");
    Crew crew = open(peer, threadsOf(peer), Bound.NONE);
    assertThat(crew.submit(() -> 7).get(10, TimeUnit.SECONDS)).isNotNull();
    crew.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"OURS", "TPE_PRIORITY"})
  void smallerNumbersRunSoonerAndEqualOnesInOrder(TaskPeer peer) throws Exception {
    Crew crew = peer.open(new Demand(Threads.PLATFORM, 1, Bound.NONE));
    CountDownLatch start = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    StringBuilder ran = new StringBuilder();
    CountDownLatch ended = new CountDownLatch(4);
    crew.execute(
        () -> {
          begun.countDown();
          try {
            start.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        0);
    begun.await();
    int[] priorities = {3, 1, 3, 0};
    for (int task = 0; task < priorities.length; task++) {
      int number = task;
      crew.execute(
          () -> {
            ran.append(number);
            ended.countDown();
          },
          priorities[task]);
    }
    start.countDown();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).hasToString("3102");
    crew.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"OURS", "TPE", "TOMCAT"})
  void peerThatWaitsAtTheBound_losesNothing(TaskPeer peer) throws Exception {
    Crew crew = open(peer, Threads.PLATFORM, Bound.WAIT);
    int tasks = 5 * Demand.CAPACITY;
    CountDownLatch ended = new CountDownLatch(tasks);
    Set<Thread> ran = ConcurrentHashMap.newKeySet();
    for (int task = 0; task < tasks; task++) {
      crew.executeOrWait(
          () -> {
            ran.add(Thread.currentThread());
            ended.countDown();
          });
    }
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).doesNotContain(Thread.currentThread());
    crew.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"OURS", "TPE", "EQE", "TOMCAT", "JETTY"})
  void peerWhoseCallersRunTasks_runsThoseBeyondTheBound(TaskPeer peer) throws Exception {
    Crew crew = open(peer, Threads.PLATFORM, Bound.CALLER_RUNS);
    int tasks = Demand.CAPACITY + 10;
    CountDownLatch start = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(tasks);
    AtomicInteger byCaller = new AtomicInteger();
    Thread caller = Thread.currentThread();
    for (int task = 0; task < tasks; task++) {
      crew.executeOrRun(
          () -> {
            if (Thread.currentThread() == caller) {
              byCaller.incrementAndGet();
            } else {
              try {
                start.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
            ended.countDown();
          });
    }
    start.countDown();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    // Two workers hold one each, but for a pool that still counts such a task as queued.
    assertThat(byCaller.get()).isBetween(8, 10);
    crew.end();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"OURS", "TPE"})
  void thoseThatCanHaveVirtualWorkers(TaskPeer peer) throws Exception {
    Crew crew = open(peer, Threads.VIRTUAL, Bound.NONE);
    assertThat(crew.submit(() -> Thread.currentThread().isDaemon()).get(10, TimeUnit.SECONDS))
        .isTrue();
    crew.end();
  }
}
