package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The order of a run. A round measures each contender of each cell once, the contenders of a cell
 * one after the other, so that a disturbance of the machine befalls all of them. The rounds follow
 * one another, so that a run that is cut off has whole rounds.
 *
 * @param turns of one round
 * @param settings how long each measures
 */
record Rounds(List<Turn> turns, Fork.Settings settings) {

  /** A fork to come. */
  record Turn(Mode mode, Cell cell, String peer) {}

  /**
   * What a fork takes besides its iterations, on average: the JVM's start and end, JMH's
   * preparations, longer warm-ups, and forks that are measured again. From a run on an idle machine
   * with two processors: 525 forks took two hours.
   */
  private static final double FORK_SECONDS = 7;

  /** How many iterations of warm-up most cells need; the least number is rarely enough. */
  private static final int USUAL_WARM_UPS = 5;

  /**
   * Plans the rounds of some cells.
   *
   * @param plan the cells, and the contenders of those that are not chosen
   * @param chosen contenders by cell; where it is empty all contenders of a mode are measured
   * @param wanted which of the contenders
   * @param virtual whether the JVM has virtual threads
   */
  static Rounds of(
      Plan plan,
      Map<Cell, List<String>> chosen,
      Predicate<String> wanted,
      boolean virtual,
      Fork.Settings settings) {
    List<Turn> turns = new ArrayList<>();
    for (Mode mode : plan.modes()) {
      for (Cell cell : mode.cells()) {
        if (mode.isVirtual(cell) && !virtual) {
          continue;
        }
        for (String peer : chosen.getOrDefault(cell, mode.contenders())) {
          // Stormpot is compiled for the first JDK that has virtual threads.
          if (wanted.test(peer) && (virtual || !peer.startsWith("STORMPOT"))) {
            turns.add(new Turn(mode, cell, peer));
          }
        }
      }
    }
    return new Rounds(List.copyOf(turns), settings);
  }

  /** The turns of a round that have no reading yet. */
  List<Turn> left(int round, List<Reading> readings) {
    Set<List<String>> taken = new HashSet<>();
    for (Reading reading : readings) {
      if (reading.fork() == round) {
        taken.add(List.of(reading.cell(), reading.peer()));
      }
    }
    return turns.stream()
        .filter(turn -> !taken.contains(List.of(turn.cell().toString(), turn.peer())))
        .toList();
  }

  /** About how long the turns take on an idle machine. */
  double seconds(List<Turn> some) {
    return some.stream().mapToDouble(this::seconds).sum();
  }

  /** About how long a turn takes on an idle machine. */
  double seconds(Turn turn) {
    Measurement measurement = turn.mode().measurement();
    if (measurement != null) {
      return FORK_SECONDS + measurement.seconds();
    }
    int warmUps = Math.max(settings.warmUp().least(), USUAL_WARM_UPS);
    return FORK_SECONDS + (warmUps + settings.iterations()) * settings.millis() / 1000.0;
  }

  /** How many whole rounds fit, from one round on to the last that is wanted. */
  int fitting(int first, int last, List<Reading> readings, double seconds) {
    double needed = 0;
    int fitting = 0;
    for (int round = first; round <= last; round++) {
      needed += seconds(left(round, readings));
      if (needed > seconds) {
        break;
      }
      fitting++;
    }
    return fitting;
  }
}
