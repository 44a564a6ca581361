package dev.pools.advice;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slope of y over x within groups: each group has a level of its own. The error allows for
 * groups whose values belong together (clustered standard errors, Liang and Zeger 1986).
 */
final class Slope {

  /** A slope and its standard error. */
  record Line(double slope, double error) {

    /** How many standard errors it is above zero. */
    double t() {
      return error > 0 ? slope / error : slope > 0 ? Double.POSITIVE_INFINITY : 0;
    }
  }

  private double[] x = new double[256];
  private double[] y = new double[256];
  private int[] group = new int[256];
  private int size;
  private int groups;

  /** Adds a point; the groups are numbered from 0. */
  void add(int inGroup, double atX, double atY) {
    if (size == x.length) {
      x = Arrays.copyOf(x, 2 * size);
      y = Arrays.copyOf(y, 2 * size);
      group = Arrays.copyOf(group, 2 * size);
    }
    x[size] = atX;
    y[size] = atY;
    group[size++] = inGroup;
    groups = Math.max(groups, inGroup + 1);
  }

  /** Null if x does not vary, or there are too few points. */
  @Nullable Line line() {
    double[] count = new double[groups];
    double[] meanX = new double[groups];
    double[] meanY = new double[groups];
    for (int i = 0; i < size; i++) {
      count[group[i]]++;
      meanX[group[i]] += x[i];
      meanY[group[i]] += y[i];
    }
    for (int g = 0; g < groups; g++) {
      meanX[g] /= Math.max(1, count[g]);
      meanY[g] /= Math.max(1, count[g]);
    }
    double squares = 0;
    double products = 0;
    for (int i = 0; i < size; i++) {
      double dx = x[i] - meanX[group[i]];
      squares += dx * dx;
      products += dx * (y[i] - meanY[group[i]]);
    }
    if (size < groups + 2 || squares <= 0) {
      return null;
    }
    double slope = products / squares;
    double[] residuals = new double[groups];
    double independent = 0;
    for (int i = 0; i < size; i++) {
      double dx = x[i] - meanX[group[i]];
      double term = dx * (y[i] - meanY[group[i]] - slope * dx);
      residuals[group[i]] += term;
      independent += term * term;
    }
    double clustered = Arrays.stream(residuals).map(residual -> residual * residual).sum();
    // A few groups say little about how far their values belong together.
    return new Line(slope, Math.sqrt(Math.max(independent, clustered)) / squares);
  }
}
