package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.dashboard.PageSession.Token;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether the page may change pools. */
class PageSessionTest {

  private static final Token TOKEN = new Token("X-CSRF-TOKEN", "abc");

  @Test
  void endpointThatIsOnlyReadMakesThePageReadOnly_andNoTokenIsTold() {
    assertThat(new PageSession(false, true).shown(TOKEN))
        .containsEntry("writes", false)
        .hasEntrySatisfying(
            "reason", reason -> assertThat(reason.toString()).contains("unrestricted"))
        .doesNotContainKey("csrf");
  }

  @Test
  void pageWithATokenMayWrite() {
    assertThat(new PageSession(true, false).shown(TOKEN))
        .containsEntry("writes", true)
        .containsEntry("csrf", Map.of("header", "X-CSRF-TOKEN", "token", "abc"))
        .doesNotContainKey("reason");
  }

  @Test
  void pageWithoutATokenIsReadOnly_unlessTheApplicationWantsItOtherwise() {
    assertThat(new PageSession(true, false).shown(null))
        .containsEntry("writes", false)
        .containsEntry("reason", "Read only: no CSRF token.");
    assertThat(new PageSession(true, true).shown(null)).isEqualTo(Map.of("writes", true));
  }
}
