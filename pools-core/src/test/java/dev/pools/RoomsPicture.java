package dev.pools;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A picture of classes and of who names whom, drawn from the compiled code. A class stands below
 * all classes that name it. An arrow is left out where longer ways lead to the same class.
 */
final class RoomsPicture {

  private static final int WIDTH = 1080;
  private static final int ROW = 92;
  private static final int BOX_HEIGHT = 34;
  private static final int GAP = 18;
  private static final int MARGIN = 24;
  private static final double LETTER = 7.3;

  /** For each class those that it names. */
  private final Map<String, Set<String>> names = new TreeMap<>();

  /**
   * Reads who names whom.
   *
   * @param all the compiled code
   * @param packageName where the classes are
   * @param rooms their simple names
   */
  RoomsPicture(JavaClasses all, String packageName, List<String> rooms) {
    for (String room : rooms) {
      names.put(room, new TreeSet<>());
    }
    for (JavaClass type : all) {
      String from = roomOf(type, packageName);
      if (names.containsKey(from)) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          String to = roomOf(dependency.getTargetClass().getBaseComponentType(), packageName);
          if (names.containsKey(to) && !to.equals(from)) {
            setOf(from).add(to);
          }
        }
      }
    }
  }

  private static String roomOf(JavaClass type, String packageName) {
    String name = type.getName();
    if (!type.getPackageName().equals(packageName)) {
      return "";
    }
    String simple = name.substring(packageName.length() + 1);
    int nested = simple.indexOf('$');
    return nested < 0 ? simple : simple.substring(0, nested);
  }

  private Set<String> setOf(String room) {
    return names.computeIfAbsent(room, unknown -> new TreeSet<>());
  }

  /** A way that leads from a class back to itself; empty if there is none. */
  List<String> circle() {
    Set<String> finished = new LinkedHashSet<>();
    for (String room : names.keySet()) {
      List<String> circle = circleFrom(room, new ArrayList<>(), finished);
      if (!circle.isEmpty()) {
        return circle;
      }
    }
    return List.of();
  }

  private List<String> circleFrom(String room, List<String> way, Set<String> finished) {
    int before = way.indexOf(room);
    if (before >= 0) {
      return way.subList(before, way.size());
    }
    if (finished.contains(room)) {
      return List.of();
    }
    way.add(room);
    for (String next : setOf(room)) {
      List<String> circle = circleFrom(next, way, finished);
      if (!circle.isEmpty()) {
        return circle;
      }
    }
    way.remove(way.size() - 1);
    finished.add(room);
    return List.of();
  }

  /** The picture, as SVG. The classes must form no circle. */
  String svg(String title) {
    Map<String, Integer> levels = levels();
    List<List<String>> rows = rows(levels);
    Map<String, double[]> places = places(rows);
    int height = MARGIN * 2 + 30 + rows.size() * ROW - (ROW - BOX_HEIGHT);
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" font-family="system-ui, sans-serif">
        <style>
        .ground { fill: #ffffff }
        .room { fill: #eef3f8; stroke: #4a6785 }
        .name { fill: #14212e; font-size: 13px; text-anchor: middle }
        .title { fill: #14212e; font-size: 15px; font-weight: 600 }
        .arrow { fill: none; stroke: #7d93aa; stroke-width: 1.1 }
        @media (prefers-color-scheme: dark) {
        .ground { fill: #10161d } .room { fill: #1d2a38; stroke: #7d9cbd } .name, .title { fill: #e8eef4 } .arrow { stroke: #66809a }
        }
        </style>
        <rect class="ground" width="%d" height="%d"/>
        <text class="title" x="%d" y="%d">%s</text>
        """
            .formatted(WIDTH, height, title, WIDTH, height, MARGIN, MARGIN + 6, title));
    for (String from : names.keySet()) {
      for (String to : setOf(from)) {
        if (!isImplied(from, to)) {
          svg.append(arrow(place(places, from), place(places, to)));
        }
      }
    }
    for (Map.Entry<String, double[]> room : places.entrySet()) {
      double[] at = room.getValue();
      svg.append(
          "<rect class=\"room\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%d\" rx=\"5\"/><text class=\"name\" x=\"%.0f\" y=\"%.0f\">%s</text>%n"
              .formatted(
                  at[0] - at[2] / 2,
                  at[1],
                  at[2],
                  BOX_HEIGHT,
                  at[0],
                  at[1] + BOX_HEIGHT / 2.0 + 4.5,
                  room.getKey()));
    }
    return svg.append("</svg>\n").toString();
  }

  private static double[] place(Map<String, double[]> places, String room) {
    return places.getOrDefault(room, new double[3]);
  }

  private static String arrow(double[] from, double[] to) {
    double startY = from[1] + BOX_HEIGHT;
    double middle = (startY + to[1]) / 2;
    return "<path class=\"arrow\" d=\"M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f\"/>%n"
        .formatted(from[0], startY, from[0], middle, to[0], middle, to[0], to[1]);
  }

  /** Whether a longer way leads there as well. */
  private boolean isImplied(String from, String to) {
    return setOf(from).stream().anyMatch(via -> !via.equals(to) && leads(via, to));
  }

  private boolean leads(String from, String to) {
    return from.equals(to) || setOf(from).stream().anyMatch(next -> leads(next, to));
  }

  /** How many steps below the top each class stands: one more than the lowest that names it. */
  private Map<String, Integer> levels() {
    Map<String, Integer> levels = new TreeMap<>();
    for (String room : names.keySet()) {
      sink(room, 0, levels);
    }
    return levels;
  }

  private void sink(String room, int level, Map<String, Integer> levels) {
    if (levels.getOrDefault(room, -1) >= level) {
      return;
    }
    levels.put(room, level);
    for (String below : setOf(room)) {
      sink(below, level + 1, levels);
    }
  }

  /** The classes of each level, each near those that name it; a level may take several rows. */
  private List<List<String>> rows(Map<String, Integer> levels) {
    List<List<String>> rows = new ArrayList<>();
    Map<String, Double> centres = new LinkedHashMap<>();
    int lowest = levels.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    for (int level = 0; level <= lowest; level++) {
      int current = level;
      List<String> row =
          new ArrayList<>(
              levels.keySet().stream()
                  .filter(room -> levels.getOrDefault(room, -1) == current)
                  .toList());
      row.sort(
          Comparator.<String>comparingDouble(room -> centreAbove(room, centres))
              .thenComparing(Comparator.naturalOrder()));
      List<String> part = new ArrayList<>();
      double width = 0;
      for (String room : row) {
        if (!part.isEmpty() && width + boxWidth(room) + GAP > WIDTH - 2 * MARGIN) {
          rows.add(part);
          part = new ArrayList<>();
          width = 0;
        }
        part.add(room);
        width += boxWidth(room) + GAP;
      }
      rows.add(part);
      places(List.of(row)).forEach((room, at) -> centres.put(room, at[0]));
    }
    return rows;
  }

  private double centreAbove(String room, Map<String, Double> centres) {
    return names.entrySet().stream()
        .filter(other -> other.getValue().contains(room))
        .mapToDouble(other -> centres.getOrDefault(other.getKey(), WIDTH / 2.0))
        .average()
        .orElse(WIDTH / 2.0);
  }

  private static double boxWidth(String room) {
    return Math.ceil(room.length() * LETTER) + 20;
  }

  /** For each class the middle of its box, its upper edge and its width. */
  private static Map<String, double[]> places(List<List<String>> rows) {
    Map<String, double[]> places = new LinkedHashMap<>();
    for (int row = 0; row < rows.size(); row++) {
      List<String> rooms = rows.get(row);
      double total = rooms.stream().mapToDouble(RoomsPicture::boxWidth).sum();
      double gap =
          Math.max(GAP, Math.min(60, (WIDTH - 2 * MARGIN - total) / Math.max(1, rooms.size())));
      double x = (WIDTH - total - gap * (rooms.size() - 1)) / 2;
      for (String room : rooms) {
        double width = boxWidth(room);
        places.put(room, new double[] {x + width / 2, MARGIN + 30 + row * (double) ROW, width});
        x += width + gap;
      }
    }
    return places;
  }
}
