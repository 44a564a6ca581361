package dev.pools.boot.endpoint;

import java.util.List;

/** Finds the pools that the endpoint shows. */
public interface WatchedPools {

  /**
   * The pools that exist now. As long as a pool exists, it is the same {@link WatchedPool}, which
   * has its history.
   */
  List<WatchedPool> pools();

  /** The pools that are declared and not created. The question creates none of them. */
  default List<UncreatedPool> uncreated() {
    return List.of();
  }
}
