package dev.pools;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Loggers whose every call throws, as if the disk were full. */
public final class FullDisk {

  private FullDisk() {}

  /** Runs a step while all loggers fail whose names begin like this. */
  public static void whileLoggersFail(String loggers, TestThreads.Step step) throws Exception {
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    Failing failing = new Failing(loggers);
    logs.addTurboFilter(failing);
    try {
      step.run();
    } finally {
      logs.getTurboFilterList().remove(failing);
    }
  }

  private static final class Failing extends TurboFilter {
    private final String loggers;

    private Failing(String loggers) {
      this.loggers = loggers;
    }

    @Override
    public FilterReply decide(
        Marker marker, Logger logger, Level level, String format, Object[] params, Throwable t) {
      if (logger.getName().startsWith(loggers)) {
        throw new IllegalStateException("disk full");
      }
      return FilterReply.NEUTRAL;
    }
  }
}
