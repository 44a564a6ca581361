package dev.pools.example.guard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.Serial;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives each response the headers that tell a browser what it may do with it. A header that a
 * controller or an endpoint sets replaces the one of this filter.
 */
final class SecurityHeaders extends HttpFilter {

  @Serial private static final long serialVersionUID = 1L;

  private static final TreeMap<String, String> HEADERS =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    HEADERS.putAll(
        Map.of(
            "Content-Security-Policy",
            // The page has no inline code and no inline style. blob: shows a picture before its
            // upload.
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
                + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store"));
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HEADERS.forEach(response::setHeader);
    chain.doFilter(request, new Replaceable(response));
  }

  private static final class Replaceable extends HttpServletResponseWrapper {

    Replaceable(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void addHeader(String name, String value) {
      String header = HEADERS.get(name);
      if (header != null && header.equals(getHeader(name))) {
        setHeader(name, value);
      } else {
        super.addHeader(name, value);
      }
    }
  }
}
