package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.ArgumentsFunction;
import dev.pools.ArgumentsMismatchException;
import dev.pools.Binding;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StarmapTest extends PoolTestBase {

  record Size(int width, int height) {}

  private final Binding<Size> size = Binding.toRecord(Size.class);
  private final AtomicInteger calls = new AtomicInteger();

  private AdvancedPool pool() {
    return build(AdvancedPool.builder().minWorkers(1).maxWorkers(1));
  }

  @Test
  void listsAreUnpackedAsPositionalArguments() {
    AdvancedPool pool = pool();
    List<List<Integer>> sizes = List.of(List.of(1, 2), List.of(3, 4));
    List<Size> expected = List.of(new Size(1, 2), new Size(3, 4));

    assertThat(get(pool.starmap(size, sizes))).isEqualTo(expected);
    assertThat(get(pool.starmap(size, sizes, MapOptions.priority(1)))).isEqualTo(expected);
    assertThat(get(pool.starmap(size, Input.of(sizes), MapOptions.DEFAULT))).isEqualTo(expected);
  }

  @Test
  void mapsAreUnpackedAsNamedArguments() {
    AdvancedPool pool = pool();
    List<Map<String, Integer>> sizes =
        List.of(Map.of("width", 1, "height", 2), Map.of("height", 4, "width", 3));
    List<Size> expected = List.of(new Size(1, 2), new Size(3, 4));

    assertThat(get(pool.doubleStarmap(size, sizes))).isEqualTo(expected);
    assertThat(get(pool.doubleStarmap(size, sizes, MapOptions.priority(1)))).isEqualTo(expected);
    assertThat(get(pool.doubleStarmap(size, Input.of(sizes), MapOptions.DEFAULT)))
        .isEqualTo(expected);
  }

  @Test
  void argumentsOfBothKindsAreUnpacked() {
    AdvancedPool pool = pool();
    List<Arguments> sizes =
        List.of(
            Arguments.of(1).and("height", 2),
            Arguments.of(3, 4),
            Arguments.named("height", 6).and("width", 5));
    List<Size> expected = List.of(new Size(1, 2), new Size(3, 4), new Size(5, 6));

    assertThat(get(pool.starmapWithKeywords(size, sizes))).isEqualTo(expected);
    assertThat(get(pool.starmapWithKeywords(size, sizes, MapOptions.priority(1))))
        .isEqualTo(expected);
    assertThat(get(pool.starmapWithKeywords(size, Input.of(sizes), MapOptions.DEFAULT)))
        .isEqualTo(expected);
  }

  @Test
  void aLambdaTakesWhatItNeeds() {
    assertThat(
            get(
                pool()
                    .starmap(
                        arguments -> arguments.get(0, int.class) + arguments.positional().size(),
                        List.of(List.of(10), List.of(20, "more")))))
        .containsExactly(11, 22);
  }

  @Test
  void nullsInListsAndMapsAreArgumentsLikeOthers() {
    AdvancedPool pool = pool();

    assertThat(
            get(pool.starmap(arguments -> arguments.positional(), List.of(Arrays.asList(1, null)))))
        .containsExactly(Arrays.asList(1, null));
    assertThat(
            get(
                pool.doubleStarmap(
                    arguments -> arguments.named(),
                    List.of(Collections.<String, Integer>singletonMap("a", null)))))
        .containsExactly(Collections.singletonMap("a", null));
  }

  @Test
  void elementsOfAPublisherCanBeUnpacked() {
    AdvancedPool pool = pool();
    SubmissionPublisher<List<Integer>> sizes = new SubmissionPublisher<>();

    CompletableFuture<List<Size>> result = pool.starmap(size, Input.of(sizes), MapOptions.DEFAULT);
    sizes.submit(List.of(1, 2));
    sizes.close();

    assertThat(get(result)).containsExactly(new Size(1, 2));
  }

  @Test
  void aMismatchFailsTheResultBeforeItsElementRuns() {
    AdvancedPool pool = pool();
    Gate gate = occupy(pool);

    for (CompletableFuture<?> result :
        List.of(
            pool.starmap(counted(), List.of(List.of(1, 2), List.of(1, 2, 3))),
            pool.doubleStarmap(counted(), List.of(Map.of("width", 1, "hieght", 2))),
            pool.starmapWithKeywords(counted(), List.of(Arguments.of(1).and("width", 2))))) {
      // The only worker is occupied, so this cannot have come from a task.
      assertThat(result).isCompletedExceptionally();
      assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ArgumentsMismatchException.class);
    }
    gate.open();
    get(pool.drain());

    assertThat(calls).as("elements before the mismatch had not started").hasValue(0);
  }

  private ArgumentsFunction<Size> counted() {
    return new ArgumentsFunction<>() {
      @Override
      public Size apply(Arguments arguments) throws Exception {
        calls.incrementAndGet();
        return size.apply(arguments);
      }

      @Override
      public void check(Arguments arguments) {
        size.check(arguments);
      }
    };
  }

  @Test
  void anElementThatIsNullFailsTheResult() {
    CompletableFuture<?> result =
        pool().starmapWithKeywords(size, Collections.<Arguments>singletonList(null));

    assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NullPointerException.class)
        .hasMessageContaining("An element of the input is null");
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void theFunctionMustBeThere() {
    assertThatNullPointerException()
        .isThrownBy(() -> pool().starmap(null, List.of(List.of(1))))
        .withMessage("function");
  }
}
