package dev.pools.boot.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.endpoint.PoolType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AlarmDeliveryTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CountDownLatch hang = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final AlarmDelivery delivery = new AlarmDelivery(this::listen);

  private void listen(PoolAlarmEvent event) {
    if (event.getMessage().equals("throws")) {
      throw new StackOverflowError("of the listener");
    }
    if (event.getMessage().equals("hangs")) {
      try {
        hang.await();
      } catch (InterruptedException stop) {
        interrupted.countDown();
      }
    }
    told.add(event.getPool() + " " + event.getMessage());
  }

  private static PoolAlarmEvent event(String pool, String message) {
    return new PoolAlarmEvent(
        pool,
        Instant.EPOCH.plusSeconds(20),
        Instant.EPOCH,
        pool,
        PoolType.ADVANCED,
        AlarmRule.SATURATION,
        message.equals("over") ? PoolAlarmEvent.State.CLEARED : PoolAlarmEvent.State.RAISED,
        1,
        0.9,
        message);
  }

  @AfterEach
  void stop() {
    hang.countDown();
    delivery.stop();
  }

  private static List<String> threads(String pool) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.equals("pools-alarm-" + pool))
        .toList();
  }

  @Test
  void eventsOfAPoolAreToldInOrder_andItsThreadEnds() {
    delivery.start();
    for (int i = 0; i < 50; i++) {
      delivery.add(event("ordered", "" + i));
    }
    await().atMost(LONG).until(() -> told.size() == 50);
    assertThat(told)
        .isEqualTo(IntStream.range(0, 50).mapToObj(number -> "ordered " + number).toList());
    await().atMost(LONG).until(() -> threads("ordered").isEmpty());
  }

  @Test
  void listenerThatThrows_isReported_andToldTheNextEvent(CapturedOutput output) {
    delivery.start();
    delivery.add(event("one", "throws"));
    delivery.add(event("one", "over"));
    await().atMost(LONG).until(() -> told.contains("one over"));
    assertThat(output).contains("Pool 'one': a listener of alarms failed").contains("over");
  }

  @Test
  void listenerThatHangs_delaysNoOtherPool_andIsBounded(CapturedOutput output) {
    delivery.start();
    delivery.add(event("one", "hangs"));
    // It may have been taken out of the line, or not yet.
    for (int i = 0; i <= AlarmDelivery.MOST; i++) {
      delivery.add(event("one", "later"));
    }
    delivery.add(event("other", "raised"));
    await().atMost(LONG).until(() -> told.contains("other raised"));
    assertThat(told).containsExactly("other raised");
    assertThat(threads("one")).hasSize(1);
    assertThat(output).contains("Pool 'one': an event is dropped, because 100 others wait");

    hang.countDown();
    await().atMost(LONG).until(() -> told.contains("one later"));
    assertThat(told).element(1).isEqualTo("one hangs");
  }

  @Test
  void stopInterruptsTheListenerThatHangs_andTellsNoMore() throws InterruptedException {
    delivery.start();
    delivery.add(event("stopped", "hangs"));
    await().atMost(LONG).until(() -> threads("stopped").size() == 1);
    delivery.add(event("stopped", "later"));
    delivery.stop();
    delivery.add(event("stopped", "later"));
    interrupted.await();
    await().atMost(LONG).until(() -> threads("stopped").isEmpty());
    assertThat(told).containsExactly("stopped hangs");

    delivery.start();
    delivery.add(event("stopped", "again"));
    await().atMost(LONG).until(() -> told.contains("stopped again"));
  }

  @Test
  void stopThatHangsInAnInterrupt_holdsUpNoEvent() throws Exception {
    SlowChannel channel = new SlowChannel();
    AlarmDelivery slow = new AlarmDelivery(event -> channel.read());
    slow.start();
    slow.add(event("slow", "raised"));
    channel.entered.await();
    CompletableFuture<Void> stop = onAThread(slow::stop);
    channel.closing.await();

    onAThread(() -> slow.add(event("slow", "later"))).get(30, TimeUnit.SECONDS);

    channel.goesOn.countDown();
    stop.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Void> onAThread(Runnable step) {
    return CompletableFuture.runAsync(step, command -> new Thread(command).start());
  }

  @Test
  void eventHasAllThatAListenerNeeds() {
    PoolAlarmEvent event = event("one", "over");
    assertThat(event.isRaised()).isFalse();
    assertThat(event.getState()).isEqualTo(PoolAlarmEvent.State.CLEARED);
    assertThat(event.getType()).isEqualTo(PoolType.ADVANCED);
    assertThat(event.getRule()).isEqualTo(AlarmRule.SATURATION);
    assertThat(event.getValue()).isEqualTo(1);
    assertThat(event.getThreshold()).isEqualTo(0.9);
    assertThat(event.getSince()).isEqualTo(Instant.EPOCH);
    assertThat(event.getAt()).isEqualTo(Instant.EPOCH.plusSeconds(20));
    assertThat(event).hasToString("PoolAlarmEvent[CLEARED SATURATION: over]");
  }
}
