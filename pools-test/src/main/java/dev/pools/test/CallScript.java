package dev.pools.test;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What happens when a pool opens, checks or closes a scripted connection: one script for each of
 * the three. {@code fail}, {@code hang} and {@code take} hold from now on until the script says
 * something else; {@code failNext}, {@code hangNext} and {@code takeNext} hold for the next calls
 * and come before the others, in the order in which they were called. At first each call succeeds.
 *
 * <p>Any thread may change a script.
 */
public sealed class CallScript permits CheckScript {

  private enum Kind {
    SUCCEED,
    REFUSE,
    FAIL,
    HANG,
    TAKE
  }

  /** Failure and delay belong to one kind each. */
  private record Answer(Kind kind, @Nullable Throwable failure, Duration delay) {

    static final Answer SUCCEED = new Answer(Kind.SUCCEED, null, Duration.ZERO);
    static final Answer REFUSE = new Answer(Kind.REFUSE, null, Duration.ZERO);
    static final Answer HANG = new Answer(Kind.HANG, null, Duration.ZERO);

    static Answer fail(Throwable failure) {
      return new Answer(Kind.FAIL, Objects.requireNonNull(failure, "failure"), Duration.ZERO);
    }

    static Answer take(Duration delay) {
      if (delay.isNegative()) {
        throw new IllegalArgumentException(
            "delay is " + delay + ", but must be zero or positive. Use hang() for no answer.");
      }
      return new Answer(Kind.TAKE, null, delay);
    }
  }

  private final ClockTime time;

  // Guarded by this.
  private Answer standing = Answer.SUCCEED;
  private final Deque<Answer> next = new ArrayDeque<>();
  private final List<Runnable> hanging = new ArrayList<>();
  private int calls;

  CallScript(ClockTime time) {
    this.time = time;
  }

  // ---- What happens

  /** From now on calls succeed at once. Those that hang go on hanging. */
  public void succeed() {
    stand(Answer.SUCCEED);
  }

  /** From now on calls fail with this. */
  public void fail(Throwable failure) {
    stand(Answer.fail(failure));
  }

  /** The next calls fail with this. */
  public void failNext(int calls, Throwable failure) {
    queue(calls, Answer.fail(failure));
  }

  /** From now on calls do not answer until {@link #release}. */
  public void hang() {
    stand(Answer.HANG);
  }

  /** The next calls do not answer until {@link #release}. */
  public void hangNext(int calls) {
    queue(calls, Answer.HANG);
  }

  /** From now on each call takes this long, by the clock of the test, and then succeeds. */
  public void take(Duration delay) {
    stand(Answer.take(delay));
  }

  /** The next calls take this long each, by the clock of the test, and then succeed. */
  public void takeNext(int calls, Duration delay) {
    queue(calls, Answer.take(delay));
  }

  /**
   * Lets all calls that hang succeed, in their order and on the current thread, even those that the
   * pool has given up. If calls were to hang from now on, they succeed from now on.
   *
   * @return how many there were
   */
  public int release() {
    List<Runnable> released;
    synchronized (this) {
      released = List.copyOf(hanging);
      hanging.clear();
      next.removeIf(answer -> answer.kind() == Kind.HANG);
      if (standing.kind() == Kind.HANG) {
        standing = Answer.SUCCEED;
      }
    }
    released.forEach(Runnable::run);
    return released.size();
  }

  // ---- What has happened

  /** How many calls there have been, whatever became of them. */
  public synchronized int calls() {
    return calls;
  }

  /** How many calls hang now. */
  public synchronized int hanging() {
    return hanging.size();
  }

  @Override
  public synchronized String toString() {
    return "calls=" + calls + ", hanging=" + hanging.size() + ", now=" + standing.kind();
  }

  // ---- For the connections

  final void refuseFromNowOn() {
    stand(Answer.REFUSE);
  }

  final void refuseNextCalls(int calls) {
    queue(calls, Answer.REFUSE);
  }

  /**
   * The answer to a call. The stage cannot be cancelled, as a server that hangs cannot.
   *
   * @param success what the call does if it succeeds
   */
  final <V> CompletionStage<V> call(Callable<V> success) {
    return call(success, success);
  }

  /**
   * As {@link #call(Callable)}, for calls that can be refused.
   *
   * @param refusal what the call does if it is refused
   */
  final <V> CompletionStage<V> call(Callable<V> success, Callable<V> refusal) {
    CompletableFuture<V> stage = new CompletableFuture<>();
    Runnable succeeds = () -> complete(stage, success);
    Answer answer;
    synchronized (this) {
      calls++;
      answer = next.isEmpty() ? standing : next.remove();
      if (answer.kind() == Kind.HANG) {
        hanging.add(succeeds);
      }
    }
    switch (answer.kind()) {
      case SUCCEED -> succeeds.run();
      case REFUSE -> complete(stage, refusal);
      case FAIL -> stage.completeExceptionally(Objects.requireNonNull(answer.failure()));
      case TAKE -> time.schedule(Time.nanos(answer.delay()), succeeds);
      case HANG -> {}
    }
    return stage.minimalCompletionStage();
  }

  private static <V> void complete(CompletableFuture<V> stage, Callable<V> success) {
    V value;
    try {
      value = success.call();
    } catch (Throwable failure) {
      stage.completeExceptionally(failure);
      return;
    }
    stage.complete(value);
  }

  private synchronized void stand(Answer answer) {
    standing = answer;
  }

  private synchronized void queue(int howMany, Answer answer) {
    if (howMany < 1) {
      throw new IllegalArgumentException(
          "calls is " + howMany + ", but must be 1 or more: how many calls get this answer.");
    }
    for (int i = 0; i < howMany; i++) {
      next.add(answer);
    }
  }
}
