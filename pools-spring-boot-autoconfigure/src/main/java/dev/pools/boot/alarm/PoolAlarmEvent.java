package dev.pools.boot.alarm;

import dev.pools.boot.endpoint.PoolType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;

/**
 * Tells that an alarm of a pool was raised or cleared. A context publishes those of its own pools;
 * as each event, they also reach the listeners of its parents.
 *
 * <p>The source of the event is the pool. The events of one pool arrive in order, on a thread of
 * their own that ends with the last of them. A listener that throws is reported in the log. One
 * that does not return delays the later events of this pool, and nothing else; when the context
 * stops, its thread is interrupted.
 */
public final class PoolAlarmEvent extends ApplicationEvent {

  private static final long serialVersionUID = 1;

  /** What has happened to the alarm. */
  public enum State {
    /** The value has stayed at its threshold, or above, for long enough. */
    RAISED,
    /** The value has stayed below the clear level for long enough. */
    CLEARED
  }

  private final String pool;
  private final PoolType type;
  private final AlarmRule rule;
  private final State state;
  private final double value;
  private final double threshold;
  private final Instant since;
  private final String message;
  private final @Nullable String advice;

  /**
   * Creates it without advice, for example to test a listener.
   *
   * @param source the pool
   * @param at when the alarm was raised or cleared
   * @param since when the value reached its threshold
   * @param pool the name of the pool's bean
   */
  public PoolAlarmEvent(
      Object source,
      Instant at,
      Instant since,
      String pool,
      PoolType type,
      AlarmRule rule,
      State state,
      double value,
      double threshold,
      String message) {
    this(source, at, since, pool, type, rule, state, value, threshold, message, null);
  }

  /**
   * As the other constructor.
   *
   * @param advice what the advice for the pool says about the cause; null if it says nothing
   */
  public PoolAlarmEvent(
      Object source,
      Instant at,
      Instant since,
      String pool,
      PoolType type,
      AlarmRule rule,
      State state,
      double value,
      double threshold,
      String message,
      @Nullable String advice) {
    super(source, Clock.fixed(at, ZoneOffset.UTC));
    this.since = since;
    this.pool = pool;
    this.type = type;
    this.rule = rule;
    this.state = state;
    this.value = value;
    this.threshold = threshold;
    this.message = message;
    this.advice = advice;
  }

  /** The name of the pool's bean. */
  public String getPool() {
    return pool;
  }

  /** The kind of the pool. */
  public PoolType getType() {
    return type;
  }

  /** What the alarm is about. */
  public AlarmRule getRule() {
    return rule;
  }

  /** Whether the alarm was raised or cleared. */
  public State getState() {
    return state;
  }

  /** Whether the alarm was raised; otherwise it was cleared. */
  public boolean isRaised() {
    return state == State.RAISED;
  }

  /** The value at that time, in the unit of the rule. */
  public double getValue() {
    return value;
  }

  /** The threshold, in the unit of the rule. */
  public double getThreshold() {
    return threshold;
  }

  /** When the alarm was raised or cleared. */
  public Instant getAt() {
    return Instant.ofEpochMilli(getTimestamp());
  }

  /**
   * When the value reached its threshold: for a cleared alarm, too. It is before {@link #getAt()},
   * by at least the time that an alarm needs to be raised.
   */
  public Instant getSince() {
    return since;
  }

  /**
   * What the advice for the pool said about the cause when the alarm was raised, with the setting
   * to change; null if it said nothing, and for a cleared alarm. It is the text that the health and
   * the endpoint show.
   */
  public @Nullable String getAdvice() {
    return advice;
  }

  /**
   * What has happened, in a sentence, with the pool, the numbers and the setting; then the advice,
   * if there is one.
   */
  public String getMessage() {
    return advice == null ? message : message + " Advice: " + advice;
  }

  /** The message without the advice. */
  String happened() {
    return message;
  }

  @Override
  public String toString() {
    return "PoolAlarmEvent[" + state + " " + rule + ": " + getMessage() + "]";
  }
}
