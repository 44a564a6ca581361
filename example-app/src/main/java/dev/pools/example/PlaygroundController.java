package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Lets visitors send load, slow, break and repair the database, and resize the task pool. Each
 * request is answered with status 403 unless {@code example.playground.enabled} is true.
 */
@RestController
@RequestMapping("/playground")
class PlaygroundController {

  private static final int MAX_WORKERS = 16;

  private final PlaygroundProperties playground;
  private final Load load;
  private final DatabaseFaults faults;
  private final AdvancedPool thumbnails;
  private final Semaphore asking = new Semaphore(1);

  PlaygroundController(
      PlaygroundProperties playground, Load load, DatabaseFaults faults, AdvancedPool thumbnails) {
    this.playground = playground;
    this.load = load;
    this.faults = faults;
    this.thumbnails = thumbnails;
  }

  /** Spring MVC calls this before each request of this controller. */
  @ModelAttribute
  void requirePlayground() {
    if (!playground.enabled()) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN,
          "The playground is off. Set example.playground.enabled=true where nobody depends on the"
              + " service.");
    }
  }

  private static void requireRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST,
          "%s is %d, but must be from %d to %d.".formatted(name, value, least, most));
    }
  }

  // ---- Load

  /** Starts the load, or changes its rates, in tasks for each second. */
  @PostMapping("/load")
  Load.State startLoad(@RequestParam("people") int people, @RequestParam("batch") int batch) {
    requireRange("people", people, 0, Load.MAX_PEOPLE);
    requireRange("batch", batch, 0, Load.MAX_BATCH);
    return load.start(people, batch);
  }

  @PostMapping("/load/stop")
  Load.State stopLoad() {
    return load.end();
  }

  // ---- The database

  /** Delays each call of the database. */
  @PostMapping("/database/slow")
  DatabaseFaults.State slow(@RequestParam("millis") int millis) {
    requireRange("millis", millis, 1, DatabaseFaults.MAX_DELAY.toMillis());
    return faults.slow(Duration.ofMillis(millis));
  }

  @PostMapping("/database/break")
  DatabaseFaults.State breakDown() {
    return faults.breakDown();
  }

  @PostMapping("/database/repair")
  DatabaseFaults.State repair() {
    return faults.repair();
  }

  // ---- Workers

  /**
   * What another number of workers would have done.
   *
   * @param answered whether the pool could say it; if not, the sentence says why
   */
  record Advice(int workers, boolean answered, String sentence) {}

  /** Asks the pool. This takes processor time, so one question is answered at a time. */
  @GetMapping("/advice")
  Advice advice(@RequestParam("workers") int workers) {
    requireRange("workers", workers, 1, MAX_WORKERS);
    if (!asking.tryAcquire()) {
      throw new RejectedExecutionException("The pool answers another question about workers.");
    }
    try {
      var prediction = thumbnails.whatIf(workers);
      return new Advice(workers, prediction.forecast() != null, prediction.sentence());
    } finally {
      asking.release();
    }
  }

  /** Sets the largest number of workers. The application forgets it when it stops. */
  @PostMapping("/workers")
  LiveController.Tasks resize(@RequestParam("max") int max) {
    requireRange("max", max, 1, MAX_WORKERS);
    thumbnails.resize(Math.min(thumbnails.minWorkers(), max), max);
    return LiveController.Tasks.of(thumbnails.stats());
  }
}
