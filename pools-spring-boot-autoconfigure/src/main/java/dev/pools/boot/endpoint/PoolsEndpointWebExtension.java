package dev.pools.boot.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * The {@link PoolsEndpoint} over HTTP: it knows who asks, and answers a wrong request with a status
 * and a message.
 */
@EndpointWebExtension(endpoint = PoolsEndpoint.class)
public class PoolsEndpointWebExtension {

  private final PoolsEndpoint endpoint;

  /** Creates it. */
  public PoolsEndpointWebExtension(PoolsEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Everything about the only pool with this name. */
  @ReadOperation
  public WebEndpointResponse<Map<String, Object>> named(
      SecurityContext caller,
      @Selector String name,
      @Nullable String limit,
      @Nullable String stacks) {
    return answer(() -> endpoint.report().one(name, wish(caller, limit, stacks)));
  }

  /** Everything about one pool. */
  @ReadOperation
  public WebEndpointResponse<Map<String, Object>> pool(
      SecurityContext caller,
      @Selector String kind,
      @Selector String name,
      @Nullable String limit,
      @Nullable String stacks) {
    return answer(() -> endpoint.report().one(kind, name, wish(caller, limit, stacks)));
  }

  /** One part of what there is to see of a pool, such as its settings. */
  @ReadOperation
  public WebEndpointResponse<Map<String, Object>> part(
      SecurityContext caller,
      @Selector String kind,
      @Selector String name,
      @Selector String part,
      @Nullable String limit,
      @Nullable String stacks) {
    return answer(() -> endpoint.report().part(kind, name, part, wish(caller, limit, stacks)));
  }

  private OpenWork.Wish wish(
      SecurityContext caller, @Nullable String limit, @Nullable String stacks) {
    return endpoint.wish(caller, limit, stacks);
  }

  /** Changes options of a pool, all at once; what is null stays as it is. */
  @WriteOperation
  public WebEndpointResponse<Map<String, Object>> change(
      @Selector String kind,
      @Selector String name,
      @Nullable String minWorkers,
      @Nullable String maxWorkers,
      @Nullable String minSize,
      @Nullable String maxSize,
      @Nullable String option,
      @Nullable String value) {
    return answer(
        () ->
            endpoint.change(
                kind,
                name,
                PoolsEndpoint.wanted(minWorkers, maxWorkers, minSize, maxSize, option, value),
                Caller.name()));
  }

  /** Lets a pool do something. The request may have no body: see {@link Caller}. */
  @WriteOperation
  public WebEndpointResponse<Map<String, Object>> perform(
      @Selector String kind, @Selector String name, @Selector String action) {
    return answer(() -> endpoint.perform(kind, name, action, Caller.name()));
  }

  /** Lets a pool do something with one of its tasks or leases. The request may have no body. */
  @WriteOperation
  public WebEndpointResponse<Map<String, Object>> performOn(
      @Selector String kind,
      @Selector String name,
      @Selector String part,
      @Selector String id,
      @Selector String action) {
    return answer(() -> endpoint.performOn(kind, name, part, id, action, Caller.name()));
  }

  private static WebEndpointResponse<Map<String, Object>> answer(
      Supplier<Map<String, Object>> operation) {
    try {
      return new WebEndpointResponse<>(operation.get());
    } catch (PoolRequestException refused) {
      return problem(refused.status(), refused.text());
    }
  }

  /** An answer that says what is wrong. */
  static WebEndpointResponse<Map<String, Object>> problem(int status, String message) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", status);
    body.put("message", message);
    return new WebEndpointResponse<>(body, status);
  }
}
