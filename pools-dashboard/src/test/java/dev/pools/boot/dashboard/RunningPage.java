package dev.pools.boot.dashboard;

import dev.pools.connection.ConnectionFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A web application with two pools and the live page, on free ports, and a client of it. */
final class RunningPage implements AutoCloseable {

  /** No login, and no protection against cross-site requests. */
  static final String WITHOUT_SECURITY =
      "spring.autoconfigure.exclude="
          + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration";

  /** Opens the operations that change a pool. */
  static final String OPEN = "management.endpoint.pools.access=unrestricted";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  private final ConfigurableApplicationContext context;
  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  private RunningPage(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static RunningPage start(WebApplicationType type, Class<?> more, String... properties) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "spring.main.banner-mode=off",
                "management.endpoints.web.exposure.include=pools,poolsui",
                "pools.advanced.instances.printer.max-workers=4",
                "pools.connection.instances.ledger.max-size=4"));
    all.addAll(List.of(properties));
    return new RunningPage(
        new SpringApplicationBuilder(Application.class, more)
            .web(type)
            .properties(all.toArray(String[]::new))
            .run());
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  /** An address on the port of the endpoints. */
  URI address(String path) {
    String own = context.getEnvironment().getProperty("local.management.port");
    String port = own == null ? context.getEnvironment().getProperty("local.server.port") : own;
    return URI.create("http://localhost:" + port + path);
  }

  HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(address(path)).GET());
  }

  HttpResponse<String> post(String path, String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> head(String path) {
    return send(HttpRequest.newBuilder(address(path)).method("HEAD", BodyPublishers.noBody()));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The data of the first events of a stream, which is then closed. */
  List<String> firstEvents(String path, int number) {
    HttpRequest request = HttpRequest.newBuilder(address(path)).GET().build();
    try {
      HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
      if (answer.statusCode() != 200) {
        throw new AssertionError("The stream answers with status " + answer.statusCode());
      }
      List<String> events = new ArrayList<>();
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (line != null && events.size() < number) {
          if (line.startsWith("data:")) {
            events.add(line);
          }
          line = events.size() < number ? lines.readLine() : null;
        }
      }
      return events;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Opens a stream that nothing closes. */
  void keepOpen(String path) {
    HttpRequest request = HttpRequest.newBuilder(address(path)).GET().build();
    client.sendAsync(request, BodyHandlers.ofInputStream());
  }

  @Override
  public void close() {
    context.close();
  }
}
