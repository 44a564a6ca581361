package dev.pools.boot.endpoint;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Tells which requests to the {@link PoolsEndpoint} would change a pool and come from a page of
 * another web site. A browser lets any page send a simple {@code POST} to any address, with the
 * cookies and the network of its user. Programs such as curl send none of the headers that are
 * looked at, and are not concerned.
 *
 * <p>{@link CrossSiteFilter} and {@link CrossSiteWebFilter} refuse these requests.
 */
public final class CrossSiteRequests {

  /** The header in which a browser says how the page and the address are related. */
  static final String SITE = "Sec-Fetch-Site";

  static final byte[] REFUSAL =
      ("{\"status\":403,\"message\":\"A page of another origin has sent this request, so it changes"
              + " no pool. If the page may change pools, add its origin to"
              + " management.endpoints.web.cors.allowed-origins. If it is a page of this"
              + " application and a proxy is in between, set server.forward-headers-strategy, so"
              + " that the application knows the address that the browser sees.\"}")
          .getBytes(StandardCharsets.UTF_8);

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** The page has the same origin, or the user has entered the address. */
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  private final SingletonSupplier<PathPattern> endpoint;
  private final Predicate<String> allowedOrigin;

  /**
   * Creates it.
   *
   * @param path the path of the endpoint within the application; null if it has none. It is asked
   *     for at the first request that changes something
   * @param allowedOrigin whether pages of an origin may send requests to the endpoints
   */
  public CrossSiteRequests(Supplier<@Nullable String> path, Predicate<String> allowedOrigin) {
    this.endpoint = SingletonSupplier.of(() -> pattern(path.get()));
    this.allowedOrigin = allowedOrigin;
  }

  private static @Nullable PathPattern pattern(@Nullable String path) {
    return path == null ? null : PathPatternParser.defaultInstance.parse(path + "/**");
  }

  static boolean changesSomething(String method) {
    return !READING.contains(method);
  }

  /** Compares decoded names, as the endpoints do: a path can be written in several ways. */
  boolean isToPools(PathContainer path) {
    PathPattern pattern = endpoint.get();
    return pattern != null && pattern.matches(path);
  }

  /**
   * Whether a page of another site has sent a request.
   *
   * @param site the header {@link #SITE}, which no page and no proxy changes. A browser sends it to
   *     addresses of https and of its own machine only
   * @param origin the header {@code Origin}, which each browser sends with a request that changes
   *     something
   * @param hasOtherOrigin whether this is not the origin of the address, as the server knows it
   */
  boolean isFromAnotherSite(
      @Nullable String site, @Nullable String origin, BooleanSupplier hasOtherOrigin) {
    if (origin != null && allowedOrigin.test(origin)) {
      return false;
    }
    if (site != null) {
      return !OWN_SITE.contains(site);
    }
    try {
      return origin != null && hasOtherOrigin.getAsBoolean();
    } catch (IllegalArgumentException noAddress) {
      return true;
    }
  }
}
