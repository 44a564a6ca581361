package dev.pools.benchmarks.scaling;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a pool did over time.
 *
 * @param points at equal distances
 * @param phaseSeconds how long each phase was
 */
record Track(List<Point> points, double phaseSeconds) {

  /**
   * One reading.
   *
   * @param seconds since the beginning, at its end
   * @param phase from 0
   * @param workers how many there were
   * @param completed how many tasks since the last reading
   * @param tookSeconds how long that was
   */
  record Point(double seconds, int phase, int workers, long completed, double tookSeconds) {}

  /** The readings of one phase, from so many seconds after its beginning. */
  List<Point> of(int phase, double fromSeconds) {
    double from = phase * phaseSeconds + fromSeconds;
    return points.stream()
        .filter(point -> point.phase == phase && point.seconds - point.tookSeconds >= from)
        .toList();
  }

  /** Tasks a second over some readings. */
  static double perSecond(List<Point> points) {
    return sum(points, Point::completed) / sum(points, Point::tookSeconds);
  }

  private static double sum(List<Point> points, ToDoubleFunction<Point> what) {
    return points.stream().mapToDouble(what).sum();
  }
}
