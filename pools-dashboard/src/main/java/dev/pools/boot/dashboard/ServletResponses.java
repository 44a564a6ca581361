package dev.pools.boot.dashboard;

import dev.pools.boot.dashboard.PageSession.Token;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Answers through Spring MVC. */
final class ServletResponses implements PageResponses {

  /** Loaded only if there is a token, so Spring Security may be missing. */
  private static final class SecurityToken {
    static Token of(Object attribute) {
      CsrfToken token = (CsrfToken) attribute;
      return new Token(token.getHeaderName(), token.getToken());
    }
  }

  /** A stream with the headers of all answers. */
  private static final class Stream extends SseEmitter {
    Stream() {
      super(LiveUpdates.LONGEST.multipliedBy(2).toMillis());
    }

    @Override
    protected void extendResponse(ServerHttpResponse response) {
      super.extendResponse(response);
      HEADERS.forEach(response.getHeaders()::set);
      response.getHeaders().setCacheControl(CacheControl.noStore());
    }
  }

  /** A page whose request is kept open. */
  private record EmitterPage(SseEmitter emitter) implements LiveUpdates.Page {
    @Override
    public void send(Map<String, Object> update) throws IOException {
      emitter.send(SseEmitter.event().data(update, MediaType.APPLICATION_JSON));
    }

    @Override
    public void end() {
      emitter.complete();
    }
  }

  @Override
  public Object file(PageFile file) {
    return ResponseEntity.ok()
        .headers(common())
        .contentType(new MediaType(file.type()))
        .body(file.content());
  }

  @Override
  public Object data(Map<String, Object> data) {
    return ResponseEntity.ok()
        .headers(common())
        .cacheControl(CacheControl.noStore())
        .contentType(MediaType.APPLICATION_JSON)
        .body(data);
  }

  @Override
  public Object session(PageSession session) {
    return data(session.shown(token()));
  }

  private static HttpHeaders common() {
    HttpHeaders headers = new HttpHeaders();
    HEADERS.forEach(headers::set);
    return headers;
  }

  private static @Nullable Token token() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    Object attribute =
        request == null
            ? null
            : request.getAttribute(
                "org.springframework.security.web.csrf.CsrfToken", RequestAttributes.SCOPE_REQUEST);
    return attribute == null ? null : SecurityToken.of(attribute);
  }

  @Override
  public Object live(LiveUpdates updates, Supplier<Map<String, Object>> content) {
    if (asksForHeadersOnly()) {
      return ResponseEntity.ok()
          .headers(common())
          .cacheControl(CacheControl.noStore())
          .contentType(MediaType.TEXT_EVENT_STREAM)
          .build();
    }
    SseEmitter emitter = new Stream();
    Runnable close = updates.open(new EmitterPage(emitter), content);
    if (close == null) {
      return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
    emitter.onCompletion(close);
    emitter.onTimeout(close);
    emitter.onError(failure -> close.run());
    return emitter;
  }

  /** Spring MVC calls what answers a GET for a HEAD, too, whose client reads no events. */
  private static boolean asksForHeadersOnly() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes servlet
        && HttpMethod.HEAD.matches(servlet.getRequest().getMethod());
  }
}
