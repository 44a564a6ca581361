package dev.pools.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What one class logs, from when this is created until it is closed. */
public final class LogOf implements AutoCloseable {

  private final Logger logger;
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(event);
        }
      };

  /** Begins to listen. */
  public LogOf(Class<?> type) {
    logger = (Logger) LoggerFactory.getLogger(type);
    appender.start();
    logger.addAppender(appender);
  }

  /** The messages of one level in which this text occurs, in order. */
  public List<String> at(Level level, String part) {
    return events.stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains(part))
        .toList();
  }

  /** What was logged about one pool, in order. */
  public List<ILoggingEvent> about(String pool) {
    return events.stream()
        .filter(event -> event.getFormattedMessage().contains("'" + pool + "'"))
        .toList();
  }

  public List<String> linesAbout(String pool) {
    return about(pool).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The warnings and errors among them. */
  public List<String> warningsAbout(String pool) {
    return about(pool).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
