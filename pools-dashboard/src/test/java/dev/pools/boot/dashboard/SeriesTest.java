package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Nothing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.springframework.boot.WebApplicationType;

/** The figures that the page keeps, in a browser. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeriesTest {

  /** Runs a script with a new series and the times of its samples in seconds. */
  private static final String WITH_A_SERIES =
      """
      const told = arguments[arguments.length - 1];
      const run = ({ Series }) => {
        const series = new Series();
        %s
      };
      import(arguments[0]).then((module) => told(JSON.stringify(run(module)))).catch((failure) => told(String(failure)));
      """;

  private Browser browser;
  private RunningPage page;

  @BeforeEach
  void openPage() {
    browser = Browser.start();
    page =
        RunningPage.start(WebApplicationType.SERVLET, Nothing.class, RunningPage.WITHOUT_SECURITY);
    browser.open(page, "#all");
    browser.waitForElement(By.cssSelector("#connection[data-state='live']"));
  }

  @AfterEach
  void close() {
    if (page != null) {
      page.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private Object withASeries(String script) {
    return browser
        .driver()
        .executeAsyncScript(
            WITH_A_SERIES.formatted(script),
            page.address("/actuator/poolsui/series.js").toString());
  }

  @Test
  void historyFillsHoles_andKeepsTheSamplesOfThePage() {
    Object figures =
        withASeries(
            """
            const history = {
              intervalMillis: 5000,
              atMillis: [0, 5000, 10000, 15000, 20000, 38000, 45000],
              series: { active: [1, 2, 3, 4, 5, 6, 7] },
            };
            series.add(10000, { active: 10, waitP99Millis: 100 });
            series.add(11000, { active: 11, waitP99Millis: 110 });
            series.add(40000, { active: 40, waitP99Millis: 400 });
            series.seed(history);
            series.seed(history);
            return [series.times(), series.values("active"), series.values("waitP99Millis")];
            """);

    assertThat(figures)
        .isEqualTo("[[0,5,10,11,20,40,45],[1,2,10,11,5,40,7],[null,null,100,110,null,400,null]]");
  }

  @Test
  void historyDoesNotLetTheSamplesGrowWithoutLimit() {
    Object number =
        withASeries(
            """
            for (let i = 1; i <= 4000; i++) {
              series.add(1000000 + 1000 * i, {});
            }
            series.seed({ intervalMillis: 5000, atMillis: [5000, 10000], series: {} });
            return [series.times().length, series.times()[0]];
            """);

    assertThat(number).isEqualTo("[3600,1401]");
  }

  @Test
  void seriesGoesOn_whenTheClockOfTheServerIsSetBack() {
    Object times =
        withASeries(
            """
            series.add(40000, {});
            series.add(100000, {});
            series.add(99000, {});
            const before = series.times();
            series.add(50000, {});
            series.add(51000, {});
            return [before, series.times()];
            """);

    assertThat(times).isEqualTo("[[40,100],[40,50,51]]");
  }
}
