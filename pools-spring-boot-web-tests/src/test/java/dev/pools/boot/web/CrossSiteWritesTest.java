package dev.pools.boot.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.web.RunningApplication.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;

/**
 * A page of another web site sends requests through the browser of a user, where nothing but the
 * starter protects the endpoint.
 */
class CrossSiteWritesTest {

  private static final String SUSPEND = "/actuator/pools/connection/ledger/suspend";
  private static final String RESUME = "/actuator/pools/connection/ledger/resume";
  private static final String OTHER = "https://other.example";

  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  private static RunningApplication start(WebApplicationType type, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add(EndpointOverHttpTest.OPEN);
    all.add("management.endpoint.pools.access=unrestricted");
    return RunningApplication.start(type, Nothing.class, all.toArray(String[]::new));
  }

  private static RunningApplication start(WebApplicationType type, boolean ownPort) {
    return ownPort ? start(type, "management.server.port=0") : start(type);
  }

  private static void refused(Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(403);
    assertThat(answer.body().get("message"))
        .asString()
        .contains("another origin", "management.endpoints.web.cors.allowed-origins");
  }

  private static void isUp(RunningApplication application) {
    assertThat(application.get("/ledger", null).body()).containsEntry("status", "UP");
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void pageOfAnotherSiteChangesNothing(WebApplicationType type, boolean ownPort) {
    try (RunningApplication application = start(type, ownPort)) {
      // A script, and a form, which needs no script.
      refused(application.postTo(SUSPEND, "", "Origin", OTHER));
      for (String content : List.of("application/x-www-form-urlencoded", "text/plain")) {
        refused(application.postTo(SUSPEND, "a=b", "Origin", OTHER, "Content-Type", content));
      }
      refused(
          application.postTo(
              "/actuator/pools/advanced/printer",
              "{\"maxWorkers\":9}",
              "Origin",
              OTHER,
              "Content-Type",
              "application/json"));
      // A file, a sandbox, another port, another scheme, no address at all.
      for (String origin :
          List.of(
              "null",
              "http://localhost:1",
              application.origin().replace("http:", "https:"),
              "http://[::::")) {
        refused(application.postTo(SUSPEND, "", "Origin", origin));
      }
      for (String site : List.of("cross-site", "same-site")) {
        refused(application.postTo(SUSPEND, "", "Sec-Fetch-Site", site));
        refused(
            application.postTo(
                SUSPEND, "", "Origin", application.origin(), "Sec-Fetch-Site", site));
      }
      isUp(application);
      assertThat(application.get("/advanced/printer/settings", null).body().toString())
          .contains("name=max-workers, value=4");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void ownPagesAndProgramsChangePools(WebApplicationType type, boolean ownPort) {
    try (RunningApplication application = start(type, ownPort)) {
      List<String[]> senders =
          List.of(
              new String[] {},
              new String[] {"Origin", application.origin()},
              new String[] {"Origin", application.origin(), "Sec-Fetch-Site", "same-origin"},
              // A proxy has another address than the application knows.
              new String[] {"Origin", "https://public.example", "Sec-Fetch-Site", "same-origin"},
              new String[] {"Sec-Fetch-Site", "none"});
      for (String[] headers : senders) {
        assertThat(application.postTo(SUSPEND, "", headers).status())
            .as("%s", List.of(headers))
            .isEqualTo(200);
        assertThat(application.postTo(RESUME, "", headers).status()).isEqualTo(200);
      }
      // Only the pools are looked after.
      assertThat(
              application
                  .postTo(
                      "/actuator/loggers/some",
                      "{\"configuredLevel\":\"INFO\"}",
                      "Origin",
                      OTHER,
                      "Content-Type",
                      "application/json")
                  .status())
          .isEqualTo(204);
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void originsThatActuatorAllowsChangePools(WebApplicationType type) {
    try (RunningApplication application =
        start(
            type,
            "management.endpoints.web.cors.allowed-origins=https://ops.example",
            "management.endpoints.web.cors.allowed-origin-patterns=https://*.team.example",
            "management.endpoints.web.cors.allowed-methods=GET,POST")) {
      for (String origin : List.of("https://ops.example", "https://live.team.example")) {
        String[] headers = {"Origin", origin, "Sec-Fetch-Site", "cross-site"};
        assertThat(application.postTo(SUSPEND, "", headers).status()).as(origin).isEqualTo(200);
        assertThat(application.postTo(RESUME, "", headers).status()).isEqualTo(200);
      }
      refused(application.postTo(SUSPEND, "", "Origin", OTHER));
      isUp(application);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SERVLET,  /shop/mvc/manage/all, server.servlet.context-path=/shop spring.mvc.servlet.path=/mvc management.endpoints.web.base-path=/manage management.endpoints.web.path-mapping.pools=all",
    "SERVLET,  /ops/actuator/pools,  management.server.port=0 management.server.base-path=/ops",
    "REACTIVE, /shop/manage/all,     spring.webflux.base-path=/shop management.endpoints.web.base-path=/manage management.endpoints.web.path-mapping.pools=all",
    "REACTIVE, /ops/actuator/pools,  management.server.port=0 management.server.base-path=/ops",
  })
  void placeOfTheEndpointAndSpellingOfItsPathDoNotMatter(
      WebApplicationType type, String pools, String properties) {
    try (RunningApplication application = start(type, properties.split(" "))) {
      assertThat(application.postTo(pools + "/connection/ledger/suspend", "").status())
          .isEqualTo(200);
      int end = pools.length() - 1;
      String encoded = pools.substring(0, end) + "%" + Integer.toHexString(pools.charAt(end));
      for (String path : List.of(pools, encoded, pools + ";a=b")) {
        refused(application.postTo(path + "/connection/ledger/resume", "", "Origin", OTHER));
      }
    }
  }
}
