package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openqa.selenium.support.ui.ExpectedConditions.attributeToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.presenceOfElementLocated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page without a mouse, with a screen reader, on a phone. */
@PageTest
class PageForEveryoneTest {

  /** Serious faults that axe-core finds, as lines of text. */
  private static final String FIND_FAULTS =
      """
      const told = arguments[arguments.length - 1];
      axe.run(document, {resultTypes: ["violations"]}).then(
          ({violations}) => told(violations
              .filter(({impact}) => impact === "serious" || impact === "critical")
              .flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) => `${id}: ${target} ${failureSummary}`))),
          (failure) => told([String(failure)]));
      """;

  private static final By CANCEL = By.cssSelector("#batches button:not([hidden])");
  private static final By FAILURES = By.cssSelector("#batches details:not([hidden]) summary");

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
    batchesEnd();
  }

  private void batchesEnd() {
    await().atMost(Duration.ofSeconds(60)).until(() -> batches.running().isEmpty());
  }

  private static String axe() {
    try (InputStream script =
        PageForEveryoneTest.class.getClassLoader().getResourceAsStream("axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** A batch without space for its thumbnails. */
  private void failBatch() {
    long filled = space.state().maxBytes() - space.state().bytes() - 1;
    space.add(filled);
    try {
      batches.accept(Set.of(1968));
      batchesEnd();
    } finally {
      space.add(-filled);
    }
  }

  @Test
  void axeFindsNoSeriousFault_inLightAndDarkAndOnAPhone() {
    failBatch();
    load.start(1, 1);
    browser.waitForText("load-state", "Sending.");
    browser.waitFor(presenceOfElementLocated(FAILURES)).click();
    browser.waitForText("batches", "The catalogue is full");
    browser.driver().executeScript(axe());

    assertPageHasNoFaults("at work");
    browser.consoleHasNoErrors();

    browser.find(By.id("break")).click();
    browser.waitForText("database-state", "Outage");
    browser.waitForText("batches-trouble", "Try again");
    assertPageHasNoFaults("in an outage");
  }

  private void assertPageHasNoFaults(String state) {
    for (String colours : List.of("light", "dark")) {
      browser.prefer(colours);
      for (int width : new int[] {1200, 390}) {
        browser.resize(width, 900, 1);
        assertThat((List<?>) browser.driver().executeAsyncScript(FIND_FAULTS))
            .as("%s, %s, %d pixels wide", state, colours, width)
            .isEmpty();
        assertThat(overflow()).as("%s, %d pixels wide", state, width).isZero();
      }
    }
  }

  /** How much wider the page is than its window. */
  private long overflow() {
    return (Long)
        browser
            .driver()
            .executeScript(
                "const root = document.documentElement; return root.scrollWidth - root.clientWidth;");
  }

  @Test
  void keyboardAloneLeadsThroughTheTourToACancelledBatch() {
    browser.tabTo(By.cssSelector("a.skip")).sendKeys(Keys.ENTER);
    assertThat(browser.focused().getDomProperty("id")).isEqualTo("main");
    WebElement tour = browser.tabTo(By.id("tour-do"));
    assertThat(tour.getCssValue("outline-style")).isEqualTo("solid");
    tour.sendKeys(Keys.ENTER);
    browser.waitForText("tour-result", "Sent: 3 tasks of people");
    browser.tabTo(By.id("tour-next")).sendKeys(Keys.ENTER);
    assertThat(browser.focused().getText()).isEqualTo("People go first");
    browser.tabTo(By.id("load-stop")).sendKeys(Keys.ENTER);
    browser.waitForText("load-state", "Nothing is sent.");
    // Slow, so that the batch is not done before it is cancelled.
    browser.tabTo(By.id("slow")).sendKeys(Keys.SPACE);
    browser.waitFor(attributeToBe(By.id("slow"), "aria-pressed", "true"));

    browser
        .tabTo(By.id("widths"))
        .sendKeys(Keys.chord(Keys.CONTROL, "a"), Browser.MANY_WIDTHS, Keys.ENTER);
    browser.waitForText("batch-note", "is accepted, with");
    browser.waitFor(presenceOfElementLocated(CANCEL));
    browser.tabTo(CANCEL).sendKeys(Keys.ENTER);
    browser.waitForText("batch-note", "is cancelled");

    // The button is gone; the focus is still in the list.
    browser.waitFor(
        driver -> "List of batches".equals(browser.focused().getDomAttribute("aria-label")));
    browser.consoleHasNoErrors();
  }
}
