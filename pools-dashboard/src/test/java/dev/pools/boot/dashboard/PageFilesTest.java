package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What the files of the page contain, and what they must not contain. */
class PageFilesTest {

  private static final int MOST_BYTES = 80_000;

  private final PageFiles files = new PageFiles();

  private static String text(PageFile file) {
    return new String(file.content(), StandardCharsets.UTF_8);
  }

  private Map<String, String> own() {
    return files.all().entrySet().stream()
        .filter(file -> !file.getKey().startsWith("uPlot"))
        .collect(Collectors.toMap(Map.Entry::getKey, file -> text(file.getValue())));
  }

  @Test
  void allFilesTogetherAreSmall() throws IOException {
    int size = 0;
    for (PageFile file : files.all().values()) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(file.content());
      }
      size += packed.size();
    }
    assertThat(size).isBetween(10_000, MOST_BYTES);
  }

  @Test
  void pageHasNoInlineCodeAndNoInlineStyle() {
    String html = text(files.page(new PagePaths("./poolsui", "./pools")));

    assertThat(html).doesNotContain("{{").contains("src=\"./poolsui/app.js\"");
    assertThat(Pattern.compile("<script(?![^>]*\\bsrc=)").matcher(html).find()).isFalse();
    assertThat(html).doesNotContain("<style").doesNotContainPattern("\\s(style|on\\w+)=");
  }

  @Test
  void nothingIsLoadedFromElsewhere_andNoTextIsParsedAsHtml() {
    own()
        .forEach(
            (name, text) ->
                assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                    .as(name)
                    .doesNotContain("http://", "https://", "@import", "url(")
                    .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "eval("));
  }

  @Test
  void eachModuleThatAnotherImportsIsServed() {
    Pattern imported = Pattern.compile("from \"\\./([\\w.]+)\"");
    own()
        .forEach(
            (name, text) -> {
              Matcher module = imported.matcher(text);
              while (module.find()) {
                assertThat(files.find(module.group(1))).as("%s of %s", module, name).isNotNull();
              }
            });
    assertThat(text(files.all().get("app.js"))).containsPattern(imported);
  }

  @Test
  void onlyFilesOfThePageAreFound() {
    assertThat(files.find("app.js")).isNotNull();
    assertThat(files.find("index.html")).isNull();
    assertThat(files.find("LICENSE")).isNull();
    assertThat(files.find("../PageFiles.class")).isNull();
  }

  @Test
  void pathsAreEscaped() {
    assertThat(text(files.page(new PagePaths("./a\"b", "./pools")))).contains("./a&quot;b/app.js");
  }
}
