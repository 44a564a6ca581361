package dev.pools.boot.endpoint;

import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;

/**
 * Who asks for the operation that the current thread carries out. Spring Boot would take a
 * parameter for the caller for a part of the body, and no request without a body would reach the
 * operation.
 */
final class Caller {

  private static final ThreadLocal<@Nullable String> NAME = new ThreadLocal<>();

  private Caller() {}

  /** The name of the user; null if there is none. */
  static @Nullable String name() {
    return NAME.get();
  }

  /** Carries out an operation for the caller that the context knows. */
  static Object invoke(OperationInvoker operation, InvocationContext context) {
    NAME.set(nameOf(context.resolveArgument(SecurityContext.class)));
    try {
      return Objects.requireNonNull(operation.invoke(context));
    } finally {
      NAME.remove();
    }
  }

  private static @Nullable String nameOf(@Nullable SecurityContext caller) {
    Principal principal = caller == null ? null : caller.getPrincipal();
    String name = principal == null ? null : principal.getName();
    return name == null ? null : PoolReport.safe(name);
  }
}
