package dev.pools.boot.lifecycle;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

/**
 * The common part of the lifecycles of both kinds of pools: which pools they manage, and whether
 * their context is closed for good or may be started again.
 *
 * <pre>
 *   from      to        by                             what a stop is then
 *   NEW       OPEN      ContextRefreshedEvent          NEW: the refresh has failed, as a close
 *   OPEN      CLOSING   ContextClosedEvent             OPEN: a stop without a close; CLOSING: a close
 * </pre>
 */
abstract class PoolLifecycle
    implements SmartLifecycle, ApplicationListener<ApplicationContextEvent>, Ordered {

  private enum State {
    NEW,
    OPEN,
    CLOSING
  }

  final ApplicationContext context;
  final StopSettings.Source settings;
  final Duration phaseTimeout;
  private final int phase;
  private final Predicate<String> covers;
  private volatile State state = State.NEW;
  private volatile boolean running;

  PoolLifecycle(
      ApplicationContext context,
      int phase,
      Duration phaseTimeout,
      StopSettings.Source settings,
      Predicate<String> covers) {
    this.context = context;
    this.phase = phase;
    this.phaseTimeout = phaseTimeout;
    this.settings = settings;
    this.covers = covers;
  }

  @Override
  public void onApplicationEvent(ApplicationContextEvent event) {
    if (event.getApplicationContext() != context) {
      return;
    }
    if (event instanceof ContextRefreshedEvent) {
      state = State.OPEN;
    } else if (event instanceof ContextClosedEvent) {
      state = State.CLOSING;
      contextCloses();
    }
  }

  void contextCloses() {}

  /** Whether its beans will be destroyed after the stop. */
  final boolean isClosing() {
    return state != State.OPEN;
  }

  /** The pools of this type that exist and that it looks after, by the names of their beans. */
  final <P> Map<String, P> pools(Class<P> type) {
    Map<String, P> pools = new LinkedHashMap<>(InitializedPools.of(context, type));
    pools.keySet().removeIf(covers.negate());
    return pools;
  }

  final void running(boolean now) {
    running = now;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** A paused context continues its tasks, which need their connections. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  /** The last to hear of a refresh: if another listener fails, the refresh has failed. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public int getPhase() {
    return phase;
  }
}
