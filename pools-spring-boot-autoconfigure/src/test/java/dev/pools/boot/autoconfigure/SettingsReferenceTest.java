package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** docs/settings.md lists the settings that there are, with the ranges that are checked. */
class SettingsReferenceTest {

  private static final String WRITE = "pools.settings.write";

  private static final String COMMAND =
      "mvn -q -Dquick -pl pools-spring-boot-autoconfigure -am test -Dtest=SettingsReferenceTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE;

  private final Path page = Path.of("..", "docs", "settings.md");
  private final Metadata metadata = Metadata.read();

  @Test
  void thePageIsUpToDate() throws IOException {
    String text = new SettingsPage(metadata).text(COMMAND);
    if (System.getProperty(WRITE) != null) {
      Files.writeString(page, text);
    }
    assertThat(Files.exists(page) ? Files.readString(page) : "")
        .as("docs/settings.md is out of date; this command writes it again: %s", COMMAND)
        .isEqualTo(text);
  }

  @Test
  void everySettingOfAPoolSaysWhenToChangeIt() {
    TreeSet<String> silent = new TreeSet<>();
    for (Map.Entry<String, Map<String, Object>> property : metadata.properties().entrySet()) {
      String description = String.valueOf(property.getValue().get("description"));
      if (property.getKey().contains(".defaults.") && SettingsPage.when(description).isEmpty()) {
        silent.add(property.getKey());
      }
    }
    assertThat(silent)
        .as(
            "settings whose comment has no sentence that begins with 'Set it', 'Raise it', 'Lower"
                + " it' or 'Change it'")
        .isEmpty();
  }

  @Test
  void aDescriptionIsDividedIntoPurposeAndAdvice() {
    String description = "How long it takes. Zero means no limit. Raise it when it is slow.";
    assertThat(SettingsPage.purpose(description))
        .isEqualTo("How long it takes. Zero means no limit.");
    assertThat(SettingsPage.when(description)).isEqualTo("Raise it when it is slow.");
    assertThat(SettingsPage.purpose("How long.")).isEqualTo("How long.");
    assertThat(SettingsPage.when("How long.")).isEmpty();
  }
}
