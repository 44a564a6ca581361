package dev.pools.example.guard;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;

/**
 * Limits the bodies of requests: the size of each, and the number and size of all together. A
 * request that exceeds a limit is refused before its body is read. A body counts until its request
 * is answered.
 */
final class BodyLimits extends HttpFilter {

  @Serial private static final long serialVersionUID = 1L;

  private static final Refusal NO_LENGTH =
      new Refusal(
          HttpServletResponse.SC_LENGTH_REQUIRED, "Send the length of the body: Content-Length.");
  private static final Refusal BUSY =
      new Refusal(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "Too many requests with a body are being processed. Try again in 2 s.");

  private final transient GuardProperties limits;
  private int bodies;
  private long total;

  BodyLimits(GuardProperties limits) {
    this.limits = limits;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long length = request.getContentLengthLong();
    boolean unknown = request.getHeader("Transfer-Encoding") != null;
    if (length <= 0 && !unknown) {
      chain.doFilter(request, response);
    } else if (unknown) {
      NO_LENGTH.send(response);
    } else if (length > limits.maxBody().toBytes()) {
      new Refusal(
              HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
              "The body is too large. At most " + limits.maxBody() + " are allowed.")
          .send(response);
    } else if (!add(length)) {
      BUSY.send(response);
    } else {
      try {
        chain.doFilter(new TimedRequest(request, limits.bodyTime()), response);
      } finally {
        removeWhenAnswered(request, length);
      }
    }
  }

  private synchronized boolean add(long length) {
    if (bodies >= limits.maxBodies() || total + length > limits.maxTotal().toBytes()) {
      return false;
    }
    bodies++;
    total += length;
    return true;
  }

  private synchronized void remove(long length) {
    bodies--;
    total -= length;
  }

  private void removeWhenAnswered(HttpServletRequest request, long length) {
    if (request.isAsyncStarted()) {
      request.getAsyncContext().addListener(new AtEnd(() -> remove(length)));
    } else {
      remove(length);
    }
  }

  /** Each request ends in this way, also after a timeout or an error. */
  private record AtEnd(Runnable action) implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) {
      action.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
