package dev.pools.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an editor knows about our settings: the file that the compiler writes from their comments.
 */
final class Metadata {

  private final Map<String, Map<String, Object>> properties;
  private final Map<String, Map<String, Object>> hints;

  private Metadata(Map<String, Object> metadata) {
    properties = byName(metadata, "properties");
    hints = byName(metadata, "hints");
  }

  static Metadata read() {
    URL classes = PoolsProperties.class.getProtectionDomain().getCodeSource().getLocation();
    try (InputStream in =
        URI.create(classes + "META-INF/spring-configuration-metadata.json").toURL().openStream()) {
      return new Metadata(new JsonMapper().readValue(in, new TypeReference<>() {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> byName(Map<String, Object> metadata, String key) {
    Map<String, Map<String, Object>> items = new TreeMap<>();
    for (Object item : (List<Object>) metadata.get(key)) {
      Map<String, Object> known = (Map<String, Object>) item;
      items.put((String) known.get("name"), known);
    }
    return items;
  }

  /** Each property by its name, sorted. */
  Map<String, Map<String, Object>> properties() {
    return properties;
  }

  /** The hints about each property, by its name. */
  Map<String, Map<String, Object>> hints() {
    return hints;
  }
}
