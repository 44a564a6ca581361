package dev.pools.boot.endpoint;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;

/**
 * Rejects a request to change a pool that has an argument with an unknown name, so that a misspelt
 * one is not ignored while the others take effect. Others are carried out for their {@link Caller}.
 */
public final class KnownArguments implements OperationInvokerAdvisor {

  private static final EndpointId POOLS = EndpointId.of("pools");

  /** Creates it. */
  public KnownArguments() {}

  @Override
  public OperationInvoker apply(
      EndpointId endpoint,
      OperationType operation,
      OperationParameters parameters,
      OperationInvoker invoker) {
    if (!endpoint.equals(POOLS) || operation != OperationType.WRITE) {
      return invoker;
    }
    Set<String> known =
        parameters.stream().map(OperationParameter::getName).collect(Collectors.toSet());
    return context -> {
      List<String> unknown =
          context.getArguments().keySet().stream()
              // Such as the token that protects against forged requests.
              .filter(name -> !known.contains(name) && !name.startsWith("_"))
              .map(PoolReport::safe)
              .sorted()
              .toList();
      return unknown.isEmpty() ? Caller.invoke(invoker, context) : refuse(context, unknown);
    };
  }

  private static Object refuse(InvocationContext context, List<String> unknown) {
    String message =
        "Unknown: %s. The settings that can change at run time are %s, and %s."
            .formatted(String.join(", ", unknown), of(PoolType.ADVANCED), of(PoolType.CONNECTION));
    if (context.canResolve(WebServerNamespace.class)) {
      return PoolsEndpointWebExtension.problem(400, message);
    }
    throw new InvalidEndpointRequestException(message, message);
  }

  private static String of(PoolType type) {
    return String.join(", ", type.changeable()) + " of " + type.article;
  }
}
