package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openqa.selenium.support.ui.ExpectedConditions.elementToBeClickable;
import static org.openqa.selenium.support.ui.ExpectedConditions.presenceOfElementLocated;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBePresentInElementLocated;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a browser. Where there is no Chromium these tests are skipped; in CI they fail. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "example.database.url=jdbc:h2:mem:browser;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1",
      "example.playground.enabled=true",
      "management.server.port=0"
    })
class PageInBrowserTest {

  private static final By TOUR_DO = By.id("tour-do");
  private static final By TOUR_NEXT = By.id("tour-next");

  @LocalServerPort private int port;
  @Autowired private Load load;
  @Autowired private DatabaseFaults faults;

  private ChromeDriver browser;

  private static File program(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  @BeforeEach
  void openPage() {
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
    browser.get("http://localhost:" + port);
    waitFor(elementToBeClickable(TOUR_DO));
  }

  @AfterEach
  void close() {
    load.end();
    faults.repair();
    if (browser != null) {
      browser.quit();
    }
  }

  private <T> T waitFor(ExpectedCondition<T> condition) {
    return new WebDriverWait(browser, Duration.ofSeconds(60)).until(condition);
  }

  private void waitForText(String id, String text) {
    waitFor(textToBePresentInElementLocated(By.id(id), text));
  }

  private void consoleHasNoErrors() {
    List<LogEntry> errors =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .toList();
    assertThat(errors).isEmpty();
  }

  private WebElement focused() {
    return browser.switchTo().activeElement();
  }

  @Test
  void uploadedPictureAppearsInTheGallery(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("from the browser.jpeg");
    Files.write(file, SamplePicture.DAWN.drawn().content());

    browser.findElement(By.id("file")).sendKeys(file.toString());
    browser.findElement(By.cssSelector("#upload button")).click();

    waitForText("uploads", "Added, 1800 × 1200.");
    waitFor(
        presenceOfElementLocated(
            By.cssSelector("#gallery img[alt='from the browser.jpeg']:not([hidden])")));
    consoleHasNoErrors();
  }

  @Test
  void batchShowsItsProgress_andIsCancelled() {
    // So that it is not done before it is cancelled.
    faults.slow(Duration.ofMillis(200));
    WebElement widths = browser.findElement(By.id("widths"));
    widths.clear();
    widths.sendKeys(
        IntStream.range(0, 50)
            .mapToObj(number -> Integer.toString(1008 + 16 * number))
            .collect(Collectors.joining(",")),
        Keys.ENTER);
    waitForText("batch-note", "is accepted, with");

    waitFor(elementToBeClickable(By.cssSelector("#batches button:not([hidden])"))).click();

    waitForText("batch-note", "is cancelled");
    waitForText("batches", "cancelled");
    consoleHasNoErrors();
  }

  @Test
  void tourStartsTheLoad_byKeyboard() {
    browser.findElement(TOUR_DO).sendKeys(Keys.ENTER);
    waitForText("tour-result", "Sent: 3 tasks of people");
    waitForText("load-state", "Sending.");

    browser.findElement(TOUR_NEXT).sendKeys(Keys.ENTER);
    assertThat(focused().getText()).isEqualTo("People go first");
    focused().sendKeys(Keys.TAB);
    assertThat(focused().getAttribute("id")).isEqualTo("tour-do");

    browser.findElement(By.id("load-stop")).sendKeys(Keys.ENTER);
    waitForText("load-state", "Nothing is sent.");
    consoleHasNoErrors();
  }

  @Test
  void outageIsShown_andClears() {
    browser.findElement(By.id("break")).click();
    waitForText("database-state", "Outage");
    assertThat(browser.findElement(By.id("break")).getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(browser.findElement(By.id("announcer")).getAttribute("textContent"))
        .contains("outage");

    browser.findElement(By.id("repair")).click();
    waitForText("database-state", "Connected.");
    waitForText("faults-note", "The database works.");
  }

  @Test
  void numberOutOfItsRangeIsRejectedBeforeItIsSent() {
    WebElement delay = browser.findElement(By.id("delay"));
    delay.clear();
    delay.sendKeys("5000");

    browser.findElement(By.id("slow")).click();

    waitForText("faults-note", "Enter a whole number from 1 to 1000.");
    assertThat(faults.state().mode()).isEqualTo(DatabaseFaults.Mode.HEALTHY);
  }
}
