package dev.pools.example.guard;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A request whose body must arrive within a time. Tomcat's own timeout starts anew with each
 * packet, so a client that sends a byte from time to time would keep its thread.
 */
final class TimedRequest extends HttpServletRequestWrapper {

  private final Duration limit;
  private final long startNanos = System.nanoTime();

  TimedRequest(HttpServletRequest request, Duration limit) {
    super(request);
    this.limit = limit;
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return new TimedBody(super.getInputStream());
  }

  @Override
  public BufferedReader getReader() throws IOException {
    String encoding = getCharacterEncoding();
    return new BufferedReader(
        new InputStreamReader(
            getInputStream(),
            encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding)));
  }

  private final class TimedBody extends ServletInputStream {

    private final ServletInputStream body;

    TimedBody(ServletInputStream body) {
      this.body = body;
    }

    @Override
    public int read() throws IOException {
      requireInTime();
      return body.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      requireInTime();
      return body.read(target, offset, length);
    }

    private void requireInTime() throws IOException {
      if (System.nanoTime() - startNanos > limit.toNanos()) {
        throw new IOException("The body has not arrived within " + limit);
      }
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      body.setReadListener(listener);
    }
  }
}
