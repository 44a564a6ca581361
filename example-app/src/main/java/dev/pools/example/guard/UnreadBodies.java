package dev.pools.example.guard;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Closes the connection of a request whose body was not read, right after the answer. Otherwise
 * Tomcat would read the rest of the body, and a slow client would keep the thread. Tomcat announces
 * that it closes the connection: for a body with a length because {@code
 * server.tomcat.max-swallow-size} is 0, and for a body in chunks because of the header of this
 * class.
 */
final class UnreadBodies extends ValveBase {

  UnreadBodies() {
    super(/* asyncSupported= */ true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (request.getHeader("Transfer-Encoding") != null) {
      response.setHeader("Connection", "close");
    }
    getNext().invoke(request, response);
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    if (!request.isAsync() && !connection.isFinished()) {
      response.finishResponse();
      connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }
}
