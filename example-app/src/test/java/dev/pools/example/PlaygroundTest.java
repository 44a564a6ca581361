package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** The database stays in memory when all connections are closed, as those of an outage are. */
@ExampleTest
@TestPropertySource(
    properties = {
      "example.database.url=jdbc:h2:mem:playground;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1",
      "example.playground.enabled=true"
    })
class PlaygroundTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @Autowired private MockMvcTester web;
  @Autowired private AdvancedPool thumbnails;
  @Autowired private Load load;
  @Autowired private DatabaseFaults faults;
  @Autowired private Batches batches;
  @Autowired private Catalogue catalogue;

  @AfterEach
  void cleanUp() throws Exception {
    load.end();
    load.start();
    faults.repair();
    thumbnails.resize(1, 4).get(60, TimeUnit.SECONDS);
    thumbnails.drain().get(60, TimeUnit.SECONDS);
  }

  private Object live(String path) throws Exception {
    return JsonPath.read(
        web.get().uri("/live").exchange().getResponse().getContentAsString(), path);
  }

  private void post(String path) {
    assertThat(web.post().uri("/playground" + path)).hasStatusOk();
  }

  // ---- Load

  @Test
  void loadSendsWorkOfBothKinds_untilItIsStopped() throws Exception {
    post("/load?people=5&batch=20");

    await()
        .atMost(SOON)
        .until(
            () ->
                (int) live("$.load.people.completed") > 0
                    && (int) live("$.load.batch.completed") > 0);
    assertThat(live("$.load.running")).isEqualTo(true);
    assertThat((int) live("$.load.endsInSeconds")).isBetween(1, 300);
    assertThat((int) live("$.database.acquired")).isPositive();

    post("/load/stop");
    post("/load/stop");

    await().atMost(SOON).until(() -> (int) live("$.load.batch.open") == 0);
    assertThat(live("$.load.running")).isEqualTo(false);
    assertThat(live("$.load.endsInSeconds")).isEqualTo(0);
  }

  @Test
  void secondStartChangesTheRates() {
    load.start(1, 2);
    Load.State second = load.start(0, 3);

    assertThat(second.running()).isTrue();
    assertThat(second.people().perSecond()).isZero();
    assertThat(second.batch().perSecond()).isEqualTo(3);
  }

  @Test
  void loadEndsWhenTheApplicationStops_andDoesNotStartAgain() {
    load.start(1, 1);

    load.stop();

    assertThat(load.isRunning()).isFalse();
    assertThat(load.state().running()).isFalse();
    assertThatThrownBy(() -> load.start(1, 1)).isInstanceOf(RejectedExecutionException.class);
  }

  // ---- Outage

  @Test
  void outageIsShown_andThePoolRecoversByItself() throws Exception {
    Batch batch = batches.accept(Set.of(700, 701, 702, 703));
    post("/load?people=5&batch=0");

    post("/database/break");

    await().atMost(SOON).until(() -> (boolean) live("$.database.down"));
    assertThat(live("$.faults.mode")).isEqualTo("BROKEN");
    assertThat((int) live("$.database.failedAttempts")).isPositive();
    assertThat(web.get().uri("/pictures")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(web.post().uri("/batches/%d/cancel".formatted(batch.id())))
        .hasStatus(HttpStatus.SERVICE_UNAVAILABLE);

    post("/database/repair");

    await().atMost(SOON).until(() -> !(boolean) live("$.database.down"));
    await().atMost(SOON).until(() -> catalogue.batch(batch.id()).orElseThrow().isDone());
    assertThat(catalogue.batch(batch.id()).orElseThrow().made()).isEqualTo(batch.total());
    int before = (int) live("$.load.people.completed");
    await().atMost(SOON).until(() -> (int) live("$.load.people.completed") > before);
  }

  @Test
  void slowDatabaseStillAnswers() throws Exception {
    post("/database/slow?millis=20");

    assertThat(web.get().uri("/pictures")).hasStatusOk();
    assertThat(live("$.faults.mode")).isEqualTo("SLOW");
    assertThat(live("$.faults.delayMillis")).isEqualTo(20);
    assertThat(live("$.database.down")).isEqualTo(false);
  }

  // ---- Workers

  @Test
  void poolSaysWhatMoreWorkersWouldHaveDone_orWhyItCannot() {
    assertThat(web.get().uri("/playground/advice?workers=8"))
        .hasStatusOk()
        .bodyJson()
        .satisfies(
            json -> {
              json.assertThat().extractingPath("$.workers").isEqualTo(8);
              json.assertThat().extractingPath("$.sentence").asString().contains("8");
            });
  }

  @Test
  void numberOfWorkersChanges() throws Exception {
    post("/workers?max=6");

    assertThat(thumbnails.maxWorkers()).isEqualTo(6);
    assertThat(live("$.thumbnails.maxWorkers")).isEqualTo(6);
  }
}
