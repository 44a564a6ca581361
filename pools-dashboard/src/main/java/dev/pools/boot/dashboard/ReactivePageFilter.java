package dev.pools.boot.dashboard;

import java.util.Set;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Does for the page what an answer of an endpoint cannot do with WebFlux: it sets headers, and lets
 * the answer find its request.
 */
final class ReactivePageFilter implements WebFilter {

  /** What changes with each request. */
  private static final Set<String> DATA = Set.of("/session", "/update", "/advice", "/live");

  private final SingletonSupplier<String> page;

  /**
   * Creates it.
   *
   * @param page the path of the page within the application
   */
  ReactivePageFilter(Supplier<String> page) {
    this.page = SingletonSupplier.of(page);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().pathWithinApplication().value();
    String own = page.obtain();
    if (!path.equals(own) && !path.startsWith(own + "/")) {
      return chain.filter(exchange);
    }
    HttpHeaders headers = exchange.getResponse().getHeaders();
    PageResponses.HEADERS.forEach(headers::set);
    if (DATA.contains(path.substring(own.length()))) {
      headers.setCacheControl("no-store");
    }
    return chain
        .filter(exchange)
        .contextWrite(context -> context.put(ServerWebExchange.class, exchange));
  }
}
