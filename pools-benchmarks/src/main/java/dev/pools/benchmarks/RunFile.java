package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file of a run, to which each fork's reading is appended when it is there: a run that is cut
 * off keeps all that it has measured, and another session can go on with it. Each line is a JSON
 * object with one name: {@code session}, {@code load} or {@code reading}.
 */
final class RunFile {

  /** What runs are called where two are shown. */
  static final List<String> NAMES = List.of("first run", "second run");

  /**
   * A start of the grid, the first one or one that goes on.
   *
   * @param started the time in UTC
   * @param machine processors and system
   * @param settings how long each fork measures
   * @param tokensPerMicro how much work takes a microsecond, see {@link Work}
   */
  record Session(String started, String machine, Fork.Settings settings, double tokensPerMicro) {}

  /**
   * What a file holds.
   *
   * @param sessions the first one first
   * @param loads as they were taken
   * @param readings as they were taken
   */
  record Content(List<Session> sessions, List<Load> loads, List<Reading> readings) {

    /** The first session, whose settings hold for all. */
    Session session() {
      if (sessions.isEmpty()) {
        throw new IllegalArgumentException("The file has no session: it is no result of the grid.");
      }
      return sessions.get(0);
    }
  }

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;

  RunFile(Path file) {
    this.file = file;
  }

  Path path() {
    return file;
  }

  void add(Session session) throws IOException {
    append("session", session);
  }

  void add(Load load) throws IOException {
    append("load", load);
  }

  void add(Reading reading) throws IOException {
    append("reading", reading);
  }

  private void append(String name, Object value) throws IOException {
    Files.writeString(
        file,
        JSON.writeValueAsString(Map.of(name, value)) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Cuts off a line whose writer was killed, so that more can be appended. */
  void mend() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end < bytes.length) {
      Files.write(file, Arrays.copyOf(bytes, end));
    }
  }

  /** Reads the file; a last line that is not complete does not count. */
  Content read() throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    List<Session> sessions = new ArrayList<>();
    List<Load> loads = new ArrayList<>();
    List<Reading> readings = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      JsonNode tree = JSON.readTree(line);
      if (tree.has("session")) {
        sessions.add(JSON.treeToValue(tree.get("session"), Session.class));
      } else if (tree.has("load")) {
        loads.add(JSON.treeToValue(tree.get("load"), Load.class));
      } else if (tree.has("reading")) {
        readings.add(JSON.treeToValue(tree.get("reading"), Reading.class));
      } else {
        throw new IllegalArgumentException(
            "'%s' is no result of the grid: it has the line %s".formatted(file, line));
      }
    }
    return new Content(List.copyOf(sessions), List.copyOf(loads), List.copyOf(readings));
  }
}
