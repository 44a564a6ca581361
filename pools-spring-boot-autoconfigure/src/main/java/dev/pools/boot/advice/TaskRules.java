package dev.pools.boot.advice;

import dev.pools.task.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The rules of a task pool. */
final class TaskRules implements PoolRules {

  static final String SIZE = "max-workers";

  private final Readings<TaskReading> looks = new Readings<>();
  private final LimitChanges changes = new LimitChanges();
  private final UsedSize used = new UsedSize();
  private final LongSupplier cpuNanos;
  private final int processors;

  /**
   * Creates them.
   *
   * @param cpuNanos how much processor time this process has used; negative if it is not known
   */
  TaskRules(LongSupplier cpuNanos, int processors) {
    this.cpuNanos = cpuNanos;
    this.processors = processors;
  }

  @Override
  public Reading read(Record stats, long nowNanos) {
    return TaskReading.of((PoolStats) stats, nowNanos, cpuNanos.getAsLong());
  }

  @Override
  public boolean add(Reading look) {
    TaskReading now = (TaskReading) look;
    looks.add(now);
    used.add(now, now.workers());
    return changes.add(now.atNanos(), now.limit());
  }

  @Override
  public List<Finding> findings(long nowNanos) {
    List<@Nullable Finding> found = new ArrayList<>();
    if (looks.areEnough()) {
      found.add(StarvingTasks.find(looks));
      found.add(SaturatedTasks.find(looks, processors));
    }
    if (looks.size() > 0) {
      found.add(changes.find(nowNanos, SIZE));
      found.add(used.find("min-workers", "workers"));
    }
    return Finding.present(found);
  }
}
