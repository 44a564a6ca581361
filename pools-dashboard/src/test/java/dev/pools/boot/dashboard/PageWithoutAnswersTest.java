package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.task.AdvancedPool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.boot.WebApplicationType;

/** What the page does while the server accepts its requests, but answers late or not at all. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageWithoutAnswersTest {

  /**
   * Stands between the page and its server. A test sets which requests hang, which answers are late
   * and whether the open stream is silent, until it calls {@code server.release()}.
   */
  private static final String SERVER =
      """
      const real = window.fetch;
      const server = (window.server = {
        hangs: () => false,
        isLate: () => false,
        isSilent: false,
        open: 0,
        most: 0,
        late: 0,
        asked: [],
      });
      let released;
      const hold = () =>
        (released = new Promise((resolve) => (server.release = () => {
          hold();
          resolve();
        })));
      hold();
      const held = (signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          released.then(resolve);
        });
      const answerTo = async (address, options, name, method) => {
        const isLate = server.isLate(name, method);
        options.signal?.throwIfAborted();
        if (server.hangs(name, method)) {
          await held(options.signal);
        }
        const answer = await real(address, options);
        if (isLate) {
          const body = await answer.text();
          server.late++;
          await held(options.signal);
          return new Response(body, answer);
        }
        if (name !== "live" || !answer.ok) {
          return answer;
        }
        const silence = new TransformStream({
          transform: (chunk, controller) => {
            if (!server.isSilent) {
              controller.enqueue(chunk);
            }
          },
        });
        return new Response(answer.body.pipeThrough(silence), answer);
      };
      window.fetch = async (address, options = {}) => {
        const name = new URL(address).pathname.split("/").pop();
        const method = options.method ?? "GET";
        server.asked.push(name);
        server.most = Math.max(server.most, ++server.open);
        try {
          return await answerTo(address, options, name, method);
        } finally {
          server.open--;
        }
      };
      """;

  /** Notes the states of the connection and all that is announced. */
  private static final String NOTE =
      """
      window.states = [];
      window.told = [];
      const connection = document.getElementById("connection");
      const announcer = document.getElementById("announcer");
      new MutationObserver(() => states.push(connection.dataset.state))
        .observe(connection, { attributeFilter: ["data-state"] });
      new MutationObserver(() => told.push(announcer.textContent)).observe(announcer, { childList: true });
      """;

  /** Browsers open no more connections to a server. */
  private static final long MOST_CONNECTIONS = 6;

  private static final By LIVE = By.cssSelector("#connection[data-state='live']");
  private static final By MAX_WORKERS = By.id("setting-max-workers");
  private static final By SAVE = By.cssSelector("[aria-label='Save max-workers']");
  private static final By ROW = By.xpath("//tr[.//input[@id='setting-max-workers']]");
  private static final By EVENTS = By.cssSelector("section[aria-label='Events']");

  private Browser browser;

  @BeforeEach
  void startBrowser() {
    browser = Browser.start();
    browser.runBeforeEachPage(SERVER);
  }

  @AfterEach
  void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private static RunningPage start() {
    return RunningPage.start(WebApplicationType.SERVLET, Tokens.class, RunningPage.OPEN);
  }

  private void openPrinter(RunningPage page) {
    browser.open(page, "#advanced/printer");
    browser.waitForElement(LIVE);
    browser.waitFor(ExpectedConditions.elementToBeClickable(MAX_WORKERS));
    run(NOTE);
  }

  private Object run(String script) {
    return browser.driver().executeScript(script);
  }

  private void waitUntil(String condition) {
    browser.waitFor(driver -> (Boolean) run("return " + condition + ";"));
  }

  private WebElement typeMaxWorkers(CharSequence... keys) {
    WebElement field = browser.driver().findElement(MAX_WORKERS);
    field.sendKeys(Keys.chord(Keys.CONTROL, "a"));
    field.sendKeys(keys);
    return field;
  }

  @Test
  void serverThatHangsIsShown_andFewRequestsWaitForIt() {
    try (RunningPage page = start()) {
      openPrinter(page);

      run("server.most = 0; server.asked = []; server.isSilent = true; server.hangs = () => true;");
      browser.waitForText(By.id("connection"), "The server does not answer");
      // The page has waited for another stream since then, and now asks for one update.
      waitUntil("server.asked.includes('update')");
      assertThat((Long) run("return server.most;")).isLessThanOrEqualTo(MOST_CONNECTIONS);

      run(
          "server.asked = []; server.isSilent = false; server.hangs = () => false;"
              + " server.release();");
      browser.waitForElement(LIVE);
      waitUntil("told.includes('The server answers again.')");
      waitUntil("server.asked.includes('history')");
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void tabThatIsSeenAgainDoesNotSayThatItIsPaused_whileTheServerHangs() {
    try (RunningPage page = start()) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      openPrinter(page);
      String tab = browser.driver().getWindowHandle();
      run("server.hangs = () => true;");

      browser.driver().switchTo().newWindow(WindowType.TAB);
      browser.waitFor(driver -> updates.count() == 0);
      browser.driver().close();
      browser.driver().switchTo().window(tab);
      browser.driver().executeCdpCommand("Page.bringToFront", Map.of());

      waitUntil("states.includes('starting')");
      waitUntil("states.at(-1) === 'offline'");
    }
  }

  @Test
  void changeThatIsNotAnsweredEnds_andItsValueIsNotCalledInvalid() {
    try (RunningPage page = start()) {
      openPrinter(page);

      run("server.hangs = (name, method) => method === 'POST';");
      WebElement field = typeMaxWorkers("6", Keys.ENTER);

      waitUntil(
          "told.includes('The server has not answered for 15 s. It may still do what was asked.')");
      assertThat(field.getDomAttribute("aria-invalid")).isNull();
      assertThat(browser.driver().findElement(SAVE).isEnabled()).isTrue();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void answerFromBeforeAChangeIsDropped() {
    try (RunningPage page = start()) {
      openPrinter(page);
      run("server.isLate = (name) => name === 'settings';");
      waitUntil("server.late === 1");
      run("server.isLate = () => false;");

      typeMaxWorkers("6", Keys.ENTER);
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(ROW, "changed at run time"));
      run(
          """
          window.changes = [];
          const row = document.getElementById("setting-max-workers").closest("tr");
          new MutationObserver(() => changes.push(row.textContent))
            .observe(row, { subtree: true, childList: true, characterData: true });
          server.release();
          """);
      // What the page reads after this, it reads after that answer.
      browser.driver().findElement(By.cssSelector("[data-action='drain']")).click();
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(EVENTS, "drain was requested"));

      assertThat((List<?>) run("return changes;")).isEmpty();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void pageThatWasOpenedWithoutAnAnswer_learnsLaterWhatItMayDo() {
    browser.runBeforeEachPage(
        """
        const answered = window.fetch;
        window.fetch = (address, options) =>
          window.hasSession || !new URL(address).pathname.endsWith("/session")
            ? answered(address, options)
            : Promise.reject(new TypeError("Failed to fetch"));
        """);
    try (RunningPage page = start()) {
      browser.open(page, "#advanced/printer");
      browser.waitForElement(LIVE);
      browser.waitForText(By.id("access"), "Read only: the server does not answer.");
      assertThat(browser.driver().findElements(MAX_WORKERS)).isEmpty();

      run("window.hasSession = true;");
      browser.waitFor(ExpectedConditions.elementToBeClickable(MAX_WORKERS));
      browser.waitForElement(LIVE);
      assertThat(browser.driver().findElement(By.id("access")).isDisplayed()).isFalse();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void textThatIsTypedDuringAChangeStays() {
    try (RunningPage page = start()) {
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      openPrinter(page);
      run("server.isLate = (name, method) => method === 'POST';");
      typeMaxWorkers("6", Keys.ENTER);
      waitUntil("server.late === 1");

      WebElement field = typeMaxWorkers("7");
      run("server.release();");
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(ROW, "changed at run time"));

      assertThat(printer.maxWorkers()).isEqualTo(6);
      assertThat(field.getDomProperty("value")).isEqualTo("7");
      assertThat(browser.driver().findElement(SAVE).isEnabled()).isTrue();
      browser.consoleHasNoErrors();
    }
  }
}
