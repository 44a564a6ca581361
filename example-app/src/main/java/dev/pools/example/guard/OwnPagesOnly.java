package dev.pools.example.guard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that a page of another web site sends through the browser of a user. Programs
 * such as curl send none of the headers that are looked at, apart from {@code Host}.
 */
final class OwnPagesOnly extends HttpFilter {

  @Serial private static final long serialVersionUID = 1L;

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private static final Refusal OTHER_HOST =
      new Refusal(
          HttpServletResponse.SC_FORBIDDEN,
          "The host or port in the address is not that of this application. Use localhost, or add"
              + " the host to example.guard.hosts.");
  private static final Refusal OTHER_SITE =
      new Refusal(
          HttpServletResponse.SC_FORBIDDEN,
          "A page of another web site has sent this request. Only pages of this application may.");

  private final transient Set<String> hosts;

  OwnPagesOnly(Set<String> hosts) {
    this.hosts = Set.copyOf(hosts);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!isForThisServer(request)) {
      OTHER_HOST.send(response);
    } else if (isFromAnotherSite(request) && !isLinkThatWasClicked(request)) {
      OTHER_SITE.send(response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** A name of another site can point to this machine, so the browser counts it as that site. */
  private boolean isForThisServer(HttpServletRequest request) {
    return hosts.contains(request.getServerName().toLowerCase(Locale.ROOT))
        && request.getServerPort() == request.getLocalPort();
  }

  private static boolean isFromAnotherSite(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    boolean other = site != null && !site.equals("same-origin") && !site.equals("none");
    // Old browsers send only Origin, and not with each request.
    return other || isOtherOrigin(request, request.getHeader("Origin"));
  }

  private static boolean isOtherOrigin(HttpServletRequest request, @Nullable String origin) {
    String own = request.getScheme() + "://" + request.getHeader("Host");
    return origin != null && !origin.equalsIgnoreCase(own);
  }

  private static boolean isLinkThatWasClicked(HttpServletRequest request) {
    return READING.contains(request.getMethod())
        && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
        && "document".equals(request.getHeader("Sec-Fetch-Dest"));
  }
}
