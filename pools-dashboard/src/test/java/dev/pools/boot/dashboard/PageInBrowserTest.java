package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Nothing;
import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.boot.WebApplicationType;

/** The page in a browser. Where there is no Chromium these tests are skipped; in CI they fail. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageInBrowserTest {

  private static final By PLOT = By.cssSelector("figure canvas");
  private static final By PERCENTILES =
      By.xpath("//figure[starts-with(figcaption, 'Percentiles')]");
  private static final By MAX_WORKERS = By.id("setting-max-workers");
  private static final By BUSY = By.cssSelector("figure .legend li b");
  private static final By BADGE = By.cssSelector("article .badge");
  private static final By PLOTS = By.cssSelector("article [aria-label='Plots']");
  private static final By ANNOUNCER = By.id("announcer");

  private Browser browser;

  @BeforeEach
  void startBrowser() {
    browser = Browser.start();
  }

  @AfterEach
  void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void overviewLeadsToAPool_whosePlotsMove() {
    try (RunningPage page =
        RunningPage.start(
            WebApplicationType.SERVLET,
            Tokens.class,
            RunningPage.OPEN,
            "management.metrics.distribution.percentiles.pools=0.5,0.99")) {
      browser.open(page, "#all");
      browser
          .waitFor(
              ExpectedConditions.elementToBeClickable(By.cssSelector("[href='#advanced/printer']")))
          .click();
      browser.waitFor(ExpectedConditions.presenceOfElementLocated(PLOT));
      browser.waitForText(BUSY, "0");
      assertThat(browser.driver().findElement(PERCENTILES).isDisplayed()).isFalse();

      CountDownLatch end = new CountDownLatch(1);
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      printer.submit(
          () -> {
            end.await();
            return null;
          });
      browser.waitForText(BUSY, "1");
      end.countDown();
      browser.waitForText(BUSY, "0");
      browser.waitForElement(PERCENTILES);

      assertThat(browser.driver().getCurrentUrl()).endsWith("#advanced/printer");
      browser.open(page, "");
      browser.waitForText(By.cssSelector("article h2"), "printer");
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void settingIsChangedByKeyboard() {
    try (RunningPage page =
        RunningPage.start(WebApplicationType.REACTIVE, Tokens.class, RunningPage.OPEN)) {
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      browser.open(page, "#advanced/printer");

      WebElement field = browser.waitFor(ExpectedConditions.elementToBeClickable(MAX_WORKERS));
      field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "6", Keys.ENTER);
      By row = By.xpath("//tr[.//input[@id='setting-max-workers']]");
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(row, "changed at run time"));

      assertThat(printer.maxWorkers()).isEqualTo(6);
      browser.consoleHasNoErrors();
      field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "none", Keys.ENTER);
      browser.waitFor(ExpectedConditions.attributeToBe(MAX_WORKERS, "aria-invalid", "true"));
      assertThat(printer.maxWorkers()).isEqualTo(6);
    }
  }

  @Test
  void pageThatMayOnlyReadSaysWhy_andHasNoFields() {
    try (RunningPage page =
        RunningPage.start(
            WebApplicationType.SERVLET,
            Nothing.class,
            RunningPage.OPEN,
            RunningPage.WITHOUT_SECURITY)) {
      browser.open(page, "#advanced/printer");
      browser.waitForText(By.id("access"), "Read only: no CSRF token.");
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(By.tagName("article"), "max-workers"));

      assertThat(browser.driver().findElements(MAX_WORKERS)).isEmpty();
      assertThat(browser.driver().findElements(By.cssSelector(".actions button"))).isEmpty();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void suspensionIsShown_andClears() {
    try (RunningPage page =
        RunningPage.start(WebApplicationType.SERVLET, Tokens.class, RunningPage.OPEN)) {
      ConnectionPool<?> ledger = page.context().getBean("ledger", ConnectionPool.class);
      browser.open(page, "#connection/ledger");
      browser.waitForText(BADGE, "UP");

      ledger.suspend();
      browser.waitForText(BADGE, "OUT OF SERVICE");
      ledger.resume();
      browser.waitForText(BADGE, "UP");
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void pageAsksAtIntervals_whileTheServerSendsNoEvents() {
    try (RunningPage page =
        RunningPage.start(WebApplicationType.SERVLET, Tokens.class, RunningPage.OPEN)) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      updates.stop();
      browser.open(page, "#advanced/printer");
      By connection = By.cssSelector("#connection[data-state='polling']");
      browser.waitFor(ExpectedConditions.presenceOfElementLocated(connection));
      browser.waitForText(BADGE, "UP");

      updates.start();
      browser.waitFor(
          ExpectedConditions.presenceOfElementLocated(
              By.cssSelector("#connection[data-state='live']")));
    }
  }

  @Test
  void addressNamesATimeWindowThatStandsStill() {
    try (RunningPage page =
        RunningPage.start(WebApplicationType.SERVLET, Tokens.class, RunningPage.OPEN)) {
      browser.open(page, "#advanced/printer?last=60");
      browser.waitForText(BADGE, "UP");

      browser.driver().findElement(By.xpath("//button[text()='Freeze']")).click();
      browser.waitFor(ExpectedConditions.urlMatches("#advanced/printer\\?from=\\d+&to=\\d+$"));
      browser.driver().findElement(By.linkText("Earlier")).sendKeys(Keys.ENTER);
      browser.waitFor(ExpectedConditions.presenceOfElementLocated(By.cssSelector(".span")));
      browser.driver().findElement(By.linkText("1 min")).sendKeys(Keys.ENTER);
      browser.waitFor(ExpectedConditions.urlMatches("#advanced/printer\\?last=60$"));
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void poolThatIsNotCreated_saysSo_untilItIsUsed() {
    try (RunningPage page =
        RunningPage.start(
            WebApplicationType.SERVLET,
            Tokens.class,
            RunningPage.OPEN,
            "spring.main.lazy-initialization=true")) {
      By entry = By.cssSelector("nav [href='#advanced/printer'] .use");
      By notice = By.cssSelector("article .alert");
      By limit = By.xpath("//tr[.//span[text()='max-workers']]//code");
      browser.open(page, "#advanced/printer");
      browser.waitForText(BADGE, "NOT CREATED");
      browser.waitForText(notice, "Not created yet: nothing has used it.");
      browser.waitForText(entry, "Not created yet: nothing has used it.");
      browser.waitForText(limit, "4");
      assertThat(browser.driver().findElement(PLOTS).isDisplayed()).isFalse();
      assertThat(browser.driver().findElement(ANNOUNCER).getText()).isEmpty();

      page.context().getBean("printer", AdvancedPool.class);
      browser.waitForText(BADGE, "UP");
      browser.waitForElement(PLOT);
      browser.waitFor(ExpectedConditions.elementToBeClickable(MAX_WORKERS));
      assertThat(browser.driver().findElement(notice).isDisplayed()).isFalse();
      browser.consoleHasNoErrors();
    }
  }
}
