package dev.pools.boot.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.web.RunningApplication.Answer;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.task.AdvancedPool;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Who may do what with the endpoint, behind Spring Security. */
class SecuredEndpointTest {

  private static final UserDetails USER =
      User.withUsername("user").password("{noop}user").roles("USER").build();
  private static final UserDetails OPERATOR =
      User.withUsername("operator").password("{noop}operator").roles("OPERATOR").build();

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class ServletSecurity {
    @Bean
    InMemoryUserDetailsManager users() {
      return new InMemoryUserDetailsManager(USER, OPERATOR);
    }

    @Bean
    SecurityFilterChain rules(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .dispatcherTypeMatchers(DispatcherType.ERROR)
                      .permitAll()
                      .requestMatchers(HttpMethod.GET, "/actuator/**")
                      .authenticated()
                      .anyRequest()
                      .hasRole("OPERATOR"))
          .httpBasic(Customizer.withDefaults())
          .csrf(csrf -> csrf.ignoringRequestMatchers("/actuator/**"))
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static class ReactiveSecurity {
    @Bean
    MapReactiveUserDetailsService users() {
      return new MapReactiveUserDetailsService(USER, OPERATOR);
    }

    @Bean
    SecurityWebFilterChain rules(ServerHttpSecurity http) {
      return http.authorizeExchange(
              exchanges ->
                  exchanges
                      .pathMatchers(HttpMethod.GET, "/actuator/**")
                      .authenticated()
                      .anyExchange()
                      .hasRole("OPERATOR"))
          .httpBasic(Customizer.withDefaults())
          .csrf(csrf -> csrf.disable())
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import({ServletSecurity.class, ReactiveSecurity.class})
  static class Security {}

  private static RunningApplication start(
      WebApplicationType type, boolean ownPort, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    if (ownPort) {
      all.add("management.server.port=0");
    }
    return RunningApplication.start(type, Security.class, all.toArray(String[]::new));
  }

  /** The path of the operation that changes options. */
  private static final String CHANGE = "/advanced/printer";

  /** The paths of the actions on a pool. */
  private static final List<String> ACTIONS =
      List.of(
          "/advanced/printer/drain",
          "/connection/ledger/suspend",
          "/connection/ledger/resume",
          "/connection/ledger/soft-evict",
          "/connection/ledger/maintain");

  /** The paths of the actions on a task or a lease. None has these ids. */
  private static final List<String> ACTIONS_ON_ONE =
      List.of(
          "/advanced/printer/tasks/1/cancel",
          "/advanced/printer/tasks/1/interrupt",
          "/connection/ledger/leases/0-0/evict",
          "/connection/ledger/leases/0-0/revoke");

  private static void assertWrites(
      RunningApplication application, String path, String json, int ofTheOperator) {
    assertThat(application.post(path, json, null).status()).as(path).isEqualTo(401);
    assertThat(application.post(path, json, "user").status()).as(path).isEqualTo(403);
    assertThat(application.post(path, json, "operator").status()).as(path).isEqualTo(ofTheOperator);
  }

  @ParameterizedTest
  @CsvSource({
    "SERVLET,  false, default,      200, 405",
    "SERVLET,  true,  default,      200, 405",
    "REACTIVE, false, default,      200, 405",
    "REACTIVE, true,  default,      200, 405",
    "SERVLET,  false, none,         404, 404",
    "SERVLET,  false, read-only,    200, 405",
    "SERVLET,  false, unrestricted, 200, 200",
    "SERVLET,  true,  none,         404, 404",
    "SERVLET,  true,  read-only,    200, 405",
    "SERVLET,  true,  unrestricted, 200, 200",
    "REACTIVE, false, none,         404, 404",
    "REACTIVE, false, read-only,    200, 405",
    "REACTIVE, false, unrestricted, 200, 200",
    "REACTIVE, true,  none,         404, 404",
    "REACTIVE, true,  read-only,    200, 405",
    "REACTIVE, true,  unrestricted, 200, 200",
  })
  void rolesOfTheApplicationAndAccessOfTheEndpointBothHold(
      WebApplicationType type, boolean ownPort, String access, int read, int write) {
    String[] properties =
        access.equals("default")
            ? new String[0]
            : new String[] {"management.endpoint.pools.access=" + access};
    try (RunningApplication application = start(type, ownPort, properties)) {
      for (String path : List.of("", "/printer", "/advanced/printer")) {
        assertThat(application.get(path, null).status()).isEqualTo(401);
        assertThat(application.get(path, "user").status()).isEqualTo(read);
        assertThat(application.get(path, "operator").status()).isEqualTo(read);
      }
      assertWrites(application, CHANGE, "{\"maxWorkers\":8}", write);
      for (String path : ACTIONS) {
        assertWrites(application, path, "{}", write);
      }
      for (String path : ACTIONS_ON_ONE) {
        assertWrites(application, path, "{}", 404);
        // Without access there is nothing at such a path; with it, there is no such task or lease.
        assertThat(application.post(path, "{}", "operator").body().toString())
            .matches(body -> body.contains("There is nothing to ") == (write == 200));
      }
      AdvancedPool printer = application.context().getBean("printer", AdvancedPool.class);
      assertThat(printer.maxWorkers()).isEqualTo(write == 200 ? 8 : 4);
      ConnectionPool<?> ledger = application.context().getBean("ledger", ConnectionPool.class);
      assertThat(ledger.stats().state()).isEqualTo(ConnectionPoolStats.State.RUNNING);
    }
  }

  @Test
  void endpointIsNotExposedOverHttpUnlessAsked() {
    try (RunningApplication application =
        start(
            WebApplicationType.SERVLET,
            false,
            "management.endpoints.web.exposure.include=health")) {
      assertThat(application.get("", "operator").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void changeIsAnEvent_andASettingShowsWhoChangedIt(WebApplicationType type) {
    try (RunningApplication application =
        start(type, false, "management.endpoint.pools.access=unrestricted")) {
      application.post("/advanced/printer", "{\"maxWorkers\":8}", "operator");

      Answer settings = application.get("/advanced/printer/settings", "user");
      assertThat(settings.body().toString())
          .contains("name=max-workers, value=8, source=runtime, origin=changed at ")
          .contains("by operator through the endpoint")
          .contains("configured=4");
      assertThat(application.get("/advanced/printer/events", "user").body().toString())
          .contains("type=RESIZED", "maxWorkers was 4 and is 8", "who=operator");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void actionWithoutABody_isAnEventOfItsCaller_andIsRefusedWithAReason(WebApplicationType type) {
    try (RunningApplication application =
        start(type, false, "management.endpoint.pools.access=unrestricted")) {
      assertThat(application.post("/connection/ledger/suspend", "operator").status())
          .isEqualTo(200);
      assertThat(application.post("/connection/ledger/resume", "{}", "operator").status())
          .isEqualTo(200);

      assertThat(application.get("/connection/ledger/events", "user").body().toString())
          .contains("text=suspend was requested., who=operator")
          .contains("text=resume was requested., who=operator");
      Answer refused = application.post("/connection/nothing/suspend", "operator");
      assertThat(refused.status()).isEqualTo(404);
      assertThat(String.valueOf(refused.body().get("message"))).contains("connection/ledger");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void textsAreShownToTheRolesThatMaySeeThem(WebApplicationType type) {
    try (RunningApplication application =
        start(
            type,
            false,
            "management.endpoint.pools.show-values=when-authorized",
            "management.endpoint.pools.roles=OPERATOR",
            "pools.connection.instances.ledger.factory=ledgerConnectionFactory")) {
      assertThat(application.get("/ledger", "user").body().toString())
          .contains("name=factory, value=******", "name=max-size, value=4");
      assertThat(application.get("/ledger", "operator").body().toString())
          .contains("name=factory, value=ledgerConnectionFactory", "name=max-size, value=4");
    }
  }
}
