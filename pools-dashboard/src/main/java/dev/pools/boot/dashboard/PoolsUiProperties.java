package dev.pools.boot.dashboard;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** The settings of the live page, beside those that each endpoint has. */
@ConfigurationProperties("management.endpoint.poolsui")
public class PoolsUiProperties {

  /**
   * Whether the page may change pools although no CSRF token protects it, if
   * management.endpoint.pools.access is unrestricted. Only for development: anyone who reaches the
   * endpoint can then change pools.
   */
  private boolean writeWithoutCsrfToken;

  /** Whether the page may change pools without a token against cross-site requests. */
  public boolean isWriteWithoutCsrfToken() {
    return writeWithoutCsrfToken;
  }

  /** Sets {@link #isWriteWithoutCsrfToken()}. */
  public void setWriteWithoutCsrfToken(boolean writeWithoutCsrfToken) {
    this.writeWithoutCsrfToken = writeWithoutCsrfToken;
  }
}
