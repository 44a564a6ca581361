package dev.pools.boot.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MimeType;
import org.springframework.web.util.HtmlUtils;

/**
 * The files of the page, as they are in the jar. They are read once. No path of a request reaches
 * the class path: only the files that are named here exist.
 */
final class PageFiles {

  /** The folder of the files on the class path. */
  static final String FOLDER = "dev/pools/boot/dashboard/page/";

  private static final String PAGE = "index.html";

  private static final MimeType SCRIPT = text("javascript");
  private static final MimeType STYLE = text("css");

  private static final Map<String, MimeType> TYPES =
      Map.ofEntries(
          Map.entry(PAGE, text("html")),
          Map.entry("icon.svg", new MimeType("image", "svg+xml")),
          Map.entry("page.css", STYLE),
          Map.entry("uPlot.min.css", STYLE),
          Map.entry("uPlot.iife.min.js", SCRIPT),
          Map.entry("actions.js", SCRIPT),
          Map.entry("advice.js", SCRIPT),
          Map.entry("address.js", SCRIPT),
          Map.entry("api.js", SCRIPT),
          Map.entry("app.js", SCRIPT),
          Map.entry("charts.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("events.js", SCRIPT),
          Map.entry("live.js", SCRIPT),
          Map.entry("overview.js", SCRIPT),
          Map.entry("plots.js", SCRIPT),
          Map.entry("pool.js", SCRIPT),
          Map.entry("series.js", SCRIPT),
          Map.entry("settings.js", SCRIPT),
          Map.entry("work.js", SCRIPT));

  private final Map<String, PageFile> files = new TreeMap<>();

  PageFiles() {
    TYPES.forEach((name, type) -> files.put(name, new PageFile(read(name), type)));
  }

  private static MimeType text(String subtype) {
    return new MimeType("text", subtype, StandardCharsets.UTF_8);
  }

  private static byte[] read(String name) {
    try (InputStream file = PageFiles.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      if (file == null) {
        throw new IllegalStateException(
            "The file '%s%s' is missing in the jar of pools-dashboard. Build the jar again with Maven, which adds the chart library."
                .formatted(FOLDER, name));
      }
      return file.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * The page itself.
   *
   * @param paths where the page finds the rest, seen from its own address
   */
  PageFile page(PagePaths paths) {
    PageFile page = files.get(PAGE);
    if (page == null) {
      throw new IllegalStateException("There is no " + PAGE);
    }
    String html =
        new String(page.content(), StandardCharsets.UTF_8)
            .replace("{{files}}", escaped(paths.files()))
            .replace("{{pools}}", escaped(paths.pools()));
    return new PageFile(html.getBytes(StandardCharsets.UTF_8), page.type());
  }

  private static String escaped(String path) {
    return HtmlUtils.htmlEscape(path);
  }

  /** A file that the page loads; null if there is none of this name. */
  @Nullable PageFile find(String name) {
    return name.equals(PAGE) ? null : files.get(name);
  }

  /** All files by name. The page has placeholders where it names paths. */
  Map<String, PageFile> all() {
    return Map.copyOf(files);
  }
}
