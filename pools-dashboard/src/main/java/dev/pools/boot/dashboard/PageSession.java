package dev.pools.boot.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the page whether it may change pools, and with which token. */
final class PageSession {

  /**
   * A token against cross-site requests.
   *
   * @param header the header in which the page sends it
   * @param token its value
   */
  record Token(String header, String token) {}

  private final boolean open;
  private final boolean withoutToken;

  /**
   * Creates it.
   *
   * @param open whether the access of the endpoint {@code pools} is unrestricted
   * @param withoutToken whether the page may change pools without a token, too
   */
  PageSession(boolean open, boolean withoutToken) {
    this.open = open;
    this.withoutToken = withoutToken;
  }

  /** The session of a request. */
  Map<String, Object> shown(@Nullable Token token) {
    boolean writes = open && (token != null || withoutToken);
    Map<String, Object> session = new LinkedHashMap<>();
    session.put("writes", writes);
    if (!open) {
      session.put("reason", "Read only: management.endpoint.pools.access is not unrestricted.");
    } else if (!writes) {
      session.put("reason", "Read only: no CSRF token.");
    }
    if (writes && token != null) {
      session.put("csrf", Map.of("header", token.header(), "token", token.token()));
    }
    return session;
  }
}
