package dev.pools.resilience;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a server that goes down and comes back at the same address. It is below the ports that
 * systems hand out by themselves (Linux from 32768, others from 49152), so that no connection and
 * no other server can be given it while the server is down.
 */
final class LastingPort {

  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;
  private static final int ATTEMPTS = 100;

  private LastingPort() {}

  static int find() throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }
}
