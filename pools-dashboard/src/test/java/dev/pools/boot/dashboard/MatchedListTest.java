package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageOverHttpTest.Nothing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;

/** Lists that the page lets follow what the server says, in a browser. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MatchedListTest {

  private static final String SHOW_EQUAL_ITEMS =
      """
      const told = arguments[arguments.length - 1];
      const shown = ({ el, match }) => {
        const list = el("ol");
        const show = (...items) => match(list, items, (item) => item, (text) => el("li", { text }));
        show("a", "a", "b");
        show("a", "a", "b");
        const kept = list.lastElementChild;
        show("c", "a", "a", "b");
        return `${list.textContent} ${kept === list.lastElementChild}`;
      };
      import(arguments[0]).then((module) => told(shown(module))).catch((failure) => told(String(failure)));
      """;

  /** Two events may have happened at the same time and have the same text. */
  @Test
  void equalItemsAreShownAsOftenAsTheyAreThere() {
    try (Browser browser = Browser.start();
        RunningPage page =
            RunningPage.start(
                WebApplicationType.SERVLET, Nothing.class, RunningPage.WITHOUT_SECURITY)) {
      browser.open(page, "#all");

      Object shown =
          browser
              .driver()
              .executeAsyncScript(
                  SHOW_EQUAL_ITEMS, page.address("/actuator/poolsui/dom.js").toString());

      assertThat(shown).isEqualTo("caab true");
    }
  }
}
