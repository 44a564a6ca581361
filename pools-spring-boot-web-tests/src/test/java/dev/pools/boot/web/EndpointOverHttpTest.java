package dev.pools.boot.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.web.RunningApplication.Answer;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The endpoint with both web stacks, on the port of the application and on one of its own. */
class EndpointOverHttpTest {

  /** Without Spring Security. */
  static final String OPEN =
      "spring.autoconfigure.exclude="
          + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration";

  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  private static RunningApplication start(
      WebApplicationType type, boolean ownPort, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add(OPEN);
    if (ownPort) {
      all.add("management.server.port=0");
    }
    return RunningApplication.start(type, Nothing.class, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void poolsAreShown_andNothingCanBeChangedByDefault(WebApplicationType type, boolean ownPort) {
    try (RunningApplication application = start(type, ownPort)) {
      Answer all = application.get("", null);
      assertThat(all.status()).isEqualTo(200);
      assertThat(all.body().toString()).contains("printer", "ledger", "status=UP");

      Answer one = application.get("/connection/ledger", null);
      assertThat(one.status()).isEqualTo(200);
      assertThat(one.body())
          .containsEntry("kind", "connection")
          .containsEntry("status", "UP")
          .containsKeys("figures", "settings", "events", "history");
      assertThat(application.get("/ledger", null).body()).containsEntry("kind", "connection");
      assertThat(application.get("/advanced/printer/settings", null).body().toString())
          .contains("name=max-workers, value=4, source=property");

      assertThat(application.get("/ledgers", null).status()).isEqualTo(404);
      assertThat(application.get("/connection/printer", null).status()).isEqualTo(404);
      assertThat(application.get("/advanced/printer/nothing", null).status()).isEqualTo(404);
      assertThat(application.post("/advanced/printer", "{\"maxWorkers\":8}", null).status())
          .isEqualTo(405);
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void unrestrictedAccessChangesPools_andWrongRequestsSayWhatIsWrong(
      WebApplicationType type, boolean ownPort) {
    try (RunningApplication application =
        start(type, ownPort, "management.endpoint.pools.access=unrestricted")) {
      AdvancedPool printer = application.context().getBean("printer", AdvancedPool.class);

      Answer changed =
          application.post("/advanced/printer", "{\"minWorkers\":2,\"maxWorkers\":8}", null);
      assertThat(changed.status()).isEqualTo(200);
      assertThat(changed.body().get("changed").toString())
          .contains("option=maxWorkers, before=4, after=8");
      assertThat(printer.minWorkers()).isEqualTo(2);
      assertThat(printer.maxWorkers()).isEqualTo(8);

      refused(application, "/advanced/printer", "{\"maxWorkers\":0}", 400, "maxWorkers is 0");
      refused(application, "/advanced/printer", "{\"maxWorkers\":\"x\"}", 400, "whole number");
      refused(application, "/advanced/printer", "{}", 400, "minWorkers, maxWorkers");
      refused(application, "/advanced/printer", "{\"maxSize\":9}", 400, "maxSize is '9'");
      refused(
          application,
          "/advanced/printer",
          "{\"maxWorkers\":9,\"keepAlive\":\"5s\"}",
          400,
          "keepAlive");
      refused(
          application,
          "/advanced/printer",
          "{\"maxWorkers\":3,\"option\":\"maxWorkers\",\"value\":\"5\"}",
          400,
          "maxWorkers twice");
      refused(application, "/advanced/printer/suspend", "{}", 400, "drain");
      refused(application, "/connection/nothing", "{\"maxSize\":9}", 404, "connection/ledger");
      assertThat(printer.maxWorkers()).isEqualTo(8);

      assertThat(application.post("/connection/ledger/suspend", "{}", null).status())
          .isEqualTo(200);
      assertThat(first(application.get("", null)))
          .containsEntry("name", "ledger")
          .containsEntry("status", "OUT_OF_SERVICE");
      assertThat(application.post("/connection/ledger/resume", "{}", null).status()).isEqualTo(200);
      assertThat(application.get("/connection/ledger/events", null).body().toString())
          .contains("suspend", "resume");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void poolWhoseNameAPathCannotHold_isReachedByAParameter(WebApplicationType type) {
    try (RunningApplication application =
        start(
            type,
            false,
            "management.endpoint.pools.access=unrestricted",
            "pools.advanced.instances[a/b].max-workers=2")) {
      assertThat(application.get("/advanced/x?name=a/b", null).body())
          .containsEntry("name", "a/b")
          .containsKeys("figures", "settings");
      assertThat(application.get("/advanced/x/settings?name=a%2Fb", null).body())
          .containsEntry("name", "a/b");
      Answer changed = application.post("/advanced/x?name=a/b", "{\"maxWorkers\":3}", null);
      assertThat(changed.body()).containsEntry("name", "a/b");
      assertThat(application.context().getBean("a/b", AdvancedPool.class).maxWorkers())
          .isEqualTo(3);
      assertThat(application.post("/advanced/x/drain?name=a/b", "{}", null).body())
          .containsEntry("name", "a/b");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void changeOfAdviceIsPostedAsItIs(WebApplicationType type) {
    try (RunningApplication application =
        start(type, false, "management.endpoint.pools.access=unrestricted")) {
      assertThat(advice(application)).isEmpty();
      for (int limit : List.of(9, 4, 9, 4)) {
        String json = "{\"maxWorkers\":" + limit + "}";
        assertThat(application.post("/advanced/printer", json, null).status()).isEqualTo(200);
      }
      Map<String, Object> flapping = advice(application).get(0);
      assertThat(flapping)
          .containsEntry("rule", "flapping")
          .containsEntry("change", Map.of("maxWorkers", 9))
          .containsEntry("current", Map.of("maxWorkers", 4));

      String change = JsonMapper.builder().build().writeValueAsString(flapping.get("change"));
      assertThat(application.post("/advanced/printer", change, null).status()).isEqualTo(200);

      assertThat(application.context().getBean("printer", AdvancedPool.class).maxWorkers())
          .isEqualTo(9);
      assertThat(advice(application).get(0)).doesNotContainKeys("change", "current");
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> advice(RunningApplication application) {
    return (List<Map<String, Object>>)
        Objects.requireNonNull(
            application.get("/advanced/printer/advice", null).body().get("advice"));
  }

  private static void refused(
      RunningApplication application, String path, String json, int status, String text) {
    Answer answer = application.post(path, json, null);
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(String.valueOf(answer.body().get("message"))).contains(text);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> first(Answer all) {
    return ((List<Map<String, Object>>) all.body().get("pools")).get(0);
  }
}
