package dev.pools.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans of one type that customize a pool, in their order, each with its name. */
record PoolCustomizers<C>(List<C> beans, List<String> names) {

  /** The starter's own beans, which set nothing that can be rejected. */
  private static final Set<String> OURS =
      Set.of(
          "advancedPoolTimers",
          "connectionPoolTimers",
          "connectionPoolObservations",
          "advancedPoolWorkers");

  static <C> PoolCustomizers<C> of(ConfigurableListableBeanFactory factory, Class<C> type) {
    return of(InjectableBeans.of(factory, type));
  }

  static <C> PoolCustomizers<C> of(Map<String, C> named) {
    return new PoolCustomizers<>(List.copyOf(named.values()), List.copyOf(named.keySet()));
  }

  /**
   * Runs the customizers, then builds the pool.
   *
   * @param checkSettings throws if the settings alone are invalid
   * @throws InvalidPoolException if a value is invalid; names the property or the bean that set it
   */
  <P> P build(
      InvalidSetting invalid,
      Consumer<? super C> customize,
      Supplier<P> build,
      Runnable checkSettings) {
    for (int i = 0; i < beans.size(); i++) {
      try {
        customize.accept(beans.get(i));
      } catch (IllegalArgumentException fault) {
        throw invalid.customized(List.of(names.get(i)), fault);
      }
    }
    try {
      return build.get();
    } catch (IllegalArgumentException fault) {
      checkSettings.run();
      throw invalid.customized(ofTheUser(), fault);
    }
  }

  /** The beans of the application. */
  List<String> ofTheUser() {
    return names.stream().filter(name -> !OURS.contains(name)).toList();
  }
}
