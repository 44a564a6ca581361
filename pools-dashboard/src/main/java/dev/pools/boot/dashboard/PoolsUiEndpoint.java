package dev.pools.boot.dashboard;

import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Serves the live page. It can only be read; what the page changes, it changes through the endpoint
 * {@code pools}, whose access decides.
 */
@WebEndpoint(id = "poolsui", defaultAccess = Access.READ_ONLY)
public class PoolsUiEndpoint {

  private final PoolsEndpoint pools;
  private final PoolsEndpointWebExtension parts;
  private final PageFiles files = new PageFiles();
  private final Supplier<PagePaths> paths;
  private final PageSession session;
  private final LiveUpdates updates;
  private final PageResponses responses;

  PoolsUiEndpoint(
      PoolsEndpoint pools,
      PoolsEndpointWebExtension parts,
      Supplier<PagePaths> paths,
      PageSession session,
      LiveUpdates updates,
      PageResponses responses) {
    this.pools = pools;
    this.parts = parts;
    this.paths = paths;
    this.session = session;
    this.updates = updates;
    this.responses = responses;
  }

  /** The page. */
  @ReadOperation
  public Object page() {
    return responses.file(files.page(paths.get()));
  }

  /**
   * What the page loads: one of its files, {@code session}, which tells whether it may change
   * pools, or {@code live}, which sends the figures each second.
   *
   * @param path the name of the file
   * @param kind with {@code live}: the kind of the pool whose figures are sent whole
   * @param name with {@code live}: the name of that pool
   */
  @ReadOperation
  public @Nullable Object file(
      @Selector(match = Match.ALL_REMAINING) String[] path,
      @Nullable String kind,
      @Nullable String name) {
    String file = String.join("/", path);
    return switch (file) {
      case "" -> responses.file(files.page(paths.get().fromFolder()));
      case "session" -> responses.session(session);
      case "live" -> responses.live(updates, () -> update(kind, name));
      default -> {
        PageFile found = files.find(file);
        yield found == null ? null : responses.file(found);
      }
    };
  }

  private Map<String, Object> update(@Nullable String kind, @Nullable String name) {
    Map<String, Object> update = new LinkedHashMap<>(pools.pools());
    update.put("atMillis", System.currentTimeMillis());
    if (kind != null && name != null) {
      WebEndpointResponse<Map<String, Object>> pool =
          parts.part(SecurityContext.NONE, kind, name, "figures", null, null);
      Map<String, Object> body = pool.getBody();
      if (pool.getStatus() == WebEndpointResponse.STATUS_OK && body != null) {
        update.put("pool", body);
      }
    }
    return update;
  }
}
