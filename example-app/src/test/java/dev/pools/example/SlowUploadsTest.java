package dev.pools.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;

/** Talks to both ports of the running application, as slowly and as wrongly as a client can. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "example.database.url=jdbc:h2:mem:slow;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
      "pools.connection.instances.database.acquire-timeout=30s",
      "example.guard.body-time=3s",
      // A client that sends nothing keeps its thread during the test.
      "server.tomcat.connection-timeout=60s"
    })
class SlowUploadsTest {

  private static final int THREADS = 200;
  private static final int MAX_BODIES = 20;

  /** Much shorter than the connection timeout of the server. */
  private static final int NO_ANSWER_MILLIS = 20_000;

  @Value("${local.server.port}")
  private int port;

  @Value("${local.management.port}")
  private int managementPort;

  /** A connection that is used byte by byte. */
  private record Client(Socket socket, BufferedReader answer) implements AutoCloseable {

    static Client open(int port) throws IOException {
      Socket socket = new Socket(InetAddress.getByName("localhost"), port);
      socket.setSoTimeout(60_000);
      return new Client(
          socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)));
    }

    Client send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    }

    /** Sends a text, unless the server has closed the connection. */
    boolean isOpenFor(String text) throws IOException {
      try {
        send(text);
        return true;
      } catch (SocketException closed) {
        return false;
      }
    }

    /** Reads the first line and the headers. */
    List<String> head() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = answer.readLine();
          line != null && !line.isEmpty();
          line = answer.readLine()) {
        lines.add(line);
      }
      return lines;
    }

    /** Reads the rest of the answer. */
    boolean isClosedByTheServer() throws IOException {
      try {
        return answer.skip(Long.MAX_VALUE) >= 0;
      } catch (SocketTimeoutException open) {
        return false;
      } catch (SocketException reset) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static List<String> ask(int port, String line, String... headers) throws IOException {
    return askAs("localhost:" + port, port, line, headers);
  }

  private static List<String> askAs(String host, int port, String line, String... headers)
      throws IOException {
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    try (Client client = Client.open(port)) {
      return client.send(line + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n").head();
    }
  }

  private Client startUpload() throws IOException {
    return Client.open(port)
        .send(
            "POST /pictures?name=slow HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n"
                    .formatted(port)
                + "a few bytes");
  }

  @Test
  void bothPortsAnswerWhile205SlowUploadsAreOpen() throws Exception {
    List<Client> uploads = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS + 5; i++) {
        uploads.add(startUpload());
      }

      assertThat(ask(managementPort, "GET /actuator/health").get(0)).contains(" 200");
      assertThat(ask(port, "GET /pictures").get(0)).contains(" 200");
      // At most 20 are still read. Each other one is refused, and its connection closed.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> answered(uploads).size() >= uploads.size() - MAX_BODIES);
      List<String> answers = new ArrayList<>();
      for (Client refused : answered(uploads)) {
        answers.addAll(refused.head());
      }
      assertThat(answers).contains("HTTP/1.1 503 ", "Retry-After: 2", "Connection: close");
    } finally {
      for (Client upload : uploads) {
        upload.close();
      }
    }
    // Uploads whose client is gone no longer count.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> answerToUpload(), status -> !status.contains(" 503"));
  }

  private static List<Client> answered(List<Client> uploads) throws IOException {
    List<Client> answered = new ArrayList<>();
    for (Client upload : uploads) {
      if (upload.answer().ready()) {
        answered.add(upload);
      }
    }
    return answered;
  }

  private String answerToUpload() throws IOException {
    return ask(port, "POST /pictures?name=%00", "Content-Type: image/png", "Content-Length: 5")
        .get(0);
  }

  @Test
  void bodyThatArrivesByteByByteIsCutOff() throws Exception {
    try (Client upload = startUpload()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> upload.answer().ready() || !upload.isOpenFor("x"));
    }
  }

  @Test
  void bodyThatTheApplicationDoesNotNeedIsNotRead() throws Exception {
    for (String type :
        List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=a")) {
      assertThat(
              ask(port, "POST /batches?widths=32", "Content-Type: " + type, "Content-Length: 1000"))
          .anySatisfy(line -> assertThat(line).startsWith("HTTP/1.1 202"))
          .contains("Connection: close");
    }
  }

  /**
   * The client sends a part of the first chunk and then nothing. A server that reads the rest of
   * the body before it closes the connection would wait.
   */
  @Test
  void bodyInChunksIsRefused_andItsConnectionClosed() throws Exception {
    for (int each : List.of(port, managementPort)) {
      assertRefusedAtOnce(each, "localhost:" + each, " 411");
      assertRefusedAtOnce(each, "evil.example", " 403");
    }
  }

  private static void assertRefusedAtOnce(int port, String host, String status) throws IOException {
    try (Client client = Client.open(port)) {
      client.socket().setSoTimeout(NO_ANSWER_MILLIS);
      List<String> head =
          client
              .send(
                  "POST /pictures?name=a HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n5;"
                      .formatted(host))
              .head();
      assertThat(head.get(0)).contains(status);
      assertThat(head).contains("Connection: close");
      assertThat(client.isClosedByTheServer()).as("closed after%s", status).isTrue();
    }
  }

  @Test
  void clientThatAsksFirstIsRefusedBeforeItSendsItsBody() throws Exception {
    String expect = "Expect: 100-continue";
    String length = "Content-Length: 1000";
    for (int each : List.of(port, managementPort)) {
      assertThat(ask(each, "POST /pictures", expect, length, "Origin: http://evil.example").get(0))
          .contains(" 403");
      assertThat(ask(each, "POST /pictures", expect, "Content-Length: 99999999").get(0))
          .contains(" 413");
      assertThat(ask(each, "POST /pictures", expect, "Transfer-Encoding: chunked").get(0))
          .contains(" 411");
      assertThat(ask(each, "POST /nothing", expect, length).get(0)).contains(" 40");
    }
    assertThat(ask(port, "POST /pictures?name=%00", expect, length, "Content-Type: image/png"))
        .anySatisfy(line -> assertThat(line).startsWith("HTTP/1.1 400"))
        .contains("Connection: close");
  }

  @Test
  void clientThatAsksFirstIsToldToSendItsBody_whenTheApplicationReadsIt() throws Exception {
    String upload =
        "POST /pictures?name=a HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: image/png\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            .formatted(port);
    try (Client client = Client.open(port)) {
      assertThat(client.send(upload).head().get(0)).contains(" 100");
      // These bytes are not a picture, which only a reader can say.
      assertThat(client.send("bytes").head().get(0)).contains(" 400");
    }
  }

  @Test
  void managementPortIsGuardedAsWell() throws Exception {
    assertThat(askAs("evil.example", managementPort, "GET /actuator/health").get(0))
        .contains(" 403");
    assertThat(askAs("localhost:1", managementPort, "GET /actuator/health").get(0))
        .contains(" 403");
    String suspend = "POST /actuator/pools/connection/database/suspend";
    for (String sender :
        List.of(
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: http://localhost:" + port,
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site")) {
      assertThat(ask(managementPort, suspend, sender).get(0)).as(sender).contains(" 403");
    }
    assertThat(ask(managementPort, "GET /actuator/health"))
        .anySatisfy(
            line -> assertThat(line).startsWith("Content-Security-Policy: default-src 'none'"))
        .contains("X-Content-Type-Options: nosniff", "Cache-Control: no-store");
    assertThat(ask(managementPort, "POST /actuator/pools/connection/database/resume").get(0))
        .contains(" 20");
  }

  @Test
  void applicationPortHasNoActuator() throws Exception {
    assertThat(ask(port, "GET /actuator/health").get(0)).contains(" 404");
  }
}
