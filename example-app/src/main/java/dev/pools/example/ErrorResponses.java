package dev.pools.example;

import dev.pools.connection.ConnectionPoolException;
import dev.pools.task.TaskExpiredException;
import dev.pools.task.TaskTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns exceptions into HTTP responses. */
@RestControllerAdvice
class ErrorResponses {

  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);

  @ExceptionHandler
  ProblemDetail badRequest(NotAPictureException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail notFound(NoSuchPictureException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ProblemDetail full(CatalogueFullException e) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.INSUFFICIENT_STORAGE, String.valueOf(e.getMessage()));
  }

  /** A pool is full, stopped or too slow, or the database does not answer: a retry can succeed. */
  @ExceptionHandler({
    RejectedExecutionException.class,
    CancellationException.class,
    TaskExpiredException.class,
    TaskTimeoutException.class,
    ConnectionPoolException.class,
    DataAccessException.class,
    TransactionException.class
  })
  ResponseEntity<ProblemDetail> tryAgain(RuntimeException e) {
    log.warn("A request is answered with status 503: {}", e.toString());
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "2")
        .body(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "The service cannot process this request now. Try again in 2 s."));
  }
}
