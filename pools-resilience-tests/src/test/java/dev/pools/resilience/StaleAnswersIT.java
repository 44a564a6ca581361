package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A server whose protocol has no numbers: what is read next is taken for the answer. Some answers
 * are late, and their readers have given up by then.
 */
@Tag("heavy")
class StaleAnswersIT {

  private static final int USERS = 8;
  private static final int QUESTIONS = 100;
  private static final int READ_TIMEOUT_MILLIS = 50;

  /** Answers each line with the same line; every seventh one late. */
  private static final class LateServer implements Closeable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicInteger questions = new AtomicInteger();
    private final List<Socket> open = new ArrayList<>();

    LateServer() throws IOException {
      daemon(this::accept);
    }

    private static void daemon(Runnable action) {
      Thread thread = new Thread(action, "late-server");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = socket.accept();
          synchronized (open) {
            open.add(client);
          }
          daemon(() -> answer(client));
        }
      } catch (IOException closed) {
        // That is its end.
      }
    }

    private void answer(Socket client) {
      try (BufferedReader in = reader(client);
          Writer out = writer(client)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (questions.incrementAndGet() % 7 == 0) {
            new CountDownLatch(1).await(3L * READ_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
          }
          out.write(line + "\n");
          out.flush();
        }
      } catch (IOException | InterruptedException gone) {
        // The client has closed the connection.
      }
    }

    Client connect() throws IOException {
      return new Client(new Socket(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
      socket.close();
      synchronized (open) {
        for (Socket client : open) {
          client.close();
        }
      }
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static Writer writer(Socket socket) throws IOException {
    return new java.io.OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
  }

  /** A connection whose only question is {@code isConnected}. */
  private static final class Client implements Closeable {
    private final Socket socket;
    private final BufferedReader in;
    private final Writer out;

    Client(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      in = reader(socket);
      out = writer(socket);
    }

    String ask(String question) throws IOException {
      out.write(question + "\n");
      out.flush();
      return in.readLine();
    }

    boolean isConnected() {
      return socket.isConnected() && !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void everybodyReadsTheAnswerToTheirOwnQuestion() throws Exception {
    AtomicInteger late = new AtomicInteger();
    ExecutorService users = Executors.newFixedThreadPool(USERS);
    try (LateServer server = new LateServer();
        ConnectionPool<Client> pool =
            ConnectionPool.<Client>builder(server::connect)
                .name("answers")
                .maxSize(USERS / 2)
                .healthChecker(Client::isConnected)
                .build()) {
      List<Future<?>> ends = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        int who = user;
        ends.add(
            users.submit(
                () -> {
                  for (int i = 0; i < QUESTIONS; i++) {
                    String question = who + ":" + i;
                    try {
                      String answer = pool.use(client -> client.ask(question));
                      assertThat(answer).isEqualTo(question);
                    } catch (SocketTimeoutException expected) {
                      late.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
      assertThat(late.get()).as("answers that were late").isPositive();
    } finally {
      users.shutdownNow();
    }
  }
}
