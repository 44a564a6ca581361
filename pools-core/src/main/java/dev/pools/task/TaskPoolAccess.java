package dev.pools.task;

import dev.pools.internal.TestAccess;
import dev.pools.internal.Time;
import java.util.function.Consumer;

/** Created by {@link TestAccess#ofTasks} alone. */
final class TaskPoolAccess implements TestAccess {

  @Override
  public void useTime(Object builder, Time time) {
    ((AdvancedPoolBuilder) builder).time(time);
  }

  @Override
  public void useTurns(Object builder, Consumer<? super Turn> turns) {
    ((AdvancedPoolBuilder) builder).threads(WorkerThreads.manual(turns));
  }
}
