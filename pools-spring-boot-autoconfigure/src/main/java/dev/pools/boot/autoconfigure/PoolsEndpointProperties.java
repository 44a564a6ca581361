package dev.pools.boot.autoconfigure;

import java.util.HashSet;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The settings of the endpoint, beside those that each endpoint has. */
@ConfigurationProperties("management.endpoint.pools")
public class PoolsEndpointProperties {

  /**
   * When to show texts, such as names of beans and arguments of connections. Numbers, durations,
   * flags and choices are always shown.
   */
  private Show showValues = Show.NEVER;

  /**
   * Roles of the users that may see texts, with show-values: when-authorized. If empty, all
   * authenticated users may.
   */
  private Set<String> roles = new HashSet<>();

  /** When to show texts. */
  public Show getShowValues() {
    return showValues;
  }

  /** Sets {@link #getShowValues()}. */
  public void setShowValues(Show showValues) {
    this.showValues = showValues;
  }

  /** Roles of the users that may see texts. */
  public Set<String> getRoles() {
    return roles;
  }

  /** Sets {@link #getRoles()}. */
  public void setRoles(Set<String> roles) {
    this.roles = roles;
  }
}
