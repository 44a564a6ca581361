package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables and pictures of docs/architecture.md show the code as it is. */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitecturePageTest {

  private static final String ROOT = "dev.pools";

  private static final String WRITE = "pools.architecture.write";

  private static final String COMMAND =
      "mvn -q -Dquick -pl pools-core test -Dtest=ArchitecturePageTest -D" + WRITE;

  private static final Path DOCS = Path.of("..", "docs");

  private final JavaClasses main =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static final Pattern ROOM = Pattern.compile("`([A-Z]\\w+)`");

  private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");

  /** The table of packages: what each may name. */
  private static Map<String, Set<String>> arrowsOfTheTable() throws IOException {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (String line : Files.readAllLines(DOCS.resolve("architecture.md"))) {
      if (line.startsWith("| `dev.pools")) {
        String[] cells = line.split("\\|", -1);
        packages(cells[1]).forEach(from -> arrows.put(from, packages(cells[3])));
      }
    }
    return arrows;
  }

  private static Set<String> packages(String cell) {
    Set<String> packages = new TreeSet<>();
    Matcher matcher = NAME.matcher(cell);
    while (matcher.find()) {
      String name = matcher.group(1);
      packages.add(name.startsWith(ROOT) ? name : ROOT + "." + name);
    }
    return packages;
  }

  private Map<String, Set<String>> arrowsOfTheCode() {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (JavaClass type : main) {
      Set<String> named = arrows.computeIfAbsent(type.getPackageName(), from -> new TreeSet<>());
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        named.add(dependency.getTargetClass().getBaseComponentType().getPackageName());
      }
    }
    arrows.forEach((from, to) -> to.removeIf(name -> name.equals(from) || !name.startsWith(ROOT)));
    return arrows;
  }

  @Test
  void theTableOfPackagesIsThatOfTheCode() throws IOException {
    assertThat(arrowsOfTheTable()).isEqualTo(arrowsOfTheCode());
  }

  /** The classes in the first column of the tables in the section of that package. */
  private static List<String> rooms(String packageName) throws IOException {
    List<String> rooms = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(DOCS.resolve("architecture.md"))) {
      if (line.startsWith("## ")) {
        inside = line.contains("`" + packageName + "`");
      } else if (inside && line.startsWith("| ")) {
        Matcher matcher = ROOM.matcher(line.substring(2, line.indexOf('|', 2)));
        while (matcher.find()) {
          rooms.add(matcher.group(1));
        }
      }
    }
    return rooms;
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "connection"})
  void theTableNamesClassesThatExist(String packageName) throws IOException {
    List<String> rooms = rooms(packageName);

    assertThat(rooms).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    assertThat(rooms).allMatch(room -> main.contain("dev.pools." + packageName + "." + room));
  }

  @ParameterizedTest
  @ValueSource(strings = {"task", "connection"})
  void thePictureIsUpToDate(String packageName) throws IOException {
    RoomsPicture picture = new RoomsPicture(main, "dev.pools." + packageName, rooms(packageName));
    assertThat(picture.circle()).as("classes that name each other in a circle").isEmpty();

    String svg = picture.svg("dev.pools." + packageName + ": each room names only rooms below it");
    Path file = DOCS.resolve("architecture-" + packageName + ".svg");
    if (System.getProperty(WRITE) != null) {
      Files.writeString(file, svg);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s is out of date; this writes it anew: %s", file, COMMAND)
        .isEqualTo(svg);
  }
}
