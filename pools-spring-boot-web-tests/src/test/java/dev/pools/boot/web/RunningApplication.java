package dev.pools.boot.web;

import dev.pools.connection.ConnectionFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** A web application with two pools, on free ports, and a client of its endpoints. */
final class RunningApplication implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What a server answers. */
  record Answer(int status, Map<String, Object> body) {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  private final ConfigurableApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningApplication(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static RunningApplication start(WebApplicationType type, Class<?> more, String... properties) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "spring.main.banner-mode=off",
                "management.endpoints.web.exposure.include=*",
                "pools.advanced.instances.printer.max-workers=4",
                "pools.connection.instances.ledger.max-size=4"));
    all.addAll(List.of(properties));
    return new RunningApplication(
        new SpringApplicationBuilder(Application.class, more)
            .web(type)
            .properties(all.toArray(String[]::new))
            .run());
  }

  /**
   * Starts a parent without a web server, and a web application as its child. Both have the
   * starter; the pool {@code ledger} and the settings belong to the child.
   */
  static RunningApplication startChild(
      Class<?> parent, WebApplicationType type, String... properties) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "management.endpoints.web.exposure.include=*",
                "management.endpoint.health.show-details=always",
                "pools.advanced.instances.printer.max-workers=4"));
    all.addAll(List.of(properties));
    Map<String, Object> ofTheChild = Map.of("pools.connection.instances.ledger.max-size", 4);
    return new RunningApplication(
        new SpringApplicationBuilder(parent)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .child(Application.class)
            .initializers(
                context ->
                    context
                        .getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("the child", ofTheChild)))
            .web(type)
            .bannerMode(Banner.Mode.OFF)
            .properties(all.toArray(String[]::new))
            .run());
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  /** The origin of a page on the port of the endpoints. */
  String origin() {
    String own = context.getEnvironment().getProperty("local.management.port");
    String port = own == null ? context.getEnvironment().getProperty("local.server.port") : own;
    return "http://localhost:" + port;
  }

  Answer get(String path, @Nullable String user) {
    return send(request(path, user).GET());
  }

  /** Gets any path. */
  Answer getFrom(String path) {
    return send(HttpRequest.newBuilder(URI.create(origin() + path)).GET());
  }

  Answer post(String path, String json, @Nullable String user) {
    return send(
        request(path, user)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** Sends a request without a body. */
  Answer post(String path, @Nullable String user) {
    return send(request(path, user).POST(BodyPublishers.noBody()));
  }

  /** Sends text to any path, with headers in pairs of a name and a value. */
  Answer postTo(String path, String text, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin() + path)).POST(BodyPublishers.ofString(text));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpRequest.Builder request(String path, @Nullable String user) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin() + "/actuator/pools" + path));
    if (user != null) {
      String login = user + ":" + user;
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    return request;
  }

  @SuppressWarnings("unchecked")
  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      String body = response.body();
      return new Answer(
          response.statusCode(),
          body.startsWith("{")
              ? Objects.requireNonNull(JSON.readValue(body, Map.class))
              : Map.of("body", body));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
