package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium without a window. Where there is none, tests are skipped; in CI they fail. */
final class Browser implements AutoCloseable {

  /** Long enough for a machine on which everything else runs as well. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** As many as a batch may have. */
  static final String MANY_WIDTHS =
      IntStream.range(0, 50)
          .mapToObj(number -> Integer.toString(1008 + 16 * number))
          .collect(Collectors.joining(","));

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  private static File program(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  static Browser start() {
    File chromium = program("chromium");
    File chromedriver = program("chromedriver");
    if (System.getenv("CI") == null) {
      assumeTrue(
          chromium != null && chromedriver != null,
          "Skipped: install chromium and chromedriver to run the tests in a browser.");
    }
    assertThat(chromium).as("chromium on the path").isNotNull();
    assertThat(chromedriver).as("chromedriver on the path").isNotNull();
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
    ChromeDriver driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(chromedriver).build(), options);
    driver.manage().timeouts().scriptTimeout(LONGEST_WAIT);
    return new Browser(driver);
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Opens the page, and waits until it shows the pools and the pictures. */
  void open(int port) {
    driver.get("http://localhost:" + port);
    waitFor(ExpectedConditions.elementToBeClickable(By.id("tour-do")));
    waitFor(ExpectedConditions.numberOfElementsToBeMoreThan(By.cssSelector("#gallery img"), 0));
    waitFor(ExpectedConditions.numberOfElementsToBe(By.cssSelector("#gallery .waiting"), 0));
  }

  WebElement find(By where) {
    return driver.findElement(where);
  }

  <T> T waitFor(ExpectedCondition<T> condition) {
    return new WebDriverWait(driver, LONGEST_WAIT).until(condition);
  }

  /** Waits until the element with this id contains the text. */
  void waitForText(String id, String text) {
    waitFor(ExpectedConditions.textToBePresentInElementLocated(By.id(id), text));
  }

  /** The colours that the user prefers: {@code light} or {@code dark}. */
  void prefer(String colours) {
    Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", colours);
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  /** The size of the screen, in the pixels of style sheets. */
  void resize(int width, int height, double devicePixels) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width", width, "height", height, "deviceScaleFactor", devicePixels, "mobile", false));
  }

  /** The element that has the focus. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  /** Presses the tabulator until this element has the focus. */
  WebElement tabTo(By where) {
    for (int steps = 0; steps < 200; steps++) {
      // Not the keys of an element: a field for files takes them for the name of a file.
      new Actions(driver).sendKeys(Keys.TAB).perform();
      WebElement focused = focused();
      if (driver.findElements(where).contains(focused)) {
        return focused;
      }
    }
    throw new AssertionError("The tabulator does not lead to " + where);
  }

  /** The console has neither errors nor warnings since it was read last. */
  void consoleHasNoErrors() {
    List<LogEntry> errors =
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .toList();
    assertThat(errors).isEmpty();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
