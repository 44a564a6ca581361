package dev.pools.map;

import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A publisher that says what the test tells it to say, and remembers what it was asked. */
final class ScriptedPublisher implements Flow.Publisher<Integer>, Flow.Subscription {

  Flow.@Nullable Subscriber<? super Integer> subscriber;
  long requested;
  int requests;
  int cancelled;
  private int sent;

  @Override
  public void subscribe(Flow.Subscriber<? super Integer> offered) {
    subscriber = offered;
  }

  Flow.Subscriber<? super Integer> subscriber() {
    if (subscriber == null) {
      throw new AssertionError("No one has subscribed.");
    }
    return subscriber;
  }

  /** Does what a publisher does first. */
  ScriptedPublisher open() {
    subscriber().onSubscribe(this);
    return this;
  }

  /** Sends the next numbers, from 1 on. */
  ScriptedPublisher send(int count) {
    for (int i = 0; i < count; i++) {
      sent++;
      subscriber().onNext(sent);
    }
    return this;
  }

  void complete() {
    subscriber().onComplete();
  }

  @Override
  public void request(long more) {
    if (more <= 0) {
      throw new IllegalArgumentException("request " + more);
    }
    requested += more;
    requests++;
  }

  @Override
  public void cancel() {
    cancelled++;
  }
}
