package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pools.boot.dashboard.PageOverHttpTest.Nothing;
import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.boot.WebApplicationType;

/** The page in a browser. Where there is no Chromium these tests are skipped; in CI they fail. */
class PageInBrowserTest {

  private static final String OPEN = "management.endpoint.pools.access=unrestricted";
  private static final By PLOT = By.cssSelector("figure canvas");
  private static final By MAX_WORKERS = By.id("setting-max-workers");
  private static final By BUSY = By.cssSelector("figure .legend li b");
  private static final By BADGE = By.cssSelector("article .badge");

  private ChromeDriver browser;

  private static File program(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  @BeforeEach
  void startBrowser() {
    File chromium = program("chromium");
    File driver = program("chromedriver");
    if (System.getenv("CI") == null) {
      assumeTrue(
          chromium != null && driver != null,
          "Skipped: install chromium and chromedriver to run the tests in a browser.");
    }
    assertThat(chromium).as("chromium on the path").isNotNull();
    assertThat(driver).as("chromedriver on the path").isNotNull();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--window-size=1200,1000");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
  }

  @AfterEach
  void stopBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  private <T> T waitFor(ExpectedCondition<T> condition) {
    return new WebDriverWait(browser, Duration.ofSeconds(60)).until(condition);
  }

  private void open(RunningPage page, String hash) {
    browser.get(page.address("/actuator/poolsui") + hash);
  }

  private void consoleHasNoErrors() {
    List<LogEntry> errors =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .toList();
    assertThat(errors).isEmpty();
  }

  @Test
  void overviewLeadsToAPool_whosePlotsMove() {
    try (RunningPage page = RunningPage.start(WebApplicationType.SERVLET, Tokens.class, OPEN)) {
      open(page, "#all");
      waitFor(ExpectedConditions.elementToBeClickable(By.cssSelector("[href='#advanced/printer']")))
          .click();
      waitFor(ExpectedConditions.presenceOfElementLocated(PLOT));
      waitFor(ExpectedConditions.textToBe(BUSY, "0"));

      CountDownLatch end = new CountDownLatch(1);
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      printer.submit(
          () -> {
            end.await();
            return null;
          });
      waitFor(ExpectedConditions.textToBe(BUSY, "1"));
      end.countDown();
      waitFor(ExpectedConditions.textToBe(BUSY, "0"));

      assertThat(browser.getCurrentUrl()).endsWith("#advanced/printer");
      open(page, "");
      waitFor(ExpectedConditions.textToBe(By.cssSelector("article h2"), "printer"));
      consoleHasNoErrors();
    }
  }

  @Test
  void settingIsChangedByKeyboard() {
    try (RunningPage page = RunningPage.start(WebApplicationType.REACTIVE, Tokens.class, OPEN)) {
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      open(page, "#advanced/printer");

      WebElement field = waitFor(ExpectedConditions.elementToBeClickable(MAX_WORKERS));
      field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "6", Keys.ENTER);
      waitFor(ExpectedConditions.textToBe(By.id("announcer"), "maxWorkers was 4 and is 6."));

      assertThat(printer.maxWorkers()).isEqualTo(6);
      consoleHasNoErrors();
      field.sendKeys(Keys.chord(Keys.CONTROL, "a"), "none", Keys.ENTER);
      waitFor(
          ExpectedConditions.textToBePresentInElementLocated(By.id("announcer"), "whole number"));
      assertThat(printer.maxWorkers()).isEqualTo(6);
    }
  }

  @Test
  void pageThatMayOnlyReadSaysWhy_andHasNoFields() {
    try (RunningPage page =
        RunningPage.start(
            WebApplicationType.SERVLET, Nothing.class, OPEN, RunningPage.WITHOUT_SECURITY)) {
      open(page, "#advanced/printer");
      waitFor(ExpectedConditions.textToBe(By.id("access"), "Read only: no CSRF token."));
      waitFor(
          ExpectedConditions.textToBePresentInElementLocated(By.tagName("article"), "max-workers"));

      assertThat(browser.findElements(MAX_WORKERS)).isEmpty();
      assertThat(browser.findElements(By.cssSelector(".actions button"))).isEmpty();
      consoleHasNoErrors();
    }
  }

  @Test
  void suspensionIsShown_andClears() {
    try (RunningPage page = RunningPage.start(WebApplicationType.SERVLET, Tokens.class, OPEN)) {
      ConnectionPool<?> ledger = page.context().getBean("ledger", ConnectionPool.class);
      open(page, "#connection/ledger");
      waitFor(ExpectedConditions.textToBe(BADGE, "UP"));

      ledger.suspend();
      waitFor(ExpectedConditions.textToBe(BADGE, "OUT OF SERVICE"));
      ledger.resume();
      waitFor(ExpectedConditions.textToBe(BADGE, "UP"));
      consoleHasNoErrors();
    }
  }

  @Test
  void pageAsksAtIntervals_whileTheServerSendsNoEvents() {
    try (RunningPage page = RunningPage.start(WebApplicationType.SERVLET, Tokens.class, OPEN)) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      updates.stop();
      open(page, "#advanced/printer");
      By connection = By.cssSelector("#connection[data-state='polling']");
      waitFor(ExpectedConditions.presenceOfElementLocated(connection));
      waitFor(ExpectedConditions.textToBe(BADGE, "UP"));

      updates.start();
      waitFor(
          ExpectedConditions.presenceOfElementLocated(
              By.cssSelector("#connection[data-state='live']")));
    }
  }

  @Test
  void addressNamesATimeWindowThatStandsStill() {
    try (RunningPage page = RunningPage.start(WebApplicationType.SERVLET, Tokens.class, OPEN)) {
      open(page, "#advanced/printer?last=60");
      waitFor(ExpectedConditions.textToBe(BADGE, "UP"));

      browser.findElement(By.xpath("//button[text()='Freeze']")).click();
      waitFor(ExpectedConditions.urlMatches("#advanced/printer\\?from=\\d+&to=\\d+$"));
      browser.findElement(By.linkText("Earlier")).sendKeys(Keys.ENTER);
      waitFor(ExpectedConditions.presenceOfElementLocated(By.cssSelector(".span")));
      browser.findElement(By.linkText("1 min")).sendKeys(Keys.ENTER);
      waitFor(ExpectedConditions.urlMatches("#advanced/printer\\?last=60$"));
      consoleHasNoErrors();
    }
  }
}
