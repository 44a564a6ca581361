package dev.pools.benchmarks;

import java.util.List;

/**
 * When a fork has warmed up: its last iterations agree. What is measured after that is the steady
 * state as Georges, Buytaert and Eeckhout define it ("Statistically rigorous Java performance
 * evaluation", OOPSLA 2007).
 *
 * @param least the number of iterations of warm-up that always run
 * @param most the limit: a fork that is not steady by then is measured all the same, and marked
 * @param agreeing how many iterations must agree
 * @param within by which share the highest of them may exceed the lowest
 */
record Steadiness(int least, int most, int agreeing, double within) {

  /** At least 3 iterations, and until three of them agree within 10 %; 10 at most. */
  static final Steadiness STANDARD = new Steadiness(3, 10, 3, 0.10);

  /** Whether the last iterations agree. */
  boolean isSteady(List<Double> rates) {
    if (rates.size() < agreeing) {
      return false;
    }
    double lowest = Double.MAX_VALUE;
    double highest = 0;
    for (double rate : rates.subList(rates.size() - agreeing, rates.size())) {
      lowest = Math.min(lowest, rate);
      highest = Math.max(highest, rate);
    }
    return highest <= lowest * (1 + within);
  }

  /** Whether the warm-up is over: the fork is steady, or the limit is reached. */
  boolean isOver(List<Double> rates) {
    return rates.size() >= most || (rates.size() >= least && isSteady(rates));
  }
}
