package dev.pools.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** All settings of the pools. A name that is not one of them fails the start. */
@ConfigurationProperties(prefix = "pools", ignoreUnknownFields = false)
public class PoolsProperties {

  /**
   * Whether the starter creates pools and shows their health and meters. Set it to false to turn
   * all of that off, for example in a test.
   */
  private boolean enabled = true;

  private final Advanced advanced = new Advanced();
  private final Connection connection = new Connection();
  private final Lifecycle lifecycle = new Lifecycle();
  private final Metrics metrics = new Metrics();
  private final Jmx jmx = new Jmx();
  private final Alarms alarms = new Alarms();

  /** Whether there are pools, and their health, meters, start and stop, at all. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets {@link #isEnabled()}. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** Pools that run tasks. */
  public Advanced getAdvanced() {
    return advanced;
  }

  /** Pools that share connections. */
  public Connection getConnection() {
    return connection;
  }

  /** How pools start and stop with the application. */
  public Lifecycle getLifecycle() {
    return lifecycle;
  }

  /** Additional meters. */
  public Metrics getMetrics() {
    return metrics;
  }

  /** Whether pools are shown over JMX. */
  public Jmx getJmx() {
    return jmx;
  }

  /** How alarms are watched. */
  public Alarms getAlarms() {
    return alarms;
  }

  /** Pools that run tasks. */
  public static class Advanced {

    /** Settings of all these pools, where their own say nothing else. */
    @NestedConfigurationProperty
    private final AdvancedPoolProperties defaults = new AdvancedPoolProperties();

    /** Settings of each task pool. The key is the name of the pool and of its bean. */
    private final Map<String, AdvancedPoolProperties> instances = new LinkedHashMap<>();

    /** Settings that several task pools share. A pool selects them by its setting base. */
    private final Map<String, AdvancedPoolProperties> bases = new LinkedHashMap<>();

    /** Settings of all these pools, where their own say nothing else. */
    public AdvancedPoolProperties getDefaults() {
      return defaults;
    }

    /** Settings of one pool each, by the name of its bean. */
    public Map<String, AdvancedPoolProperties> getInstances() {
      return instances;
    }

    /** Settings that pools can share. */
    public Map<String, AdvancedPoolProperties> getBases() {
      return bases;
    }
  }

  /** Pools that share connections. */
  public static class Connection {

    /** Settings of all these pools, where their own say nothing else. */
    @NestedConfigurationProperty
    private final ConnectionPoolProperties defaults = new ConnectionPoolProperties();

    /** Settings of each connection pool. The key is the name of the pool and of its bean. */
    private final Map<String, ConnectionPoolProperties> instances = new LinkedHashMap<>();

    /** Settings that several connection pools share. A pool selects them by its setting base. */
    private final Map<String, ConnectionPoolProperties> bases = new LinkedHashMap<>();

    /** Settings of all these pools, where their own say nothing else. */
    public ConnectionPoolProperties getDefaults() {
      return defaults;
    }

    /** Settings of one pool each, by the name of its bean. */
    public Map<String, ConnectionPoolProperties> getInstances() {
      return instances;
    }

    /** Settings that pools can share. */
    public Map<String, ConnectionPoolProperties> getBases() {
      return bases;
    }
  }

  /** How pools start and stop with the application. */
  public static class Lifecycle {

    /** The phase in which the default stops: after the web server has stopped taking requests. */
    static final int AFTER_THE_WEB_SERVER = Integer.MAX_VALUE - 3072;

    /**
     * Phase in which task pools stop and start. Connection pools stop 1024 phases later and start
     * as much earlier, because tasks may need connections. Change it when other beans must stop
     * before or after the pools.
     */
    private int phase = AFTER_THE_WEB_SERVER;

    /** Phase in which the task pools stop, and start. */
    public int getPhase() {
      return phase;
    }

    /** Sets the phase. */
    public void setPhase(int phase) {
      this.phase = phase;
    }
  }

  /** Additional meters. */
  public static class Metrics {

    /**
     * Whether task pools are also measured under executor.*, the names that Micrometer gives to
     * executors. Set it to true when existing dashboards use these names.
     */
    private boolean executor;

    /**
     * Whether connection pools are also measured under db.client.connection.*, and task pools under
     * jvm.executor.*, the names of OpenTelemetry's conventions. Set it to true when existing
     * dashboards use these names.
     */
    private boolean openTelemetry;

    /** Whether task pools are measured under executor.* too. */
    public boolean isExecutor() {
      return executor;
    }

    /** Sets whether task pools are measured under executor.* too. */
    public void setExecutor(boolean executor) {
      this.executor = executor;
    }

    /** Whether pools are measured under OpenTelemetry's names too. */
    public boolean isOpenTelemetry() {
      return openTelemetry;
    }

    /** Sets {@link #isOpenTelemetry()}. */
    public void setOpenTelemetry(boolean openTelemetry) {
      this.openTelemetry = openTelemetry;
    }
  }

  /** Pools over JMX. */
  public static class Jmx {

    /**
     * Whether each pool is registered with JMX, as dev.pools:type=AdvancedPool (name) or
     * dev.pools:type=ConnectionPool (name). Pools can be changed over JMX only if
     * management.endpoint.pools.access is unrestricted. Set it to true when your tools read JMX.
     */
    private boolean enabled;

    /** Whether each pool is registered with JMX. */
    public boolean isEnabled() {
      return enabled;
    }

    /** Sets {@link #isEnabled()}. */
    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }
  }

  /** How alarms are watched. */
  public static class Alarms {

    /**
     * Pause between two looks at the pools that have alarms. Lower it when alarms must be raised
     * sooner. Raise it when there are very many pools.
     */
    private Duration interval = Duration.ofSeconds(5);

    /** Pause between two looks at the pools that have alarms. */
    public Duration getInterval() {
      return interval;
    }

    /** Sets {@link #getInterval()}. */
    public void setInterval(Duration interval) {
      this.interval = interval;
    }
  }
}
