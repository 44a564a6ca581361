package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Nothing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;

/** Lists that the page lets follow what the server says, in a browser. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MatchedListTest {

  /** Runs a script with a list of buttons and a function that shows these texts in it. */
  private static final String WITH_A_LIST =
      """
      const told = arguments[arguments.length - 1];
      const run = ({ el, match }) => {
        const list = el("ol");
        document.body.append(list);
        const item = (text) => el("li", {}, el("button", { text }));
        const show = (...items) => match(list, items, (text) => text, item);
        %s
      };
      import(arguments[0]).then((module) => told(run(module))).catch((failure) => told(String(failure)));
      """;

  private Browser browser;
  private RunningPage page;

  @BeforeEach
  void openPage() {
    browser = Browser.start();
    page =
        RunningPage.start(WebApplicationType.SERVLET, Nothing.class, RunningPage.WITHOUT_SECURITY);
    browser.open(page, "#all");
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

  private Object withAList(String script) {
    return browser
        .driver()
        .executeAsyncScript(
            WITH_A_LIST.formatted(script), page.address("/actuator/poolsui/dom.js").toString());
  }

  /** Two events may have happened at the same time and have the same text. */
  @Test
  void equalItemsAreShownAsOftenAsTheyAreThere() {
    Object shown =
        withAList(
            """
            show("a", "a", "b");
            show("a", "a", "b");
            const kept = list.lastElementChild;
            show("c", "a", "a", "b");
            return `${list.textContent} ${kept === list.lastElementChild}`;
            """);

    assertThat(shown).isEqualTo("caab true");
  }

  /** The oldest task ends, or another pool is in trouble now. */
  @Test
  void focusStays_whenOthersGoOrTheOrderChanges() {
    Object focused =
        withAList(
            """
            show("a", "b", "c");
            list.children[1].firstChild.focus();
            show("b", "c");
            const one = document.activeElement.textContent;
            show("c", "b");
            show("b", "c");
            return `${one} ${document.activeElement.textContent} ${list.textContent}`;
            """);

    assertThat(focused).isEqualTo("b b bc");
  }
}
