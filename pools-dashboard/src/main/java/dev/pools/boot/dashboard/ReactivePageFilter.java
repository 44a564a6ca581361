package dev.pools.boot.dashboard;

import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Does for the page what an answer of an endpoint cannot do with WebFlux: it sets headers, and lets
 * the answer find its request.
 */
final class ReactivePageFilter implements WebFilter {

  /** What changes with each request. */
  private static final Set<String> DATA = Set.of("/session", "/update", "/advice", "/live");

  private static final String FILE = "file";

  private final SingletonSupplier<PathPattern> files;

  /**
   * Creates it.
   *
   * @param page the path of the page within the application
   */
  ReactivePageFilter(Supplier<String> page) {
    this.files =
        SingletonSupplier.of(
            () -> PathPatternParser.defaultInstance.parse(page.get() + "/{*" + FILE + "}"));
  }

  /** Compares decoded names, as the endpoints do: a path can be written in several ways. */
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    PathPattern.PathMatchInfo own =
        files.obtain().matchAndExtract(exchange.getRequest().getPath().pathWithinApplication());
    if (own == null) {
      return chain.filter(exchange);
    }
    HttpHeaders headers = exchange.getResponse().getHeaders();
    PageResponses.HEADERS.forEach(headers::set);
    if (DATA.contains(own.getUriVariables().getOrDefault(FILE, ""))) {
      headers.setCacheControl("no-store");
    }
    return chain
        .filter(exchange)
        .contextWrite(context -> context.put(ServerWebExchange.class, exchange));
  }
}
