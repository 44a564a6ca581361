package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openqa.selenium.support.ui.ExpectedConditions.elementToBeClickable;
import static org.openqa.selenium.support.ui.ExpectedConditions.presenceOfElementLocated;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a browser. Where there is no Chromium these tests are skipped; in CI they fail. */
@PageTest
class PageInBrowserTest {

  private static final By TOUR_DO = By.id("tour-do");
  private static final By TOUR_NEXT = By.id("tour-next");

  @LocalServerPort private int port;
  @Autowired private Load load;
  @Autowired private DatabaseFaults faults;
  @Autowired private Batches batches;
  @Autowired private CatalogueSpace space;

  private Browser browser;

  @BeforeEach
  void openPage() {
    browser = Browser.start();
    browser.open(port);
  }

  @AfterEach
  void close() {
    load.end();
    faults.repair();
    if (browser != null) {
      browser.close();
    }
    // A cancelled batch still stores the thumbnails that are being made.
    await().atMost(Duration.ofSeconds(60)).until(() -> batches.running().isEmpty());
  }

  @Test
  void uploadedPictureAppearsInTheGallery(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("from the browser.jpeg");
    Files.write(file, SamplePicture.DAWN.drawn().content());

    browser.find(By.id("file")).sendKeys(file.toString());
    browser.find(By.cssSelector("#upload button")).click();

    browser.waitForText("uploads", "Added, 1800 × 1200.");
    browser.waitFor(
        presenceOfElementLocated(
            By.cssSelector("#gallery img[alt='from the browser.jpeg']:not([hidden])")));
    browser.consoleHasNoErrors();
  }

  @Test
  void batchShowsItsProgress_andIsCancelled() {
    // So that it is not done before it is cancelled.
    faults.slow(Duration.ofMillis(200));
    runBatch(Browser.MANY_WIDTHS);
    browser.waitForText("batch-note", "is accepted, with");

    browser.waitFor(elementToBeClickable(By.cssSelector("#batches button:not([hidden])"))).click();

    browser.waitForText("batch-note", "is cancelled");
    browser.waitForText("batches", "cancelled");
    browser.consoleHasNoErrors();
  }

  @Test
  void tourStartsTheLoad_byKeyboard() {
    browser.find(TOUR_DO).sendKeys(Keys.ENTER);
    browser.waitForText("tour-result", "Sent: 3 tasks of people");
    browser.waitForText("load-state", "Sending.");

    browser.find(TOUR_NEXT).sendKeys(Keys.ENTER);
    assertThat(browser.focused().getText()).isEqualTo("People go first");
    browser.focused().sendKeys(Keys.TAB);
    assertThat(browser.focused().getAttribute("id")).isEqualTo("tour-do");

    browser.find(By.id("load-stop")).sendKeys(Keys.ENTER);
    browser.waitForText("load-state", "Nothing is sent.");
    browser.consoleHasNoErrors();
  }

  @Test
  void outageIsShown_andClears() {
    browser.find(By.id("break")).click();
    browser.waitForText("database-state", "Outage");
    assertThat(browser.find(By.id("break")).getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(browser.find(By.id("announcer")).getAttribute("textContent")).contains("outage");

    browser.find(By.id("repair")).click();
    browser.waitForText("database-state", "Connected.");
    browser.waitForText("faults-note", "The database works.");
  }

  @Test
  void numberOutOfItsRangeIsRejectedBeforeItIsSent() {
    WebElement delay = browser.find(By.id("delay"));
    delay.clear();
    delay.sendKeys("5000");

    browser.find(By.id("slow")).click();

    browser.waitForText("faults-note", "Enter a whole number from 1 to 1000.");
    assertThat(faults.state().mode()).isEqualTo(DatabaseFaults.Mode.HEALTHY);
  }

  /** There is space for one byte, so a batch is accepted, but has no space for its thumbnails. */
  @Test
  void fullCatalogueIsShown_andWhyElementsHaveFailed() {
    long filled = space.state().maxBytes() - space.state().bytes() - 1;
    space.add(filled);
    try {
      runBatch("1984");
      browser.waitForText("batch-note", "is accepted, with");
      WebElement why = browser.waitFor(elementToBeClickable(By.cssSelector("#batches summary")));
      assertThat(why.getText()).endsWith("failed");
      why.sendKeys(Keys.ENTER);
      browser.waitForText("batches", "width 1984: The catalogue is full");
      browser.waitForText("space", "1,024 of 1,024 MB");
      browser.consoleHasNoErrors();
      space.add(1);
      filled++;

      runBatch("1984");

      browser.waitForText("batch-note", "The catalogue is full");
    } finally {
      space.add(-filled);
    }
  }

  private void runBatch(String widths) {
    WebElement field = browser.find(By.id("widths"));
    field.clear();
    field.sendKeys(widths, Keys.ENTER);
  }
}
