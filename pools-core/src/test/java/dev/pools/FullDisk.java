package dev.pools;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Loggers whose every call throws, as if the disk were full, or does not return. */
public final class FullDisk {

  private FullDisk() {}

  /** Runs a step while all loggers fail whose names begin like this. */
  public static void whileLoggersFail(String loggers, TestThreads.Step step) throws Exception {
    whileLoggersDo(
        loggers,
        () -> {
          throw new IllegalStateException("disk full");
        },
        step);
  }

  /** Runs a step while no call of the loggers returns whose names begin like this. */
  public static void whileLoggersHang(String loggers, TestThreads.Step step) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try {
      whileLoggersDo(
          loggers,
          () -> {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          },
          step);
    } finally {
      over.countDown();
    }
  }

  private static void whileLoggersDo(String loggers, Runnable fault, TestThreads.Step step)
      throws Exception {
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    Faulty faulty = new Faulty(loggers, fault);
    logs.addTurboFilter(faulty);
    try {
      step.run();
    } finally {
      logs.getTurboFilterList().remove(faulty);
    }
  }

  private static final class Faulty extends TurboFilter {
    private final String loggers;
    private final Runnable fault;

    private Faulty(String loggers, Runnable fault) {
      this.loggers = loggers;
      this.fault = fault;
    }

    @Override
    public FilterReply decide(
        Marker marker, Logger logger, Level level, String format, Object[] params, Throwable t) {
      if (logger.getName().startsWith(loggers)) {
        fault.run();
      }
      return FilterReply.NEUTRAL;
    }
  }
}
