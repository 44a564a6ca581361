package dev.pools.boot.dashboard;

import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final PoolTimes times;
  private final PageSession session;
  private final LiveUpdates updates;
  private final PageResponses responses;

  PoolsUiEndpoint(
      PoolsEndpoint pools,
      PoolsEndpointWebExtension parts,
      Supplier<PagePaths> paths,
      PoolTimes times,
      PageSession session,
      LiveUpdates updates,
      PageResponses responses) {
    this.pools = pools;
    this.parts = parts;
    this.paths = paths;
    this.times = times;
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
   * pools, {@code live}, which sends the figures each second, or {@code update}, which sends them
   * once, or {@code advice}, the advice for a pool.
   *
   * @param path the name of the file
   * @param kind with figures: the kind of the pool whose figures are sent whole
   * @param name with figures: the name of that pool
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
      case "update" -> responses.data(update(kind, name));
      case "advice" -> responses.data(advice(kind, name));
      case "live" -> responses.live(updates, () -> update(kind, name));
      default -> {
        PageFile found = files.find(file);
        yield found == null ? null : responses.file(found);
      }
    };
  }

  /** No advice is an answer, too, so the console of a browser shows no missing address. */
  private Map<String, Object> advice(@Nullable String kind, @Nullable String name) {
    Map<String, Object> advice =
        kind == null || name == null ? Map.of() : part(kind, name, "advice");
    return advice.containsKey("advice") ? advice : Map.of("advice", List.of());
  }

  /** A part of what there is to see of a pool; empty if there is no such pool or part. */
  private Map<String, Object> part(String kind, String name, String part) {
    WebEndpointResponse<Map<String, Object>> answer =
        parts.part(SecurityContext.NONE, kind, name, part, null, null);
    Map<String, Object> body = answer.getBody();
    return answer.getStatus() == WebEndpointResponse.STATUS_OK && body != null ? body : Map.of();
  }

  private Map<String, Object> update(@Nullable String kind, @Nullable String name) {
    Map<String, Object> update = new LinkedHashMap<>(pools.pools());
    update.put("atMillis", System.currentTimeMillis());
    if (kind != null && name != null) {
      Map<String, Object> pool = part(kind, name, "figures");
      if (!pool.isEmpty()) {
        Map<String, Object> shown = new LinkedHashMap<>(pool);
        shown.put("times", times.of(kind, name));
        update.put("pool", shown);
      }
    }
    return update;
  }
}
