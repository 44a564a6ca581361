package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.resilience.FaultProxy.Traffic;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The faults are those that the outage tests believe in. */
class FaultProxyTest {

  private ServerSocket echo;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread server = new Thread(this::serve, "echo");
    server.setDaemon(true);
    server.start();
    proxy = new FaultProxy((InetSocketAddress) echo.getLocalSocketAddress());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void serve() {
    try {
      while (true) {
        Socket client = echo.accept();
        Thread one =
            new Thread(
                () -> {
                  try (client) {
                    client.getInputStream().transferTo(client.getOutputStream());
                  } catch (IOException cut) {
                    // As the test wants it.
                  }
                });
        one.setDaemon(true);
        one.start();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(300);
    return socket;
  }

  private static int echoOf(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void sentBytesArriveAndAreCounted() throws IOException {
    try (Socket one = connect();
        Socket another = connect()) {
      assertThat(echoOf(one, 1)).isEqualTo(1);
      assertThat(echoOf(another, 2)).isEqualTo(2);
      assertThat(proxy.attempts()).hasSize(2);
      assertThat(proxy.open()).isEqualTo(2);
    }
    await().until(() -> proxy.open() == 0);
    assertThat(proxy.mostOpen()).isEqualTo(2);
  }

  @Test
  void aGoodbyeIsAnsweredWhenTheServerHasGivenItAndIsCountedBefore() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
      socket.shutdownOutput();

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(proxy.open()).isZero();
    }
  }

  @Test
  void proxyThatRefuses_doesNotListen() throws Exception {
    proxy.refuse();
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

    proxy.heal();
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
    }
  }

  @Test
  void acceptedConnectionThatHangs_receivesNothing() throws IOException {
    proxy.traffic(Traffic.HANGS);
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> echoOf(socket, 1)).isInstanceOf(SocketTimeoutException.class);
      assertThat(proxy.open()).isEqualTo(1);
    }
    await().until(() -> proxy.open() == 0);
  }

  @Test
  void swallowedBytesAreLost_andTheServerLearnsOfTheEndLater() throws IOException {
    for (Traffic loss : new Traffic[] {Traffic.SWALLOWED_TO_SERVER, Traffic.SWALLOWED_TO_CLIENT}) {
      try (Socket socket = connect()) {
        assertThat(echoOf(socket, 1)).isEqualTo(1);
        proxy.traffic(loss);
        assertThatThrownBy(() -> echoOf(socket, 2)).isInstanceOf(SocketTimeoutException.class);
        proxy.heal();
        assertThatThrownBy(() -> echoOf(socket, 3)).isInstanceOf(SocketTimeoutException.class);
      }
      await().until(() -> proxy.open() == 0);
    }
  }

  @Test
  void aHandshakeIsDelayedUntilItHeals() throws IOException {
    proxy.delayHandshakes(Duration.ofHours(1));
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> echoOf(socket, 1)).isInstanceOf(SocketTimeoutException.class);
      proxy.heal();
      assertThat(socket.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void moreThanTheLimitAreReset() throws IOException {
    proxy.limit(1);
    try (Socket first = connect();
        Socket second = connect()) {
      assertThat(echoOf(first, 1)).isEqualTo(1);
      assertThatThrownBy(() -> echoOf(second, 1)).isInstanceOf(SocketException.class);
      assertThat(proxy.attempts()).hasSize(2);
    }
  }

  @Test
  void cutConnectionEndsInOrderOrByAReset() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
      proxy.cut(/* reset= */ false);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    try (Socket socket = connect()) {
      assertThat(echoOf(socket, 1)).isEqualTo(1);
      proxy.cut(/* reset= */ true);
      InputStream in = socket.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
    }
    await().until(() -> proxy.open() == 0);
  }
}
