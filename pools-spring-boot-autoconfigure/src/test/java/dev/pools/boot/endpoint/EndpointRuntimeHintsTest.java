package dev.pools.boot.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import dev.pools.boot.autoconfigure.PoolsEndpointAutoConfiguration;
import dev.pools.boot.autoconfigure.PoolsJmxAutoConfiguration;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.task.PoolStats;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.context.annotation.ImportRuntimeHints;

class EndpointRuntimeHintsTest {

  private final RuntimeHints hints = new RuntimeHints();

  EndpointRuntimeHintsTest() {
    new EndpointRuntimeHints().registerHints(hints, getClass().getClassLoader());
  }

  @Test
  void allFiguresCanBeReadInANativeImage() {
    for (Class<?> stats : List.of(PoolStats.class, ConnectionPoolStats.class)) {
      assertThat(reflection().onType(stats)).accepts(hints);
      for (RecordComponent figure : stats.getRecordComponents()) {
        assertThat(reflection().onMethodInvocation(figure.getAccessor()))
            .as("%s.%s", stats.getSimpleName(), figure.getName())
            .accepts(hints);
      }
    }
  }

  @Test
  void allAttributesAndOperationsCanBeManagedInANativeImage() {
    for (Class<?> managed : List.of(AdvancedPoolMXBean.class, ConnectionPoolMXBean.class)) {
      for (Method method : managed.getMethods()) {
        assertThat(reflection().onMethodInvocation(method)).as("%s", method).accepts(hints);
      }
    }
  }

  @Test
  void endpointAndJmxImportTheHints() {
    for (Class<?> configuration :
        List.of(PoolsEndpointAutoConfiguration.class, PoolsJmxAutoConfiguration.class)) {
      assertThat(configuration.getAnnotation(ImportRuntimeHints.class))
          .as(configuration.getSimpleName())
          .isNotNull()
          .satisfies(
              imported -> assertThat(imported.value()).containsExactly(EndpointRuntimeHints.class));
    }
  }
}
