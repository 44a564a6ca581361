package dev.pools.resilience;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between client and server on this machine, that has the faults that a test gives it.
 *
 * <p>Faults apply to open and to new connections, until {@link #heal}. A connection that has lost
 * bytes stays dead after that, like one that a firewall has forgotten: its client gets nothing, and
 * its server learns of its end only then.
 */
final class FaultProxy implements AutoCloseable {

  /** What happens to bytes that arrive. */
  enum Traffic {
    PASSES,
    /** The network accepts connections, and no server ever answers. */
    HANGS,
    /** What the client sends is lost; what the server sends arrives. */
    SWALLOWED_TO_SERVER,
    /** What the server sends is lost; what the client sends arrives. */
    SWALLOWED_TO_CLIENT,
    /** Nothing arrives anywhere. */
    SWALLOWED;

    boolean losesToServer() {
      return this == HANGS || this == SWALLOWED_TO_SERVER || this == SWALLOWED;
    }

    boolean losesToClient() {
      return this == HANGS || this == SWALLOWED_TO_CLIENT || this == SWALLOWED;
    }
  }

  private static final int CHUNK = 8192;

  private final InetSocketAddress server;
  private final int port;
  private final List<Long> attempts = new CopyOnWriteArrayList<>();
  private final Set<Flow> flows = ConcurrentHashMap.newKeySet();
  private final Set<Integer> upstreamPorts = ConcurrentHashMap.newKeySet();
  private final Set<Integer> abandonedPorts = ConcurrentHashMap.newKeySet();

  // Guarded by this; what waits for a change of them waits for this.
  private ServerSocket listener;
  private Thread acceptor;
  private Traffic traffic = Traffic.PASSES;
  private long handshakeDelayNanos;
  private int limit = Integer.MAX_VALUE;
  private int open;
  private int mostOpen;
  private boolean closed;

  FaultProxy(InetSocketAddress server) throws IOException {
    this.server = server;
    this.port = LastingPort.find();
    this.listener = listen(port);
  }

  int port() {
    return port;
  }

  // ---- Faults

  synchronized void traffic(Traffic next) {
    traffic = next;
    notifyAll();
  }

  /** The proxy does not listen any more; open connections stay open. */
  void refuse() throws IOException, InterruptedException {
    Thread accepting;
    synchronized (this) {
      listener.close();
      accepting = acceptor;
    }
    // The system goes on accepting while a thread is in there.
    accepting.join();
  }

  /** New connections are passed on only after this time. */
  synchronized void delayHandshakes(Duration delay) {
    handshakeDelayNanos = delay.toNanos();
  }

  /** How many connections may be open at a time; those beyond are reset at once. */
  synchronized void limit(int most) {
    limit = most;
  }

  /**
   * Ends all connections: in an orderly way, or by a reset.
   *
   * @return how many; those that come meanwhile are not among them
   */
  int cut(boolean reset) {
    List<Flow> all = List.copyOf(flows);
    for (Flow flow : all) {
      flow.cut(reset);
    }
    return all.size();
  }

  /** Without faults from now on, but for those connections that have lost bytes. */
  synchronized void heal() throws IOException {
    traffic = Traffic.PASSES;
    handshakeDelayNanos = 0;
    limit = Integer.MAX_VALUE;
    if (listener.isClosed() && !closed) {
      listener = listen(port);
    }
    notifyAll();
  }

  // ---- What it has seen

  /** When each attempt to connect arrived, as {@link System#nanoTime}. */
  List<Long> attempts() {
    return List.copyOf(attempts);
  }

  /** How many connections the clients have open, as the network sees it. */
  synchronized int open() {
    return open;
  }

  synchronized int mostOpen() {
    return mostOpen;
  }

  /** Whether a connection that the server has from this port came through here. */
  boolean isPassedOn(int clientPort) {
    return upstreamPorts.contains(clientPort);
  }

  /**
   * Whether the server's connection from this port is one whose client has gone without a goodbye
   * that the server could hear.
   */
  boolean isAbandoned(int clientPort) {
    return abandonedPorts.contains(clientPort);
  }

  // ---- Passing on

  private ServerSocket listen(int where) throws IOException {
    ServerSocket listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), where), 200);
    acceptor = start("accept", () -> acceptAll(listening));
    return listening;
  }

  private static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, "fault-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void acceptAll(ServerSocket listening) {
    try {
      while (true) {
        Socket client = listening.accept();
        attempts.add(System.nanoTime());
        Flow flow = new Flow(client);
        if (admit(flow)) {
          start("to-server", flow::toServer);
        } else {
          reset(client);
        }
      }
    } catch (IOException closedByTest) {
      // The proxy does not listen any more.
    }
  }

  private synchronized boolean admit(Flow flow) {
    if (closed || open >= limit) {
      return false;
    }
    flows.add(flow);
    open++;
    mostOpen = Math.max(mostOpen, open);
    return true;
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException gone) {
      // As it should be.
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // As it should be.
    }
  }

  private synchronized Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      listener.close();
      notifyAll();
    }
    cut(/* reset= */ true);
  }

  /** One connection, and its two ends. */
  private final class Flow {

    private final Socket client;
    private final Socket upstream = new Socket();

    // Guarded by the proxy.
    private boolean lossy;
    private boolean over;

    Flow(Socket client) {
      this.client = client;
    }

    void toServer() {
      if (!connect()) {
        clientIsGone();
        return;
      }
      start("to-client", this::toClient);
      try {
        InputStream from = client.getInputStream();
        OutputStream to = upstream.getOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
          if (!isLost(traffic().losesToServer())) {
            to.write(chunk, 0, read);
          }
        }
        if (isLost(traffic().losesToServer())) {
          clientIsGone();
        } else {
          // The server ends it then, and that ends it for the client.
          upstream.shutdownOutput();
        }
      } catch (IOException cut) {
        end();
      }
    }

    /**
     * @return whether there is a way to the server
     */
    private boolean connect() {
      try {
        if (!reachesServer()) {
          byte[] chunk = new byte[CHUNK];
          InputStream from = client.getInputStream();
          while (from.read(chunk) >= 0) {
            // Lost.
          }
          return false;
        }
        upstream.bind(new InetSocketAddress(server.getAddress(), 0));
        upstreamPorts.add(upstream.getLocalPort());
        upstream.connect(server);
        client.setTcpNoDelay(true);
        upstream.setTcpNoDelay(true);
        return true;
      } catch (IOException refused) {
        reset(client);
        return false;
      }
    }

    private boolean reachesServer() throws IOException {
      try {
        synchronized (FaultProxy.this) {
          long due = System.nanoTime() + handshakeDelayNanos;
          while (!closed && traffic == Traffic.PASSES && handshakeDelayNanos > 0) {
            long leftMillis = (due - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
              break;
            }
            FaultProxy.this.wait(leftMillis);
          }
          return !isLost(traffic.losesToServer());
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    private void toClient() {
      try {
        InputStream from = upstream.getInputStream();
        OutputStream to = client.getOutputStream();
        byte[] chunk = new byte[CHUNK];
        for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
          if (!isLost(traffic().losesToClient())) {
            to.write(chunk, 0, read);
          }
        }
        if (isLost(traffic().losesToClient())) {
          // The client cannot hear of it.
          return;
        }
      } catch (IOException cut) {
        // It ends for both.
      }
      end();
    }

    /** Once bytes have been lost, all that follow are. */
    private boolean isLost(boolean now) {
      synchronized (FaultProxy.this) {
        lossy |= now;
        return lossy;
      }
    }

    /** The client has gone where the server cannot hear of it: it will, when the network heals. */
    private void clientIsGone() {
      if (upstream.isConnected()) {
        abandonedPorts.add(upstream.getLocalPort());
      }
      leave();
      closeQuietly(client);
      try {
        synchronized (FaultProxy.this) {
          while (!closed && traffic != Traffic.PASSES) {
            FaultProxy.this.wait();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      closeQuietly(upstream);
      flows.remove(this);
    }

    private void end() {
      leave();
      closeQuietly(upstream);
      closeQuietly(client);
      flows.remove(this);
    }

    private void leave() {
      synchronized (FaultProxy.this) {
        if (!over) {
          over = true;
          open--;
        }
      }
    }

    void cut(boolean reset) {
      if (upstream.isConnected()) {
        // The server will notice when it next looks.
        abandonedPorts.add(upstream.getLocalPort());
      }
      leave();
      if (reset) {
        reset(client);
        reset(upstream);
      } else {
        closeQuietly(client);
        closeQuietly(upstream);
      }
    }

    @Override
    public String toString() {
      return client + " - " + upstream;
    }
  }

  /** How many of the attempts were made in the busiest second of this time. */
  static int mostInASecond(List<Long> attempts, long fromNanos, long toNanos) {
    return mostIn(Duration.ofSeconds(1), attempts, fromNanos, toNanos);
  }

  /** How many of the attempts of this time were made within so long of each other. */
  static int mostIn(Duration length, List<Long> attempts, long fromNanos, long toNanos) {
    List<Long> within = new ArrayList<>();
    for (long attempt : attempts) {
      if (attempt >= fromNanos && attempt <= toNanos) {
        within.add(attempt);
      }
    }
    int most = 0;
    for (int first = 0; first < within.size(); first++) {
      int last = first;
      while (last < within.size() && within.get(last) - within.get(first) < length.toNanos()) {
        last++;
      }
      most = Math.max(most, last - first);
    }
    return most;
  }
}
