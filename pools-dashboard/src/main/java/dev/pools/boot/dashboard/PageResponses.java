package dev.pools.boot.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Answers in the way of a web stack: Spring MVC or WebFlux. */
interface PageResponses {

  /** What each answer has, so that the page loads nothing from elsewhere and is in no frame. */
  Map<String, String> HEADERS = headers();

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
            + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cache-Control", "no-cache");
    return headers;
  }

  /** Answers with a file. */
  Object file(PageFile file);

  /** Answers with data. */
  Object data(Map<String, Object> data);

  /** Answers with the session of this request. */
  Object session(PageSession session);

  /** Answers with updates, as server-sent events. */
  Object live(LiveUpdates updates, Supplier<Map<String, Object>> content);
}
