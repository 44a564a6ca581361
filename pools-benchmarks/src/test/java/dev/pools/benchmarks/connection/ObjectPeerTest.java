package dev.pools.benchmarks.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pools.benchmarks.VirtualThreads;
import dev.pools.benchmarks.connection.Lending.Pending;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectPeerTest {

  private static Lending<Object> open(ObjectPeer peer, int objects) throws Exception {
    assumeThat(!peer.name().startsWith("STORMPOT") || VirtualThreads.supported()).isTrue();
    return peer.openFull(objects);
  }

  @ParameterizedTest
  @EnumSource
  void asManyAsThereAreCanBeLeasedAndGivenBackByAnyThread(ObjectPeer peer) throws Exception {
    Lending<Object> lending = open(peer, 3);
    for (int round = 0; round < 2; round++) {
      List<Object> leases = new ArrayList<>();
      Set<Object> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
      for (int lease = 0; lease < 3; lease++) {
        leases.add(lending.take());
      }
      distinct.addAll(leases);
      assertThat(distinct).hasSize(3);
      Thread other =
          new Thread(
              () -> {
                try {
                  for (Object lease : leases) {
                    lending.give(lease);
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      other.start();
      other.join();
    }
    lending.end();
  }

  @ParameterizedTest
  @EnumSource
  void waiterIsServedWhenTheObjectIsReturned(ObjectPeer peer) throws Exception {
    Lending<Object> lending = open(peer, 1);
    Object held = lending.take();
    BlockingQueue<Object> served = new LinkedBlockingQueue<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                Object lease = lending.take();
                served.add(lease);
                lending.give(lease);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    waiter.start();
    InLine.await(waiter);
    lending.give(held);
    assertThat(served.poll(10, TimeUnit.SECONDS)).isNotNull();
    waiter.join();
    lending.end();
  }

  @ParameterizedTest
  @EnumSource(names = {"OURS", "REACTOR_POOL"})
  void waiterThatGivesUpIsNotServedAndTheNextOneIs(ObjectPeer peer) throws Exception {
    Lending<Object> lending = open(peer, 1);
    Object held = lending.take();
    BlockingQueue<String> served = new LinkedBlockingQueue<>();
    Pending first = lending.takeLater(lease -> served.add("first"));
    lending.takeLater(lease -> served.add("second"));
    first.cancel();
    lending.give(held);
    assertThat(served.poll(10, TimeUnit.SECONDS)).isEqualTo("second");
  }

  @Test
  void callerServedBeforeAnEarlierOneHasOvertaken() {
    assertThat(Inversions.overtakingIn(List.of(0, 1, 2, 3))).isZero();
    assertThat(Inversions.overtakingIn(List.of(3, 0, 1, 2))).isEqualTo(1);
    assertThat(Inversions.overtakingIn(List.of(3, 2, 1, 0))).isEqualTo(3);
  }
}
