package dev.pools.boot.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.util.ServletRequestPathUtils;
import reactor.core.publisher.Mono;

/** Which requests come from another site. CrossSiteWritesTest sends them to real servers. */
class CrossSiteRequestsTest {

  private static final String OTHER = "https://other.example";

  private final CrossSiteRequests requests =
      new CrossSiteRequests(() -> "/actuator/pools", "https://ops.example"::equals);

  @Test
  void browserIsBelievedFirst_thenTheOrigin() {
    assertThat(requests.isFromAnotherSite(null, null, () -> true)).isFalse();
    assertThat(requests.isFromAnotherSite(null, OTHER, () -> true)).isTrue();
    assertThat(requests.isFromAnotherSite(null, OTHER, () -> false)).isFalse();
    assertThat(requests.isFromAnotherSite("same-origin", OTHER, () -> true)).isFalse();
    assertThat(requests.isFromAnotherSite("none", null, () -> true)).isFalse();
    assertThat(requests.isFromAnotherSite("same-site", OTHER, () -> false)).isTrue();
    assertThat(requests.isFromAnotherSite("cross-site", null, () -> false)).isTrue();
    assertThat(requests.isFromAnotherSite("unknown", null, () -> false)).isTrue();
    assertThat(requests.isFromAnotherSite("cross-site", "https://ops.example", () -> true))
        .isFalse();
  }

  @Test
  void originThatIsNoAddressIsAnotherOne() {
    assertThat(
            requests.isFromAnotherSite(
                null,
                "http://[",
                () -> {
                  throw new IllegalArgumentException("no address");
                }))
        .isTrue();
  }

  @Test
  void pathIsComparedNameByName_decoded() {
    for (String path :
        new String[] {"/actuator/pools", "/actuator/%70ools/a", "/actuator/pools;b/a"}) {
      assertThat(requests.isToPools(PathContainer.parsePath(path))).as(path).isTrue();
    }
    for (String path :
        new String[] {"/actuator/poolsui", "/actuator", "/pools", "/a/actuator/pools"}) {
      assertThat(requests.isToPools(PathContainer.parsePath(path))).as(path).isFalse();
    }
    assertThat(
            new CrossSiteRequests(() -> null, origin -> false)
                .isToPools(PathContainer.parsePath("/actuator/pools")))
        .isFalse();
  }

  private int statusOfServlet(String method, String path, String origin)
      throws IOException, ServletException {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    request.addHeader("Origin", origin);
    if (path.endsWith("parsed")) {
      ServletRequestPathUtils.parseAndCache(request);
    }
    MockHttpServletResponse response = new MockHttpServletResponse();
    MockFilterChain chain = new MockFilterChain();
    new CrossSiteFilter(requests).doFilter(request, response, chain);
    assertThat(chain.getRequest() == null).isEqualTo(response.getStatus() == 403);
    return response.getStatus();
  }

  @Test
  void servletFilterRefusesChangesOnly() throws IOException, ServletException {
    assertThat(statusOfServlet("POST", "/actuator/pools/a", OTHER)).isEqualTo(403);
    assertThat(statusOfServlet("DELETE", "/actuator/pools/parsed", OTHER)).isEqualTo(403);
    assertThat(statusOfServlet("GET", "/actuator/pools/a", OTHER)).isEqualTo(200);
    assertThat(statusOfServlet("OPTIONS", "/actuator/pools/a", OTHER)).isEqualTo(200);
    assertThat(statusOfServlet("POST", "/actuator/loggers", OTHER)).isEqualTo(200);
    assertThat(statusOfServlet("POST", "/actuator/pools/a", "http://localhost")).isEqualTo(200);
  }

  private HttpStatus statusOfWebFlux(MockServerHttpRequest request) {
    MockServerWebExchange exchange = MockServerWebExchange.from(request);
    new CrossSiteWebFilter(requests)
        .filter(
            exchange,
            passed -> {
              passed.getResponse().setStatusCode(HttpStatus.OK);
              return Mono.empty();
            })
        .block();
    return HttpStatus.valueOf(
        Objects.requireNonNull(exchange.getResponse().getStatusCode()).value());
  }

  @Test
  void webFilterRefusesChangesOnly() {
    String own = "http://localhost";
    String pools = own + "/actuator/pools/a";
    assertThat(statusOfWebFlux(MockServerHttpRequest.post(pools).header("Origin", OTHER).build()))
        .isEqualTo(HttpStatus.FORBIDDEN);
    assertThat(statusOfWebFlux(MockServerHttpRequest.get(pools).header("Origin", OTHER).build()))
        .isEqualTo(HttpStatus.OK);
    assertThat(statusOfWebFlux(MockServerHttpRequest.post(pools).header("Origin", own).build()))
        .isEqualTo(HttpStatus.OK);
    assertThat(
            statusOfWebFlux(
                MockServerHttpRequest.post(own + "/actuator/loggers")
                    .header("Origin", OTHER)
                    .build()))
        .isEqualTo(HttpStatus.OK);
  }
}
