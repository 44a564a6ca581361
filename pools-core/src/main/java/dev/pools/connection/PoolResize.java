package dev.pools.connection;

import dev.pools.OptionChange;
import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import dev.pools.internal.OptionValues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What changes while the pool runs: its options, and so how many connections there may be and must
 * be; and the request to replace them all.
 */
final class PoolResize<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final StartProgress<T> start;
  private final PoolMaintenance<T> maintenance;
  private final Matcher<T> matcher;

  private final List<CompletableFuture<Void>> resizes = new ArrayList<>();

  PoolResize(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      StartProgress<T> start,
      PoolMaintenance<T> maintenance,
      Matcher<T> matcher) {
    this.core = core;
    this.retirement = retirement;
    this.start = start;
    this.maintenance = maintenance;
    this.matcher = matcher;
  }

  /** Replaces all connections; a connection in use is replaced when it comes back. */
  CompletableFuture<Integer> softEvict() {
    CompletableFuture<Integer> over;
    core.enter();
    try {
      over = core.evictions.end();
      core.slots.markAll();
      retirement.retireIdle(RetireReason.EVICTED);
      matcher.match();
    } finally {
      core.leave();
    }
    return over.copy();
  }

  CompletableFuture<Void> resize(int min, int max) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ConnectionPoolChange change = new ConnectionPoolChange().minSize(min).maxSize(max);
    core.enter();
    try {
      ConnectionOptions<T> before = core.options;
      configure(before, change.appliedTo(before));
      resizes.add(done);
    } finally {
      core.leave();
    }
    return done;
  }

  /** Changes options, all at once; a change that is invalid changes nothing. */
  List<OptionChange> reconfigure(ConnectionPoolChange change) {
    ConnectionOptions<T> before;
    ConnectionOptions<T> next;
    core.enter();
    try {
      before = core.options;
      next = change.appliedTo(before);
      configure(before, next);
      retirement.closer.limit(next.closing());
      maintenance.limitLives(before.sizes());
      maintenance.renew();
    } finally {
      core.leave();
    }
    return OptionValues.changes(before, next, OptionChange::new);
  }

  private void configure(ConnectionOptions<T> before, ConnectionOptions<T> next) {
    // First what may find no memory: listeners are told of each change.
    core.tellListeners(
        listener -> {
          List<OptionChange> changes = OptionValues.changes(before, next, OptionChange::new);
          if (!changes.isEmpty()) {
            listener.reconfigured(changes);
          }
        });
    core.setOptions(next);
    try {
      follow(before);
    } catch (Throwable noMemoryOrStack) {
      core.isUnfinished = true;
      throw noMemoryOrStack;
    }
  }

  private void follow(ConnectionOptions<T> before) {
    int min = core.minSize;
    int max = core.maxSize;
    if (Flight.isRecording()
        && (min != before.sizes().minSize() || max != before.sizes().maxSize())) {
      core.decisions.tell(() -> FlightReports.resized(core.name(), "connections", min, max));
    }
    if (core.slots.live() > core.maxSize) {
      core.slots.markAll();
      shrink();
    }
    // What was noted of the tenants of callers in line was judged by the options before.
    matcher.arguments.beginAnew();
    matcher.match();
    start.resized();
  }

  /**
   * Closes idle connections that are too many. Marked ones in use are closed when they come back.
   */
  void shrink() {
    for (Slot<T> slot : core.slots.fromColdest()) {
      if (core.slots.live() <= core.maxSize) {
        return;
      }
      if (slot.hold()) {
        retirement.retire(slot, RetireReason.RESIZED);
      }
    }
  }

  /** Completes the resizes whose size is reached. */
  void endResizes() {
    if (!resizes.isEmpty() && core.slots.total() <= core.maxSize) {
      for (CompletableFuture<Void> resize : resizes) {
        core.complete(resize);
      }
      resizes.clear();
    }
  }
}
