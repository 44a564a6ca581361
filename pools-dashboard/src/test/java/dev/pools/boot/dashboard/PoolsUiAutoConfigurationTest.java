package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.autoconfigure.PoolsAutoConfiguration;
import dev.pools.boot.autoconfigure.PoolsEndpointAutoConfiguration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** When there is a page. */
class PoolsUiAutoConfigurationTest {

  private static final AutoConfigurations ALL =
      AutoConfigurations.of(
          EndpointAutoConfiguration.class,
          WebEndpointAutoConfiguration.class,
          PoolsAutoConfiguration.class,
          PoolsEndpointAutoConfiguration.class,
          PoolsUiAutoConfiguration.class);
  private static final String BOTH = "management.endpoints.web.exposure.include=pools,poolsui";

  private final WebApplicationContextRunner servlet =
      new WebApplicationContextRunner().withConfiguration(ALL);
  private final ReactiveWebApplicationContextRunner reactive =
      new ReactiveWebApplicationContextRunner().withConfiguration(ALL);

  private static Consumer<ApplicationContextAssertProvider<?>> page(boolean exists) {
    return context -> {
      assertThat(context.getStartupFailure()).isNull();
      assertThat(context.getBeanProvider(PoolsUiEndpoint.class).stream().count())
          .isEqualTo(exists ? 1 : 0);
      assertThat(context.getBeanProvider(LiveUpdates.class).stream().count())
          .isEqualTo(exists ? 1 : 0);
    };
  }

  @Test
  void exposedPageExistsWithBothWebStacks() {
    servlet.withPropertyValues(BOTH).run(page(true)::accept);
    reactive.withPropertyValues(BOTH).run(page(true)::accept);
  }

  @Test
  void pageIsMissingUnlessItAndThePoolsAreExposed() {
    servlet.run(page(false)::accept);
    servlet
        .withPropertyValues("management.endpoints.web.exposure.include=poolsui")
        .run(page(false)::accept);
    servlet
        .withPropertyValues("management.endpoints.web.exposure.include=pools")
        .run(page(false)::accept);
  }

  @Test
  void accessNoneTakesThePageAway() {
    for (String endpoint : new String[] {"pools", "poolsui"}) {
      servlet
          .withPropertyValues(BOTH, "management.endpoint." + endpoint + ".access=NONE")
          .run(page(false)::accept);
    }
  }

  @Test
  void applicationWithoutAWebStackThatFitsHasNoPage() {
    new ApplicationContextRunner()
        .withConfiguration(ALL)
        .withPropertyValues(BOTH)
        .run(page(false)::accept);
    servlet
        .withPropertyValues(BOTH)
        .withClassLoader(new FilteredClassLoader(SseEmitter.class))
        .run(page(false)::accept);
  }

  @Test
  void pageExistsWithoutSpringSecurity() {
    servlet
        .withPropertyValues(BOTH)
        .withClassLoader(new FilteredClassLoader("org.springframework.security"))
        .run(page(true)::accept);
  }

  @Test
  void nativeImageKeepsTheFilesOfThePage() {
    RuntimeHints hints = new RuntimeHints();
    new PageRuntimeHints().registerHints(hints, null);

    assertThat(RuntimeHintsPredicates.resource().forResource(PageFiles.FOLDER + "app.js"))
        .accepts(hints);
  }
}
