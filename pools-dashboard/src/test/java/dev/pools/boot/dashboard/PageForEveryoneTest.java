package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.task.AdvancedPool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.boot.WebApplicationType;

/** The page without a mouse, with a screen reader, on a phone. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
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

  private static RunningPage start() {
    return RunningPage.start(WebApplicationType.SERVLET, Tokens.class, RunningPage.OPEN);
  }

  private static String axe() {
    try (InputStream script =
        PageForEveryoneTest.class.getClassLoader().getResourceAsStream("axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void axeFindsNoSeriousFault_inLightAndDarkAndOnAPhone() {
    try (RunningPage page = start()) {
      String axe = axe();
      for (String view : List.of("#all", "#advanced/printer", "#connection/ledger")) {
        browser.open(page, view);
        browser.driver().navigate().refresh();
        browser.waitForElement(By.cssSelector("#connection[data-state='live']"));
        if (!view.equals("#all")) {
          browser.waitForElement(By.cssSelector("section[aria-label='Settings'] td"));
        }
        browser.driver().executeScript(axe);
        for (String colours : List.of("light", "dark")) {
          browser.prefer(colours);
          for (int width : new int[] {1200, 390}) {
            browser.resize(width, 900, 1);
            assertThat((List<?>) browser.driver().executeAsyncScript(FIND_FAULTS))
                .as("%s, %s, %d pixels wide", view, colours, width)
                .isEmpty();
            assertThat(overflow()).as("%s, %d pixels wide", view, width).isZero();
          }
        }
      }
      browser.consoleHasNoErrors();
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
  void keyboardAloneLeadsFromTheOverviewToAChangedSetting() {
    try (RunningPage page = start()) {
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      browser.open(page, "#all");
      browser.waitForElement(By.cssSelector("[href='#advanced/printer']"));

      browser.tabTo(By.id("skip")).sendKeys(Keys.ENTER);
      assertThat(browser.focused().getDomProperty("id")).isEqualTo("main");
      WebElement pool = browser.tabTo(By.cssSelector("main [href='#advanced/printer']"));
      assertThat(pool.getCssValue("outline-style")).isEqualTo("solid");
      pool.sendKeys(Keys.ENTER);
      browser.waitFor(driver -> "printer".equals(focusedText()));

      browser.waitForElement(By.id("setting-max-workers"));
      browser.tabTo(By.xpath("//button[text()='Freeze']")).sendKeys(Keys.ENTER);
      browser.waitForElement(By.linkText("Earlier"));
      browser
          .tabTo(By.id("setting-max-workers"))
          .sendKeys(Keys.chord(Keys.CONTROL, "a"), "7", Keys.ENTER);
      browser.waitFor(driver -> printer.maxWorkers() == 7);
      browser.consoleHasNoErrors();
    }
  }

  private Object focusedText() {
    return browser.driver().executeScript("return document.activeElement.textContent;");
  }
}
