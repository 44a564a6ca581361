package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** The page with both web stacks, on the port of the application and on one of its own. */
class PageOverHttpTest {

  @Configuration(proxyBeanMethods = false)
  static class Nothing {}

  /** All may do everything, but a request that changes something needs a token. */
  @Configuration(proxyBeanMethods = false)
  static class Tokens {
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class Servlet {
      @Bean
      SecurityFilterChain rules(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll()).build();
      }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class Reactive {
      @Bean
      SecurityWebFilterChain rules(ServerHttpSecurity http) {
        return http.authorizeExchange(exchanges -> exchanges.anyExchange().permitAll()).build();
      }
    }
  }

  private static RunningPage start(WebApplicationType type, boolean ownPort, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.add(RunningPage.WITHOUT_SECURITY);
    if (ownPort) {
      all.add("management.server.port=0");
    }
    return RunningPage.start(type, Nothing.class, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void pageAndItsFilesAreServed_withStrictHeaders(WebApplicationType type, boolean ownPort) {
    try (RunningPage page = start(type, ownPort)) {
      HttpResponse<String> html = page.get("/actuator/poolsui");
      assertThat(html.statusCode()).isEqualTo(200);
      assertThat(html.headers().firstValue("Content-Type"))
          .hasValueSatisfying(value -> assertThat(value).startsWith("text/html"));
      for (String path : List.of("", "/app.js", "/page.css", "/uPlot.iife.min.js")) {
        HttpResponse<String> file = page.get("/actuator/poolsui" + path);
        assertThat(file.statusCode()).as(path).isEqualTo(200);
        PageResponses.HEADERS.forEach(
            (name, value) ->
                assertThat(file.headers().firstValue(name))
                    .as("%s %s", path, name)
                    .hasValue(value));
      }
      assertThat(page.get("/actuator/poolsui/app.js").headers().firstValue("Content-Type"))
          .hasValueSatisfying(value -> assertThat(value).startsWith("text/javascript"));
      assertThat(page.get("/actuator/poolsui/nothing.js").statusCode()).isEqualTo(404);
      assertThat(page.get("/actuator/poolsui/..%2fapp.js").statusCode()).isIn(400, 404);
      assertThat(page.post("/actuator/poolsui", "{}").statusCode()).isEqualTo(405);
      assertThat(page.get("/actuator/poolsui/session").body())
          .contains("\"writes\":false", "unrestricted");
    }
  }

  /**
   * Without its headers, another site could show the page in a frame and lead the user's clicks.
   */
  @ParameterizedTest
  @CsvSource({
    "SERVLET,  /actuator/%70oolsui",
    "SERVLET,  /actuator/poolsui;a=b",
    "REACTIVE, /actuator/%70oolsui",
    "REACTIVE, /actuator/poolsui;a=b",
  })
  void pageHasItsHeaders_howeverItsPathIsWritten(WebApplicationType type, String path) {
    try (RunningPage page = start(type, false)) {
      HttpResponse<String> html = page.get(path);

      assertThat(html.statusCode()).isEqualTo(200);
      PageResponses.HEADERS.forEach(
          (name, value) -> assertThat(html.headers().firstValue(name)).as(name).hasValue(value));
      assertThat(page.get(path + "/session").headers().firstValue("Cache-Control"))
          .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void updatesAreSentEachSecond_untilTheClientIsGone(WebApplicationType type, boolean ownPort) {
    try (RunningPage page = start(type, ownPort)) {
      List<String> events =
          page.firstEvents("/actuator/poolsui/live?kind=advanced&name=printer", 3);

      assertThat(events)
          .hasSize(3)
          .allSatisfy(
              event ->
                  assertThat(event)
                      .contains("\"name\":\"ledger\"", "\"atMillis\":")
                      .contains("\"pool\":{", "\"queueCapacity\":"));
      HttpResponse<String> update =
          page.get("/actuator/poolsui/update?kind=connection&name=ledger");
      assertThat(update.body()).contains("\"name\":\"printer\"", "\"atMillis\":", "\"times\":{");
      for (String pool : List.of("", "?kind=advanced&name=printer", "?kind=advanced&name=none")) {
        assertThat(page.get("/actuator/poolsui/advice" + pool).body()).contains("\"advice\":[]");
      }
      assertThat(update.headers().firstValue("Cache-Control"))
          .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
      assertThat(page.firstEvents("/actuator/poolsui/live?kind=advanced&name=none", 1).get(0))
          .contains("ledger")
          .doesNotContain("\"pool\":");
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      await().atMost(Duration.ofSeconds(60)).until(() -> updates.count() == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void headersOfTheStreamOpenNoStream(WebApplicationType type, boolean ownPort) {
    try (RunningPage page = start(type, ownPort)) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      HttpResponse<String> live = page.head("/actuator/poolsui/live");

      assertThat(updates.count()).isZero();
      assertThat(live.statusCode()).isEqualTo(200);
      assertThat(live.headers().firstValue("Content-Type"))
          .hasValueSatisfying(value -> assertThat(value).startsWith("text/event-stream"));
      PageResponses.HEADERS.keySet().stream()
          .filter(name -> !name.equals("Cache-Control"))
          .forEach(name -> assertThat(live.headers().firstValue(name)).as(name).isPresent());
      assertThat(live.headers().firstValue("Cache-Control"))
          .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
      assertThat(page.head("/actuator/poolsui").statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WebApplicationType.class,
      names = {"SERVLET", "REACTIVE"})
  void moreStreamsThanAllowedAreRefused(WebApplicationType type) {
    try (RunningPage page = start(type, false)) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      updates.stop();

      assertThat(page.get("/actuator/poolsui/live").statusCode()).isEqualTo(503);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WebApplicationType.class,
      names = {"SERVLET", "REACTIVE"})
  void openPageDelaysNoShutdown(WebApplicationType type) {
    try (RunningPage page = start(type, false, "spring.lifecycle.timeout-per-shutdown-phase=10m")) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      page.keepOpen("/actuator/poolsui/live");
      await().atMost(Duration.ofSeconds(60)).until(() -> updates.count() == 1);

      page.context().close();

      assertThat(updates.count()).isZero();
      assertThat(page.context().isActive()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SERVLET,  /shop, server.servlet.context-path=/shop",
    "REACTIVE, /shop, spring.webflux.base-path=/shop",
  })
  void relativePathsHold_withContextPathBasePathAndMappedEndpoints(
      WebApplicationType type, String context, String property) {
    try (RunningPage page =
        start(
            type,
            false,
            property,
            "management.endpoints.web.base-path=/manage",
            "management.endpoints.web.path-mapping.poolsui=ops/live")) {
      for (String path : List.of(context + "/manage/ops/live", context + "/manage/ops/live/")) {
        HttpResponse<String> html = page.get(path);
        assertThat(html.statusCode()).as(path).isEqualTo(200);
        Matcher pools = Pattern.compile("pools-endpoint\" content=\"([^\"]+)").matcher(html.body());
        Matcher script = Pattern.compile("src=\"([^\"]+app\\.js)").matcher(html.body());
        assertThat(pools.find()).isTrue();
        assertThat(script.find()).isTrue();
        assertThat(page.get(html.uri().resolve(pools.group(1)).getPath()).body())
            .contains("printer", "ledger");
        assertThat(page.get(html.uri().resolve(script.group(1)).getPath()).statusCode())
            .isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WebApplicationType.class,
      names = {"SERVLET", "REACTIVE"})
  void tokenOfTheSessionLetsThePageChangeAPool(WebApplicationType type) {
    try (RunningPage page = RunningPage.start(type, Tokens.class, RunningPage.OPEN)) {
      String path = "/actuator/pools/advanced/printer";
      String change = "{\"option\":\"maxWorkers\",\"value\":\"6\"}";
      assertThat(page.post(path, change).statusCode()).isEqualTo(403);

      HttpResponse<String> session = page.get("/actuator/poolsui/session");
      assertThat(session.body()).contains("\"writes\":true");
      assertThat(session.headers().firstValue("Cache-Control"))
          .hasValueSatisfying(value -> assertThat(value).contains("no-store"));
      HttpResponse<String> changed =
          page.post(path, change, field(session, "header"), field(session, "token"));

      assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
      assertThat(changed.body()).contains("\"after\":6");
    }
  }

  private static String field(HttpResponse<String> session, String name) {
    Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(session.body());
    assertThat(field.find()).as("%s in %s", name, session.body()).isTrue();
    return field.group(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = WebApplicationType.class,
      names = {"SERVLET", "REACTIVE"})
  void withoutATokenThePageIsReadOnly(WebApplicationType type) {
    try (RunningPage page = start(type, false, RunningPage.OPEN)) {
      assertThat(page.get("/actuator/poolsui/session").body())
          .contains("\"writes\":false", "Read only: no CSRF token.");
    }
    try (RunningPage page =
        start(
            type,
            false,
            RunningPage.OPEN,
            "management.endpoint.poolsui.write-without-csrf-token=true")) {
      assertThat(page.get("/actuator/poolsui/session").body()).isEqualTo("{\"writes\":true}");
    }
  }
}
