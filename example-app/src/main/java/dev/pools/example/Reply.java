package dev.pools.example;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Answers a request with the result of a task, so that no thread of the web server waits. If the
 * caller gets another answer first (after {@code spring.mvc.async.request-timeout}, or because the
 * connection is lost), the task is cancelled.
 */
final class Reply {

  private Reply() {}

  /**
   * Answers with the result of a task.
   *
   * @param task the future that the pool has returned: to cancel a dependent future does not cancel
   *     the task
   */
  static <T, R> DeferredResult<ResponseEntity<R>> with(
      CompletableFuture<T> task, Function<T, ResponseEntity<R>> response) {
    DeferredResult<ResponseEntity<R>> reply = new DeferredResult<>();
    reply.onTimeout(() -> task.cancel(true));
    reply.onCompletion(() -> task.cancel(true));
    task.thenApply(response)
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                reply.setResult(answer);
              } else {
                reply.setErrorResult(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
              }
            });
    return reply;
  }
}
