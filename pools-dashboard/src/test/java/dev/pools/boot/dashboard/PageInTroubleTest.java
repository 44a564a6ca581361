package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.test.ManualClock;
import dev.pools.test.ScriptedConnection;
import dev.pools.test.ScriptedConnections;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What the page shows of pools in trouble, and what it does while it is out of sight. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageInTroubleTest {

  private static final By BADGE = By.cssSelector("article .badge");
  private static final By LIVE = By.cssSelector("#connection[data-state='live']");

  /** A pool whose server fails if the test says so. */
  @Configuration(proxyBeanMethods = false)
  @Import(Tokens.class)
  static class Outage {
    @Bean
    ScriptedConnections<ScriptedConnection> server() {
      return ScriptedConnections.of(new ManualClock());
    }

    @Bean
    ConnectionPool<ScriptedConnection> mainframe(ScriptedConnections<ScriptedConnection> server) {
      return server.builder().name("mainframe").minSize(1).maxSize(2).build();
    }
  }

  /** Answers as the endpoint does that gives advice, as long as there are fewer than 8 workers. */
  @Configuration(proxyBeanMethods = false)
  @Import(Tokens.class)
  static class Advised {
    private static final String ADVICE =
        """
        {"advice": [{
          "rule": "saturated",
          "windowMillis": 300000,
          "figures": "In the last 5 min all workers were busy.",
          "cure": "Set max-workers to 8.",
          "property": "pools.advanced.instances.printer.max-workers=8",
          "prediction": "With 8 the p99 wait would have been 9 ms.",
          "change": {"maxWorkers": 8},
          "current": {"maxWorkers": 4}}]}
        """;

    @Bean
    Filter advice(AdvancedPool printer) {
      return (request, response, chain) -> {
        if (((HttpServletRequest) request).getRequestURI().endsWith("/advice")) {
          response.setContentType("application/json");
          response.getWriter().print(printer.maxWorkers() < 8 ? ADVICE : "{\"advice\": []}");
        } else {
          chain.doFilter(request, response);
        }
      };
    }
  }

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

  private static RunningPage start(Class<?> more) {
    return RunningPage.start(WebApplicationType.SERVLET, more, RunningPage.OPEN);
  }

  @Test
  @SuppressWarnings("unchecked")
  void outageIsShown_andClears() {
    try (RunningPage page = start(Outage.class)) {
      ScriptedConnections<ScriptedConnection> server =
          page.context().getBean(ScriptedConnections.class);
      By down = By.cssSelector("article .events [data-severity='bad']");
      By up = By.cssSelector("article .events [data-severity='good']");
      browser.open(page, "#connection/mainframe");
      browser.waitForText(BADGE, "UP");

      server.opens().fail(new IOException("The mainframe is off."));
      server.breakAll();
      server.checks().refuse();
      page.context().getBean("mainframe", ConnectionPool.class).softEvict();
      // The pool tries again and again, so the health check sees that the outage goes on.
      browser.waitFor(
          driver -> {
            server.clock().advance(Duration.ofSeconds(30));
            return driver.findElement(BADGE).getText().equals("DOWN")
                && !driver.findElements(down).isEmpty();
          });
      assertThat(browser.driver().findElement(By.cssSelector("article .alert")).getText())
          .contains("The mainframe is off.");
      assertThat(browser.driver().findElement(By.cssSelector("nav .pools li")).getText())
          .contains("mainframe", "DOWN");

      server.opens().succeed();
      server.checks().succeed();
      browser.waitFor(
          driver -> {
            server.clock().advance(Duration.ofSeconds(30));
            return driver.findElement(BADGE).getText().equals("UP")
                && !driver.findElements(up).isEmpty();
          });
      assertThat(browser.driver().findElement(By.cssSelector("article .alert")).isDisplayed())
          .isFalse();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void adviceIsShownWithItsPrediction_andApplied() {
    try (RunningPage page = start(Advised.class)) {
      AdvancedPool printer = page.context().getBean("printer", AdvancedPool.class);
      browser.open(page, "#advanced/printer");
      By advice = By.cssSelector("section[aria-label='Advice']");
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(advice, "would have been 9 ms"));
      assertThat(browser.driver().findElement(advice).getText())
          .contains("all workers were busy", "Set max-workers to 8.", "printer.max-workers=8");

      By apply = By.cssSelector("[data-action='apply']");
      browser.waitForText(apply, "Apply: max-workers 8 instead of 4");
      browser.driver().findElement(apply).click();
      browser.waitFor(ExpectedConditions.invisibilityOfElementLocated(advice));

      assertThat(printer.maxWorkers()).isEqualTo(8);
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void adviceHasNoButton_whereThePageMayOnlyRead() {
    try (RunningPage page = RunningPage.start(WebApplicationType.SERVLET, Advised.class)) {
      browser.open(page, "#advanced/printer");
      browser.waitFor(
          ExpectedConditions.textToBePresentInElementLocated(
              By.cssSelector("section[aria-label='Advice']"), "would have been 9 ms"));

      assertThat(
              browser.driver().findElement(By.cssSelector("[data-action='apply']")).isDisplayed())
          .isFalse();
      browser.consoleHasNoErrors();
    }
  }

  @Test
  void hiddenTabPauses_andGoesOnWhenItIsSeenAgain() {
    try (RunningPage page = start(Tokens.class)) {
      LiveUpdates updates = page.context().getBean(LiveUpdates.class);
      browser.open(page, "#advanced/printer");
      browser.waitForElement(LIVE);
      String tab = browser.driver().getWindowHandle();

      browser.driver().switchTo().newWindow(WindowType.TAB);
      browser.waitFor(driver -> updates.count() == 0);

      browser.driver().close();
      browser.driver().switchTo().window(tab);
      browser.driver().executeCdpCommand("Page.bringToFront", Map.of());
      browser.waitForElement(LIVE);
      browser.waitFor(driver -> updates.count() == 1);
      browser.consoleHasNoErrors();
    }
  }
}
