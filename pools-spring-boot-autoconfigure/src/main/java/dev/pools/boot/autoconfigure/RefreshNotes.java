package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import java.util.Collection;
import java.util.List;

/** Is told what a refresh of the configuration does to pools. */
interface RefreshNotes {

  /**
   * Options of these pools may change now.
   *
   * @return must be run when {@link #changed} was called for those that have changed
   */
  Runnable changing(Collection<?> pools);

  /** Options of a pool have changed. */
  void changed(Object pool, List<OptionChange> made);

  /** A refresh was rejected as a whole. */
  void rejected(String why);
}
