package dev.pools.example.guard;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProtocol;

/**
 * Answers with status 503 if Tomcat refuses a request while it stops. Tomcat itself would answer
 * with status 400, as if the caller had made a mistake: if the stop begins while Tomcat reads a
 * request, Tomcat chooses status 503 and skips the headers, but then looks for the header {@code
 * Host} and does not find it.
 */
final class LateRequests extends ValveBase {

  private static final Refusal STOPPING =
      new Refusal(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "The application is stopping and has not processed this request. Try again in 2 s.");

  LateRequests() {
    super(/* asyncSupported= */ true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    // An asynchronous request passes here again, with errors of the application. The first time, an
    // error is a decision of Tomcat. While Tomcat stops, it may have skipped the headers, so this
    // decision says nothing about the request.
    if (response.isError() && !request.isAsync() && isStopping(request)) {
      STOPPING.send(response);
    } else {
      getNext().invoke(request, response);
    }
  }

  /** A graceful shutdown pauses Tomcat first. */
  private static boolean isStopping(Request request) {
    return request.getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
        && protocol.isPaused();
  }
}
