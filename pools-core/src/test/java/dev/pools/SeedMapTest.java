package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every member of the seed has a row in docs/seed-map.md, and every row tells the truth. */
class SeedMapTest {

  private static final List<String> PACKAGES =
      List.of(
          "dev.pools.",
          "dev.pools.task.",
          "dev.pools.map.",
          "dev.pools.scaling.",
          "dev.pools.connection.");

  /** {@code Type}, {@code Outer.Nested}, or {@code Type.method(Parameter, Types...)}. */
  private static final Pattern MEMBER =
      Pattern.compile("([A-Z]\\w*(?:\\.[A-Z]\\w*)*)(?:\\.([a-z]\\w*)\\(([^)]*)\\))?");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private record Row(String seed, List<String> java, String meaning, List<String> tests) {

    /** Reads a line of a table; nothing if it is another line. */
    static Optional<Row> of(String line) {
      if (!line.startsWith("| `")) {
        return Optional.empty();
      }
      // The first and the last of the parts are outside of the table.
      String[] cells = line.split("\\|", -1);
      if (cells.length != 6) {
        throw new AssertionError("A row must have four cells: " + line);
      }
      List<String> seed = codes(cells[1]);
      if (seed.size() != 1) {
        throw new AssertionError("A row must begin with one member: " + line);
      }
      return Optional.of(new Row(seed.get(0), codes(cells[2]), cells[3], codes(cells[4])));
    }

    private static List<String> codes(String cell) {
      return CODE.matcher(cell).results().map(found -> found.group(1)).toList();
    }
  }

  @Test
  void everyMemberOfTheSeedHasATrueRow() throws IOException {
    assertThat(problems(members(), table())).isEmpty();
  }

  // ---- The check can fail

  private static final String GOOD =
      "| `A.b()` | `Arguments.of(Object...)`, `AdvancedPoolBuilder` | Means. | `SeedMapTest.everyMemberOfTheSeedHasATrueRow` |";

  @Test
  void aGoodRowIsFoundToBeGood() {
    assertThat(problems(List.of("A.b()"), Stream.of(GOOD))).isEmpty();
  }

  @Test
  void aMemberWithoutARowIsFound() {
    assertThat(problems(List.of("A.b()", "A.c()"), Stream.of(GOOD)))
        .containsExactly("A.c() has no row");
  }

  @Test
  void aRowOfNoMemberAndASecondRowOfOneAreFound() {
    assertThat(problems(List.of(), Stream.of(GOOD))).containsExactly("A.b() is no member");
    assertThat(problems(List.of("A.b()"), Stream.of(GOOD, GOOD)))
        .containsExactly("A.b() has 2 rows");
  }

  @Test
  void javaMembersThatDoNotExistAreFound() {
    for (String missing :
        List.of(
            "Nothing",
            "Arguments.nothing()",
            "Arguments.of()",
            "Arguments.of(String...)",
            "Arguments.get(int)",
            "Arguments.add(Map, String, Object)",
            "Signature.bind(Arguments)",
            "AdvancedPool.Nothing.max(int)",
            "not a member")) {
      assertThat(
              problems(
                  List.of("A.b()"), Stream.of(GOOD.replace("Arguments.of(Object...)", missing))))
          .containsExactly("A.b(): there is no public " + missing);
    }
  }

  @Test
  void contractTestsThatDoNotExistAreFound() {
    String test = "SeedMapTest.everyMemberOfTheSeedHasATrueRow";
    for (String missing :
        List.of(
            "NothingTest.works", "SeedMapTest.nothing", "SeedMapTest.problems", "SeedMapTest")) {
      assertThat(problems(List.of("A.b()"), Stream.of(GOOD.replace(test, missing))))
          .containsExactly("A.b(): there is no test " + missing);
    }
  }

  @Test
  void emptyCellsAreFound() {
    assertThat(problems(List.of("A.b()"), Stream.of("| `A.b()` | nothing | | nothing |")))
        .containsExactly(
            "A.b() names no Java member", "A.b() has no meaning", "A.b() names no contract test");
  }

  // ---- The check

  private static List<String> problems(List<String> members, Stream<String> lines) {
    List<Row> rows = lines.map(Row::of).flatMap(Optional::stream).toList();
    List<String> problems = new ArrayList<>();
    for (String member : members) {
      long count = rows.stream().filter(row -> row.seed.equals(member)).count();
      if (count != 1) {
        problems.add(member + " has " + (count == 0 ? "no row" : count + " rows"));
      }
    }
    for (Row row : rows) {
      if (!members.contains(row.seed)) {
        problems.add(row.seed + " is no member");
      }
      checkCells(row, problems);
    }
    return problems;
  }

  private static void checkCells(Row row, List<String> problems) {
    if (row.java.isEmpty()) {
      problems.add(row.seed + " names no Java member");
    }
    if (row.meaning.isBlank()) {
      problems.add(row.seed + " has no meaning");
    }
    if (row.tests.isEmpty()) {
      problems.add(row.seed + " names no contract test");
    }
    for (String member : row.java) {
      if (!isPublicMember(member)) {
        problems.add(row.seed + ": there is no public " + member);
      }
    }
    for (String test : row.tests) {
      if (!isTest(test)) {
        problems.add(row.seed + ": there is no test " + test);
      }
    }
  }

  private static boolean isPublicMember(String written) {
    Matcher parts = MEMBER.matcher(written);
    if (!parts.matches()) {
      return false;
    }
    Optional<Class<?>> type = find(parts.group(1));
    if (type.isEmpty() || !Modifier.isPublic(type.get().getModifiers())) {
      return false;
    }
    String name = parts.group(2);
    return name == null
        || Arrays.stream(type.get().getMethods())
            .anyMatch(method -> method.getName().equals(name) && takes(method, parts.group(3)));
  }

  /** Finds a type by its name in the code, as {@code Outer.Nested}. */
  private static Optional<Class<?>> find(String name) {
    for (String inPackage : PACKAGES) {
      try {
        return Optional.of(Class.forName(inPackage + name.replace('.', '$')));
      } catch (ClassNotFoundException elsewhere) {
        // In another package, or nowhere.
      }
    }
    return Optional.empty();
  }

  private static boolean takes(Method method, String written) {
    List<String> types = written.isEmpty() ? List.of() : List.of(written.split(", "));
    Class<?>[] actual = method.getParameterTypes();
    if (types.size() != actual.length) {
      return false;
    }
    for (int i = 0; i < actual.length; i++) {
      boolean variable = method.isVarArgs() && i == actual.length - 1;
      String name =
          variable ? actual[i].getComponentType().getCanonicalName() : actual[i].getCanonicalName();
      String full = "." + name + (variable ? "..." : "");
      if (!full.endsWith("." + types.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTest(String written) {
    int dot = written.indexOf('.');
    return dot > 0
        && find(written.substring(0, dot)).stream()
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .anyMatch(
                method ->
                    method.getName().equals(written.substring(dot + 1))
                        && AnnotationSupport.isAnnotated(method, Testable.class));
  }

  // ---- What is checked

  private static List<String> members() throws IOException {
    try (InputStream list =
        Objects.requireNonNull(SeedMapTest.class.getResourceAsStream("seed-members.txt"))) {
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  /** The lines of the document, wherever in the project the tests are run. */
  private static Stream<String> table() throws IOException {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path document = folder.resolve("docs/seed-map.md");
      if (Files.exists(document)) {
        return Files.readAllLines(document).stream();
      }
    }
    throw new AssertionError(
        "docs/seed-map.md was not found above " + Path.of("").toAbsolutePath());
  }
}
