package dev.pools.boot.dashboard;

import dev.pools.boot.dashboard.PageSession.Token;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** Answers through Spring WebFlux. {@link ReactivePageFilter} adds the headers. */
final class ReactiveResponses implements PageResponses {

  /** Loaded only if there is a token, so Spring Security may be missing. */
  private static final class SecurityToken {
    static Mono<Token> of(Object attribute) {
      return ((Mono<?>) attribute)
          .cast(CsrfToken.class)
          .map(token -> new Token(token.getHeaderName(), token.getToken()));
    }
  }

  /** A page whose request is kept open. If it reads slowly, it gets the latest update only. */
  private record SinkPage(FluxSink<ServerSentEvent<Object>> sink) implements LiveUpdates.Page {
    @Override
    public void send(Map<String, Object> update) {
      sink.next(ServerSentEvent.<Object>builder(update).build());
    }

    @Override
    public void end() {
      sink.complete();
    }
  }

  @Override
  public Object file(PageFile file) {
    return new WebEndpointResponse<>(file.content(), WebEndpointResponse.STATUS_OK, file.type());
  }

  @Override
  public Object data(Map<String, Object> data) {
    return new WebEndpointResponse<>(
        data, WebEndpointResponse.STATUS_OK, MediaType.APPLICATION_JSON);
  }

  @Override
  public Object session(PageSession session) {
    Mono<Map<String, Object>> shown =
        Mono.deferContextual(
                context ->
                    context
                        .<ServerWebExchange>getOrEmpty(ServerWebExchange.class)
                        .map(ReactiveResponses::token)
                        .orElse(Mono.empty()))
            .map(session::shown)
            .switchIfEmpty(Mono.fromSupplier(() -> session.shown(null)));
    return new WebEndpointResponse<>(
        shown, WebEndpointResponse.STATUS_OK, MediaType.APPLICATION_JSON);
  }

  private static Mono<Token> token(ServerWebExchange exchange) {
    Object attribute =
        exchange.getAttribute("org.springframework.security.web.server.csrf.CsrfToken");
    return attribute == null ? Mono.empty() : SecurityToken.of(attribute);
  }

  @Override
  public Object live(LiveUpdates updates, Supplier<Map<String, Object>> content) {
    if (updates.isFull()) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
    Flux<ServerSentEvent<Object>> events =
        Flux.create(
            sink -> {
              Runnable close = updates.open(new SinkPage(sink), content);
              if (close == null) {
                sink.complete();
              } else {
                sink.onDispose(close::run);
              }
            },
            FluxSink.OverflowStrategy.LATEST);
    return new WebEndpointResponse<>(
        events, WebEndpointResponse.STATUS_OK, MediaType.TEXT_EVENT_STREAM);
  }
}
