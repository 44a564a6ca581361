package dev.pools.example;

import dev.pools.connection.ConnectionPoolException;
import dev.pools.task.TaskExpiredException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What a caller is told when he does not get what he asked for. */
@RestControllerAdvice
class Refusals {

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  @ExceptionHandler
  ProblemDetail refuse(NotAPictureException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail refuse(NoSuchPictureException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, String.valueOf(e.getMessage()));
  }

  /** A pool that is full, shut down or too slow, or a database that is away: may be over soon. */
  @ExceptionHandler({
    RejectedExecutionException.class,
    TaskExpiredException.class,
    ConnectionPoolException.class,
    CatalogueException.class
  })
  ResponseEntity<ProblemDetail> sayTryAgain(RuntimeException e) {
    log.warn("A request was answered with 503: {}", e.toString());
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "2")
        .body(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "This cannot be done now. Try again in 2 s."));
  }
}
