package dev.pools.boot.endpoint;

import java.util.List;

/** The pools of one context that are declared and not created, over JMX. */
public interface UncreatedPoolsMXBean {

  /** The pools, each with its kind and name, such as {@code advanced/reports}. */
  List<String> getPools();
}
