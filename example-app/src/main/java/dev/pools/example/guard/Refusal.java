package dev.pools.example.guard;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The answer to a request that is not processed.
 *
 * @param detail says why and what helps, without any text of the request
 */
record Refusal(int status, String detail) {

  void send(HttpServletResponse response) throws IOException {
    response.setStatus(status);
    if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader("Retry-After", "2");
    }
    response.setContentType("application/problem+json");
    response.getWriter().write("{\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail));
  }
}
