package dev.pools.boot.dashboard;

import dev.pools.boot.dashboard.PageOverHttpTest.Tokens;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Takes the screenshots of the documents, on demand: {@code -Dpools.dashboard.screenshots=../docs}
 * names their folder, and {@code -Dpools.dashboard.load=PT3M} how long the pools have work before.
 * More of them, to look at, are in {@code target/screenshots} afterwards.
 */
@EnabledIfSystemProperty(named = "pools.dashboard.screenshots", matches = ".+")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PageScreenshotsTest {

  private static final By ADVICE = By.cssSelector("section[aria-label='Advice']");

  /** A database that is there, and a server that is not. */
  @Configuration(proxyBeanMethods = false)
  @Import(Tokens.class)
  static class Shop {
    @Bean
    ConnectionFactory<StringBuilder> ordersConnectionFactory() {
      return arguments -> new StringBuilder();
    }

    @Bean
    ConnectionFactory<StringBuilder> billingConnectionFactory() {
      return arguments -> {
        throw new IOException("Connection refused: billing.internal:5432");
      };
    }
  }

  private final Random random = new Random(7);
  private final AtomicInteger orders = new AtomicInteger();

  @Test
  void takeScreenshots() throws IOException {
    Path folder = Path.of(System.getProperty("pools.dashboard.screenshots"));
    Duration load = Duration.parse(System.getProperty("pools.dashboard.load", "PT3M"));
    Path more = Path.of("target", "screenshots");
    Files.createDirectories(folder);
    Files.createDirectories(more);
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    try (RunningPage page =
            RunningPage.start(
                WebApplicationType.SERVLET,
                Shop.class,
                RunningPage.OPEN,
                "management.metrics.distribution.percentiles.pools=0.5,0.99",
                "pools.advanced.instances.thumbnails.max-workers=4",
                "pools.advanced.instances.thumbnails.advice-window=5m",
                "pools.advanced.instances.mail.max-workers=2",
                "pools.connection.instances.orders.max-size=8",
                "pools.connection.instances.orders.min-size=2",
                "pools.connection.instances.billing.max-size=4",
                "pools.connection.instances.billing.min-size=1",
                "pools.connection.instances.billing.on-start-failure=start-empty");
        Browser browser = Browser.start()) {
      clock.scheduleAtFixedRate(() -> work(page), 0, 100, TimeUnit.MILLISECONDS);
      browser.resize(1200, 900, 1);
      browser.open(page, "#advanced/thumbnails");
      long begin = System.nanoTime();
      browser.waitFor(
          Duration.ofMinutes(12),
          driver ->
              System.nanoTime() - begin > load.toNanos()
                  && (load.toMinutes() < 2 || driver.findElement(ADVICE).isDisplayed()));
      take(browser, folder.resolve("dashboard-pool.png"), 1200, 1060, "light");
      takeWhole(browser, more.resolve("pool-dark.png"), 1200, "dark");
      takeWhole(browser, more.resolve("pool-narrow.png"), 390, "light");
      browser.open(page, "#connection/orders");
      browser.waitForText(By.cssSelector("article h2"), "orders");
      browser.waitForElement(By.cssSelector("section[aria-label='Settings'] td"));
      takeWhole(browser, more.resolve("connections.png"), 1200, "light");
      takeWhole(browser, more.resolve("connections-narrow.png"), 390, "dark");
      browser.open(page, "#all");
      browser.waitFor(ExpectedConditions.textToBe(By.cssSelector("main h2"), "All pools"));
      take(browser, folder.resolve("dashboard-all.png"), 1200, 450, "light");
      takeWhole(browser, more.resolve("all-dark.png"), 1200, "dark");
      takeWhole(browser, more.resolve("all-narrow.png"), 390, "dark");
    } finally {
      clock.shutdownNow();
    }
  }

  /** The whole page, however long it is. */
  private static void takeWhole(Browser browser, Path file, int width, String colours)
      throws IOException {
    browser.resize(width, 900, 1);
    Long height =
        (Long) browser.driver().executeScript("return document.documentElement.scrollHeight;");
    take(browser, file, width, height.intValue(), colours);
  }

  private static void take(Browser browser, Path file, int width, int height, String colours)
      throws IOException {
    browser.prefer(colours);
    browser.resize(width, height, 1);
    // Two frames, and the plots have their new size.
    browser
        .driver()
        .executeAsyncScript(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));");
    Files.write(file, browser.driver().getScreenshotAs(OutputType.BYTES));
  }

  // ---- Work for the pools

  private void work(RunningPage page) {
    double wave = 1 + Math.sin(System.nanoTime() / 9e9);
    AdvancedPool thumbnails = page.context().getBean("thumbnails", AdvancedPool.class);
    AdvancedPool mail = page.context().getBean("mail", AdvancedPool.class);
    ConnectionPool<?> database = page.context().getBean("orders", ConnectionPool.class);
    for (int i = random.nextInt(1 + (int) (9 * wave)); i >= 0; i--) {
      long millis = 40L + random.nextInt(60);
      thumbnails.submit(new Thumbnail(millis));
    }
    for (int i = random.nextInt(1 + (int) (4 * wave)); i >= 0 && orders.get() < 40; i--) {
      orders.incrementAndGet();
      long millis = 20L + random.nextInt(150);
      Thread caller =
          new Thread(
              () -> {
                try (Lease<?> lease = database.acquire()) {
                  pause(millis + lease.connection().hashCode() % 2);
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                } finally {
                  orders.decrementAndGet();
                }
              },
              "order-" + (1 + random.nextInt(900)));
      caller.setDaemon(true);
      caller.start();
    }
    if (random.nextInt(4) == 0) {
      mail.submit(() -> pause(30));
    }
  }

  /** A task with a name that tells what it does. */
  private record Thumbnail(long millis) implements Callable<Long> {
    @Override
    public Long call() {
      pause(millis);
      return millis;
    }
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
