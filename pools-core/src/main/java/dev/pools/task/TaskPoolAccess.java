package dev.pools.task;

import dev.pools.internal.TestAccess;
import dev.pools.internal.Time;
import java.util.function.Consumer;

/** What tests may do with an {@link AdvancedPoolBuilder}; {@link TestAccess#ofTasks} creates it. */
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
