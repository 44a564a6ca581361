package dev.pools.benchmarks.task;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** An executor service, as it is. */
class ServiceCrew extends Crew {

  private final ExecutorService service;

  ServiceCrew(ExecutorService service) {
    this.service = service;
  }

  @Override
  void execute(Runnable task) {
    service.execute(task);
  }

  @Override
  <T> Future<T> submit(Callable<T> task) {
    return service.submit(task);
  }

  @Override
  Executor executor() {
    return service;
  }

  @Override
  void end() {
    service.shutdown();
  }
}
