package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A worker that someone waits for does not let other threads go first: on a busy machine each turn
 * that it gives away costs a time slice.
 */
class LateTerminationTest extends PoolTestBase {

  /** How often each worker has yielded; each runs a task, before which it has written that. */
  private static IdentityHashMap<Worker, Integer> yields(AdvancedPool pool)
      throws ReflectiveOperationException {
    IdentityHashMap<Worker, Integer> yields = new IdentityHashMap<>();
    crew(pool).present().forEach(worker -> yields.put(worker, worker.yields));
    return yields;
  }

  private static WorkerSet crew(AdvancedPool pool) throws ReflectiveOperationException {
    return (WorkerSet) read(read(read(pool, "parts"), "core"), "workers");
  }

  private List<Gate> occupyAll(AdvancedPool pool, int workers) {
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      gates.add(occupy(pool));
    }
    return gates;
  }

  @Test
  void workersOfAClosedPool_doNotYieldAfterTheirTasks() throws Exception {
    AdvancedPool pool = fixed(2);
    List<Gate> gates = occupyAll(pool, 2);
    IdentityHashMap<Worker, Integer> before = yields(pool);
    assertThat(before).hasSize(2);

    pool.shutdown();
    gates.forEach(Gate::open);
    get(pool.join());

    before.forEach((worker, yields) -> assertThat(worker.yields).isEqualTo(yields));
  }

  @Test
  void workerThatASmallerPoolWaitsFor_doesNotYieldAfterItsTask() throws Exception {
    AdvancedPool pool = fixed(2);
    List<Gate> gates = occupyAll(pool, 2);
    IdentityHashMap<Worker, Integer> before = yields(pool);
    assertThat(before).hasSize(2);

    var resized = pool.resize(1, 1);
    gates.get(0).open();
    get(resized);

    crew(pool).present().forEach(before::remove);
    assertThat(before).hasSize(1);
    before.forEach((worker, yields) -> assertThat(worker.yields).isEqualTo(yields));
  }
}
