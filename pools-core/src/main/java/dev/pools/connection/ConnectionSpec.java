package dev.pools.connection;

import dev.pools.Arguments;

/**
 * What a connection is to be created with. Equal to itself only: it is compared under the pool's
 * lock, where no {@code equals} of an argument is called.
 */
final class ConnectionSpec {

  private final Arguments arguments;
  private final Tenant<?> tenant;

  ConnectionSpec(Arguments arguments, Tenant<?> tenant) {
    this.arguments = arguments;
    this.tenant = tenant;
  }

  /** What the factory gets. */
  Arguments arguments() {
    return arguments;
  }

  /** Whose connection it is. */
  Tenant<?> tenant() {
    return tenant;
  }
}
