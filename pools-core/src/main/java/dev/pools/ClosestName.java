package dev.pools;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which of some names was probably meant. */
final class ClosestName {

  /**
   * A longer name is not a slip of the pen, and to compare two costs the product of their lengths.
   */
  static final int LONGEST = 100;

  /** With how many names one is compared at most. */
  static final int MOST_NAMES = 1_000;

  private ClosestName() {}

  /**
   * The closest name, if it is within a third of the length in edits, and one edit at least. Null
   * if the name is very long; very long names, and those after the first many, are left out.
   */
  static @Nullable String to(String wrong, Collection<String> names) {
    if (wrong.length() > LONGEST) {
      return null;
    }
    String closest = null;
    int least = Math.max(1, wrong.length() / 3) + 1;
    int looks = 0;
    for (String name : names) {
      if (++looks > MOST_NAMES) {
        break;
      }
      if (Math.abs(name.length() - wrong.length()) >= least) {
        continue;
      }
      int edits = edits(wrong.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (edits < least) {
        least = edits;
        closest = name;
      }
    }
    return closest;
  }

  /** How many insertions, deletions, replacements and swaps of neighbours lead from a to b. */
  private static int edits(String a, String b) {
    int[][] distance = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        int replaced = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int moved = 1 + Math.min(distance[i - 1][j], distance[i][j - 1]);
        distance[i][j] = Math.min(replaced, moved);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
        }
      }
    }
    return distance[a.length()][b.length()];
  }
}
