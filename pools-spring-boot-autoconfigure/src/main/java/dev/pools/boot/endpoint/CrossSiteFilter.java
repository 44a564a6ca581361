package dev.pools.boot.endpoint;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/** Refuses {@link CrossSiteRequests} in a servlet container, with status 403. */
public final class CrossSiteFilter implements Filter {

  private final CrossSiteRequests requests;

  /** Creates it. */
  public CrossSiteFilter(CrossSiteRequests requests) {
    this.requests = requests;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (isRefused((HttpServletRequest) request)) {
      refuse((HttpServletResponse) response);
    } else {
      chain.doFilter(request, response);
    }
  }

  private boolean isRefused(HttpServletRequest request) {
    return CrossSiteRequests.changesSomething(request.getMethod())
        && requests.isFromAnotherSite(
            request.getHeader(CrossSiteRequests.SITE),
            request.getHeader(HttpHeaders.ORIGIN),
            () -> CorsUtils.isCorsRequest(request))
        && requests.isToPools(path(request));
  }

  /** The path in which Spring MVC looks for the endpoint. */
  private static PathContainer path(HttpServletRequest request) {
    return ServletRequestPathUtils.hasParsedRequestPath(request)
        ? ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication()
        : ServletRequestPathUtils.parseAndCache(request).pathWithinApplication();
  }

  private static void refuse(HttpServletResponse response) throws IOException {
    response.setStatus(HttpServletResponse.SC_FORBIDDEN);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(CrossSiteRequests.REFUSAL);
  }
}
