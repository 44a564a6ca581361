package dev.pools.boot.endpoint;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses {@link CrossSiteRequests} with WebFlux, with status 403. */
public final class CrossSiteWebFilter implements WebFilter {

  private final CrossSiteRequests requests;

  /** Creates it. */
  public CrossSiteWebFilter(CrossSiteRequests requests) {
    this.requests = requests;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return isRefused(exchange.getRequest())
        ? refuse(exchange.getResponse())
        : chain.filter(exchange);
  }

  private boolean isRefused(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    return CrossSiteRequests.changesSomething(request.getMethod().name())
        && requests.isFromAnotherSite(
            headers.getFirst(CrossSiteRequests.SITE),
            headers.getOrigin(),
            () -> CorsUtils.isCorsRequest(request))
        && requests.isToPools(request.getPath().pathWithinApplication());
  }

  private static Mono<Void> refuse(ServerHttpResponse response) {
    response.setStatusCode(HttpStatus.FORBIDDEN);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(
        Mono.fromSupplier(() -> response.bufferFactory().wrap(CrossSiteRequests.REFUSAL)));
  }
}
