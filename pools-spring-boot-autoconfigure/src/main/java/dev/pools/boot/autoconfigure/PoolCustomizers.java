package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;

/** The beans of one type that customize a pool, in their order, each with its name. */
record PoolCustomizers<C>(List<C> beans, List<String> names) {

  /** The part of the names of our own, which set nothing that could be refused. */
  private static final String OURS = "PoolTimers";

  static <C> PoolCustomizers<C> of(ListableBeanFactory factory, Class<C> type) {
    List<C> beans = factory.getBeanProvider(type).orderedStream().toList();
    if (beans.isEmpty()) {
      return new PoolCustomizers<>(beans, List.of());
    }
    Map<String, C> named = factory.getBeansOfType(type);
    List<String> names = new ArrayList<>();
    for (C bean : beans) {
      String name = bean.getClass().getName();
      for (Map.Entry<String, C> entry : named.entrySet()) {
        if (entry.getValue() == bean) {
          name = entry.getKey();
        }
      }
      names.add(name);
    }
    return new PoolCustomizers<>(beans, names);
  }

  /** The names of the user's. */
  List<String> ofTheUser() {
    return names.stream().filter(name -> !name.endsWith(OURS)).toList();
  }
}
