package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.AdvancedPool;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Requests of strangers. */
@ExampleTest
class GuardTest {

  @Autowired private MockMvcTester web;
  @Autowired private AdvancedPool thumbnails;
  @Autowired private Catalogue catalogue;

  // ---- Headers

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page.js", "/pictures", "/nothing", "/batches/99"})
  void eachResponseHasTheSecurityHeaders(String path) {
    assertThat(web.get().uri(path))
        .headers()
        .hasSingleValue("X-Content-Type-Options", "nosniff")
        .hasSingleValue("X-Frame-Options", "DENY")
        .hasSingleValue("Referrer-Policy", "no-referrer")
        .hasSingleValue("Cross-Origin-Opener-Policy", "same-origin")
        .hasSingleValue("Cross-Origin-Resource-Policy", "same-origin")
        .hasSingleValue("Cache-Control", "no-store");
    assertThat(web.get().uri(path).exchange().getResponse().getHeaders("Content-Security-Policy"))
        .singleElement()
        .asString()
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void headerThatAControllerSetsReplacesTheDefault() {
    assertThat(web.get().uri("/pictures/1/thumbnail?width=32"))
        .headers()
        .hasSingleValue("Cache-Control", "max-age=60, private");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html"})
  void pageHasNoInlineScriptOrStyle(String path) throws Exception {
    String page = web.get().uri(path).exchange().getResponse().getContentAsString();

    assertThat(page)
        .doesNotContainPattern("<script(?![^>]* src=)")
        .doesNotContain("<style")
        .doesNotContainPattern("<[^>]+ (style|on\\w+)=");
  }

  // ---- Other sites

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "localhost.evil.example", "localhost.", "127.0.0.2"})
  void foreignHostIsRefused(String host) {
    assertThat(web.get().uri("http://" + host + "/pictures")).hasStatus(403);
    assertThat(web.post().uri("http://" + host + "/batches?widths=32")).hasStatus(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "[::1]"})
  void ownHostIsAccepted(String host) {
    assertThat(web.get().uri("http://" + host + "/pictures")).hasStatusOk();
  }

  @Test
  void otherPortIsRefused() {
    assertThat(
            web.get()
                .uri("/pictures")
                .with(
                    request -> {
                      request.setServerPort(9999);
                      return request;
                    }))
        .hasStatus(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST | Origin         | http://evil.example      | 403
          POST | Origin         | null                     | 403
          POST | Origin         | http://localhost:9999    | 403
          POST | Origin         | https://localhost        | 403
          POST | Origin         | http://localhost         | 202
          POST | Sec-Fetch-Site | cross-site               | 403
          POST | Sec-Fetch-Site | same-site                | 403
          POST | Sec-Fetch-Site | same-origin              | 202
          POST | Sec-Fetch-Site | none                     | 202
          GET  | Sec-Fetch-Site | cross-site               | 403
          GET  | Origin         | http://evil.example      | 403
          GET  | Sec-Fetch-Site | same-origin              | 200
          """)
  void requestOfAnotherSiteIsRefused(String method, String header, String value, int status) {
    assertThat(
            web.method(HttpMethod.valueOf(method))
                .uri("/batches?widths=32")
                .header("Host", "localhost")
                .header(header, value))
        .hasStatus(status);
  }

  @Test
  void linkOnAnotherSiteOpensThePage_butPostsNothing() {
    for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
      assertThat(
              web.method(method)
                  .uri("/batches?widths=32")
                  .header("Sec-Fetch-Site", "cross-site")
                  .header("Sec-Fetch-Mode", "navigate")
                  .header("Sec-Fetch-Dest", "document"))
          .hasStatus(method.equals(HttpMethod.GET) ? 200 : 403);
    }
  }

  // ---- Input

  @ParameterizedTest
  @ValueSource(
      strings = {"\0", "a\nb", "a\u202Eb", "\uD800", "", "   ", "/", "a\u0085", "\uFFFF", "\t"})
  void nameWithControlCharactersIsRefused(String name) {
    assertThat(upload(name, png())).hasStatus(400);
  }

  @Test
  void nameOfAnyLengthIsChecked() {
    assertThat(upload("a".repeat(101), png())).hasStatus(400);
    assertThat(upload("\uD83D\uDE00".repeat(100), png())).hasStatus(201);
    assertThat(upload("folder/Größe 7 (3).png", png()))
        .hasStatus(201)
        .bodyJson()
        .extractingPath("name")
        .isEqualTo("Größe 7 (3).png");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /pictures/-1/thumbnail?width=32                   | 404
          GET    | /pictures/9223372036854775807/thumbnail?width=32  | 404
          GET    | /pictures/9223372036854775808/thumbnail?width=32  | 400
          GET    | /pictures/%00/thumbnail?width=32                  | 400
          GET    | /pictures/1/thumbnail?width=99999999999           | 400
          GET    | /pictures/1/thumbnail?width=-20                   | 400
          GET    | /pictures/1/thumbnail?width=32%0d%0aA:b           | 400
          GET    | /pictures/1/thumbnail?width=32.5                  | 400
          GET    | /batches/-1                                       | 404
          GET    | /batches/x                                        | 400
          GET    | /batches/99/failures                              | 404
          GET    | /batches/x/failures                               | 400
          POST   | /batches                                          | 400
          POST   | /batches?widths=32,,48                            | 400
          POST   | /batches?widths=,                                 | 400
          POST   | /batches?widths=99999999999                       | 400
          POST   | /pictures?name=a                                  | 400
          DELETE | /pictures                                         | 405
          PUT    | /pictures/1/thumbnail                             | 405
          GET    | /pictures/../actuator                             | 404
          GET    | /actuator/health                                  | 404
          """)
  void badInputIsRefusedWithAStatusOfTheCaller(String method, String path, int status) {
    assertThat(web.method(HttpMethod.valueOf(method)).uri(java.net.URI.create(path)))
        .hasStatus(status);
  }

  private static byte[] png() {
    return Imaging.encode(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "png");
  }

  private MvcTestResult upload(String name, byte[] content) {
    return web.post()
        .uri("/pictures")
        .queryParam("name", name)
        .contentType(MediaType.IMAGE_PNG)
        .content(content)
        .exchange();
  }

  // ---- Bodies

  @Test
  void bodyThatIsTooLargeIsRefusedBeforeItIsRead() {
    assertThat(upload("large", new byte[20 * 1024 * 1024 + 1])).hasStatus(413);
  }

  @Test
  void bodyOfUnknownLengthIsRefused() {
    assertThat(
            web.post()
                .uri("/pictures?name=a")
                .contentType(MediaType.IMAGE_PNG)
                .header("Transfer-Encoding", "chunked"))
        .hasStatus(411);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "text/plain"
      })
  void typesThatAFormOfAnotherSiteCanSendAreRefused(String type) {
    assertThat(
            web.post()
                .uri("/pictures?name=a")
                .contentType(MediaType.parseMediaType(type))
                .content(png()))
        .hasStatus(415);
  }

  /** Uploads wait for a worker; each counts until it is answered, and is then forgotten. */
  @Test
  void uploadsThatWaitForAWorkerAreLimited() throws Exception {
    try (BusyWorkers busy = new BusyWorkers(thumbnails)) {
      List<MvcTestResult> started = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        started.add(startUpload());
      }

      assertThat(startUpload())
          .hasStatus(503)
          .hasHeader("Retry-After", "2")
          .bodyText()
          .contains("Too many requests with a body");

      for (MvcTestResult upload : started) {
        timeOut(upload);
      }
      busy.release();
    }
    assertThat(upload("after", png())).hasStatus(201);
  }

  private MvcTestResult startUpload() {
    return web.post()
        .uri("/pictures?name=waits")
        .contentType(MediaType.IMAGE_PNG)
        .content(png())
        .asyncExchange();
  }

  /** Does what a server does when a request takes too long. */
  private static void timeOut(MvcTestResult result) throws Exception {
    MockAsyncContext context =
        (MockAsyncContext) result.getMvcResult().getRequest().getAsyncContext();
    assertThat(context).isNotNull();
    var event = new jakarta.servlet.AsyncEvent(context);
    for (var listener : List.copyOf(context.getListeners())) {
      listener.onTimeout(event);
    }
    for (var listener : List.copyOf(context.getListeners())) {
      listener.onComplete(event);
    }
  }

  @Test
  void workIsCancelledWithItsCaller() throws Exception {
    try (BusyWorkers busy = new BusyWorkers(thumbnails)) {
      long cancelled = thumbnails.stats().cancelled();
      MvcTestResult asked = web.get().uri("/pictures/1/thumbnail?width=1984").asyncExchange();

      timeOut(asked);

      assertThat(thumbnails.stats().cancelled()).isEqualTo(cancelled + 1);
      busy.release();
    }
    assertThat(catalogue.thumbnail(1, 1984)).isEmpty();
  }

  /**
   * Each worker has a task until this is closed. Requests are more urgent, so it waits for all of
   * them to start.
   */
  private static final class BusyWorkers implements AutoCloseable {

    private final CountDownLatch released = new CountDownLatch(1);

    BusyWorkers(AdvancedPool pool) throws InterruptedException {
      CountDownLatch started = new CountDownLatch(pool.maxWorkers());
      for (int i = 0; i < pool.maxWorkers(); i++) {
        pool.execute(() -> hold(started));
      }
      if (!started.await(60, TimeUnit.SECONDS)) {
        released.countDown();
        throw new AssertionError("Not all workers have started: " + pool.stats());
      }
    }

    private void hold(CountDownLatch started) {
      started.countDown();
      try {
        released.await();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }

    void release() {
      released.countDown();
    }

    @Override
    public void close() {
      release();
    }
  }
}
