package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;

import dev.pools.task.AdvancedPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What the page shows while the application answers late or not at all. */
@PageTest
class PageWithoutAnswersTest {

  /**
   * Stands between the page and the application. A test sets what hangs, is late or fails. An
   * answer is noted when the page has read it; what the page does with it follows before any other
   * script.
   */
  private static final String SERVER =
      """
      const real = window.fetch;
      const server = (window.server = { hangs: "none", isLate: "none", fails: "none", late: 0, answered: [] });
      window.fetch = async (path, options) => {
        if (path === server.fails) {
          throw new TypeError("Failed to fetch");
        }
        if (path === server.hangs) {
          await new Promise((resolve, reject) =>
            options.signal?.addEventListener("abort", () => reject(options.signal.reason)));
        }
        const isLate = path.startsWith(server.isLate);
        const answer = await real(path, options);
        const read = answer.json.bind(answer);
        answer.json = async () => {
          const body = await read();
          if (isLate) {
            server.late++;
            await new Promise((resolve) => (server.release = resolve));
          }
          server.answered.push(path);
          return body;
        };
        return answer;
      };
      """;

  @LocalServerPort private int port;
  @Autowired private DatabaseFaults faults;
  @Autowired private AdvancedPool thumbnails;

  private Browser browser;

  @BeforeEach
  void openPage() {
    browser = Browser.start();
    browser.open(port);
    run(SERVER);
  }

  @AfterEach
  void close() {
    faults.repair();
    thumbnails.resize(1, 4);
    if (browser != null) {
      browser.close();
    }
  }

  private void run(String script) {
    browser.driver().executeScript(script);
  }

  private void waitUntil(String condition) {
    browser.waitFor(
        driver -> Boolean.TRUE.equals(browser.driver().executeScript("return " + condition + ";")));
  }

  @Test
  void applicationThatHangsIsShown_andClears() {
    run("server.hangs = 'live';");
    browser.waitForText("trouble", "The application has not answered for 15 s.");

    run("server.hangs = 'none';");
    browser.waitFor(textToBe(By.id("trouble"), ""));
    browser.consoleHasNoErrors();
  }

  @Test
  void uploadThatIsNotAnsweredEnds(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("late.jpeg");
    Files.write(file, SamplePicture.DAWN.drawn().content());
    // A thousandth of the time limit of the page, while each call of the database takes longer.
    run(
        """
        const { get, set } = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "timeout");
        Object.defineProperty(XMLHttpRequest.prototype, "timeout", {
          get,
          set(millis) {
            set.call(this, millis / 1000);
          },
        });
        """);
    faults.slow(Duration.ofSeconds(1));

    browser.find(By.id("file")).sendKeys(file.toString());
    browser.find(By.cssSelector("#upload button")).click();

    browser.waitForText("uploads", "The application has not answered for 60 s.");
  }

  @Test
  void answerOfAnEarlierActionDoesNotReplaceThatOfALaterOne() {
    run("server.isLate = 'playground/advice';");
    browser.find(By.cssSelector("#workers-form button")).click();
    waitUntil("server.late === 1");
    browser.find(By.id("workers-set")).click();
    browser.waitForText("workers-note", "The pool has at most 8 workers.");

    run("server.release();");
    waitUntil("server.answered.some((path) => path.startsWith('playground/advice'))");
    assertThat(browser.find(By.id("workers-note")).getText())
        .isEqualTo("The pool has at most 8 workers.");
  }

  @Test
  void failureToReadTheJournalStaysVisible() {
    run("server.fails = 'thumbnails';");
    browser.waitForText("batches-trouble", "The application does not answer.");

    run("server.answered = [];");
    waitUntil("server.answered.includes('batches')");
    assertThat(browser.find(By.id("batches-trouble")).getText())
        .startsWith("The application does not answer.");

    run("server.fails = 'none';");
    browser.waitFor(textToBe(By.id("batches-trouble"), ""));
  }
}
