package dev.pools.task;

import dev.pools.map.MapExecutor.OpenMap;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accepted work that consists of many tasks and will submit more of them: each {@code map} that has
 * not ended. Guarded by the pool's lock.
 *
 * <p>It does not keep a map alive: a map that is unreachable, even for its publisher, will submit
 * nothing, and counts as ended.
 */
final class OpenMaps {

  /** One that is open. */
  static final class Entry extends WeakReference<OpenMap> {
    Entry(OpenMap map) {
      super(map);
    }
  }

  private final Set<Entry> open = new LinkedHashSet<>();
  private long submitted;
  private long submittedAtMark;

  Entry add(OpenMap map) {
    Entry entry = new Entry(map);
    open.add(entry);
    return entry;
  }

  void remove(Entry entry) {
    open.remove(entry);
  }

  /** Whether none is open. */
  boolean isEmpty() {
    // Looks up to the first map that is open, and removes those before it, which are collected.
    for (Iterator<Entry> entries = open.iterator(); entries.hasNext(); entries.remove()) {
      if (entries.next().get() != null) {
        return false;
      }
    }
    return true;
  }

  /** A task has been accepted that belongs to accepted work. */
  void countSubmitted() {
    submitted++;
  }

  /** Marks how many such tasks there have been; see {@link #noneSubmittedSinceMark}. */
  void markSubmitted() {
    submittedAtMark = submitted;
  }

  /** Whether no such task has been accepted since the mark. */
  boolean noneSubmittedSinceMark() {
    return submitted == submittedAtMark;
  }

  /** All that are open; they are open no longer. */
  List<OpenMap> takeAll() {
    List<OpenMap> all = new ArrayList<>(open.size());
    for (Entry entry : open) {
      @Nullable OpenMap map = entry.get();
      if (map != null) {
        all.add(map);
      }
    }
    open.clear();
    return all;
  }
}
