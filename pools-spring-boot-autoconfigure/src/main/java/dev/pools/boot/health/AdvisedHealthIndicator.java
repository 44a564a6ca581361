package dev.pools.boot.health;

import dev.pools.boot.advice.Advice;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.internal.Faults;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Adds advice to the details of the health of a pool. The status stays as it is. What the advice
 * predicts is computed by another thread, so a probe never waits for it: it is in the details of a
 * later check.
 */
public final class AdvisedHealthIndicator implements HealthIndicator {

  private final HealthIndicator judging;
  private final AdvisedPool advised;

  /**
   * Creates it.
   *
   * @param judging judges the pool
   * @param advised the same pool
   */
  public AdvisedHealthIndicator(HealthIndicator judging, AdvisedPool advised) {
    this.judging = judging;
    this.advised = advised;
  }

  @Override
  public @Nullable Health health() {
    return health(true);
  }

  @Override
  public @Nullable Health health(boolean includeDetails) {
    Health health = judging.health(includeDetails);
    if (health == null || !includeDetails) {
      look();
      return health;
    }
    List<String> texts = advice();
    return texts.isEmpty()
        ? health
        : Health.status(health.getStatus())
            .withDetails(health.getDetails())
            .withDetail("advice", texts)
            .build();
  }

  private void look() {
    Faults.guard(AdvisedHealthIndicator.class, advised.name(), "a look for advice", advised::look);
  }

  /** A fault of the advice never makes the health fail. */
  private List<String> advice() {
    try {
      return advised.adviceSoFar().stream().map(Advice::sentence).toList();
    } catch (RuntimeException fault) {
      Faults.warn(
          AdvisedHealthIndicator.class,
          fault,
          "Pool '{}': no advice could be given, so its health has none",
          advised.name());
      return List.of();
    }
  }
}
