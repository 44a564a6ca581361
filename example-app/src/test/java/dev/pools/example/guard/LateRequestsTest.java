package dev.pools.example.guard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;
import java.net.InetAddress;
import java.net.Socket;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServer;

/** Sends requests to a guarded server that begins to stop at a certain moment. */
class LateRequestsTest {

  private static final String GOOD = "POST /batches?widths=32 HTTP/1.1\r\nHost: localhost\r\n";
  private static final String NO_HOST = "POST /batches?widths=32 HTTP/1.1\r\n";

  /**
   * Begins to stop as soon as Tomcat has decided to read a request. It is public because Tomcat
   * creates it by its name.
   */
  public static final class StopsWhileReading extends Http11NioProtocol {

    @Override
    public boolean isPaused() {
      boolean paused = super.isPaused();
      if (!paused) {
        try {
          pause();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return paused;
    }
  }

  /** Accepts a batch at once. Finds no picture, but only after the server has begun to stop. */
  private static final class Application extends HttpServlet implements AsyncListener {

    @Serial private static final long serialVersionUID = 1L;

    private transient @Nullable WebServer server;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
      response.setStatus(HttpServletResponse.SC_ACCEPTED);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      AsyncContext async = request.startAsync();
      async.setTimeout(1);
      async.addListener(this, request, response);
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      requireNonNull(server).shutDownGracefully(result -> {});
      ((HttpServletResponse) event.getSuppliedResponse()).sendError(404);
      event.getAsyncContext().complete();
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }

  private static String answer(Class<? extends Http11NioProtocol> protocol, String request)
      throws IOException {
    TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
    factory.setProtocol(protocol.getName());
    factory.setShutdown(Shutdown.GRACEFUL);
    new GuardConfiguration().requestsOfTomcat().customize(factory);
    Application application = new Application();
    WebServer server = factory.getWebServer(context -> add(application, context));
    application.server = server;
    server.start();
    try (Socket socket = new Socket(InetAddress.getByName("localhost"), server.getPort())) {
      socket.setSoTimeout(60_000);
      socket
          .getOutputStream()
          .write((request + "Connection: close\r\nContent-Length: 0\r\n\r\n").getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } finally {
      server.destroy();
    }
  }

  private static void add(Application application, ServletContext context) {
    ServletRegistration.Dynamic servlet = context.addServlet("application", application);
    servlet.addMapping("/*");
    servlet.setAsyncSupported(true);
  }

  @ParameterizedTest
  @ValueSource(strings = {GOOD, NO_HOST})
  void requestThatIsReadWhileTheServerBeginsToStopIsToBeTriedAgain(String request)
      throws IOException {
    assertThat(answer(StopsWhileReading.class, request))
        .startsWith("HTTP/1.1 503 ")
        .contains("\r\nRetry-After: 2\r\n", "\r\nConnection: close\r\n")
        .endsWith(
            "{\"status\":503,\"detail\":\"The application is stopping and has not processed this"
                + " request. Try again in 2 s.\"}");
  }

  @Test
  void goodRequestIsAcceptedWhileTheServerRuns() throws IOException {
    assertThat(answer(Http11NioProtocol.class, GOOD)).startsWith("HTTP/1.1 202 ");
  }

  @Test
  void badRequestIsRefusedWhileTheServerRuns() throws IOException {
    assertThat(answer(Http11NioProtocol.class, NO_HOST)).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void requestThatIsProcessedWhenTheServerStopsKeepsItsAnswer() throws IOException {
    assertThat(answer(Http11NioProtocol.class, "GET /pictures/99 HTTP/1.1\r\nHost: localhost\r\n"))
        .startsWith("HTTP/1.1 404 ");
  }
}
