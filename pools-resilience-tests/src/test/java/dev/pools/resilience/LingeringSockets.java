package dev.pools.resilience;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;

/**
 * The sockets of the driver: counted, and closed only when the server has closed its end.
 *
 * <p>A driver says goodbye and does not wait for the answer, so that a server still has the backend
 * of a connection that is closed when the next one arrives. Here a close waits for that answer, as
 * long as a test says; so the pool's own bound is one that holds at the server, too.
 */
public final class LingeringSockets extends SocketFactory {

  /** Of one test, by its name. */
  static final class Ledger {
    final List<Long> attempts = new CopyOnWriteArrayList<>();
    private final Duration goodbye;
    private int open;
    private int mostOpen;

    private Ledger(Duration goodbye) {
      this.goodbye = goodbye;
    }

    private synchronized void opens() {
      attempts.add(System.nanoTime());
      open++;
      mostOpen = Math.max(mostOpen, open);
    }

    private synchronized void closes() {
      open--;
    }

    synchronized int open() {
      return open;
    }

    synchronized int mostOpen() {
      return mostOpen;
    }
  }

  private static final Map<String, Ledger> LEDGERS = new ConcurrentHashMap<>();

  private final Ledger ledger;

  /** Made by the driver, with the argument that its URL has. */
  public LingeringSockets(String ledgerName) {
    this.ledger = Objects.requireNonNull(LEDGERS.get(ledgerName), ledgerName);
  }

  /**
   * Opens a ledger.
   *
   * @param goodbye how long a close waits for the server's
   */
  static Ledger ledger(String name, Duration goodbye) {
    Ledger ledger = new Ledger(goodbye);
    LEDGERS.put(name, ledger);
    return ledger;
  }

  @Override
  public Socket createSocket() {
    return new Lingering();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  private final class Lingering extends Socket {

    private final AtomicBoolean counted = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      counted.set(true);
      ledger.opens();
      super.connect(endpoint, timeout);
    }

    /** Not synchronized, unlike on JDK 17: a second close must not wait. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void close() throws IOException {
      if (!closing.compareAndSet(false, true)) {
        super.close();
        return;
      }
      try {
        awaitGoodbye();
      } catch (IOException noAnswer) {
        // It is closed without.
      } finally {
        super.close();
        if (counted.get()) {
          ledger.closes();
        }
      }
    }

    private void awaitGoodbye() throws IOException {
      if (!isConnected() || isClosed()) {
        return;
      }
      shutdownOutput();
      setSoTimeout((int) ledger.goodbye.toMillis());
      InputStream in = getInputStream();
      byte[] rest = new byte[1024];
      while (in.read(rest) >= 0) {
        // Not for us any more.
      }
    }
  }
}
