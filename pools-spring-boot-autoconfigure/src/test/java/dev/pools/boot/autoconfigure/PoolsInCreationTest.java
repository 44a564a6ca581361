package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change of settings meets the creation of a pool at any step. */
class PoolsInCreationTest {

  private final PoolsInCreation creations = new PoolsInCreation();
  private final List<String> steps = new ArrayList<>();

  private PoolsInCreation.Change change(String name) {
    return change(name, () -> {});
  }

  private PoolsInCreation.Change change(String name, Runnable whileApplied) {
    return new PoolsInCreation.Change() {
      @Override
      public void write() {
        steps.add("write " + name);
      }

      @Override
      public void apply(Object pool) {
        steps.add("apply " + name + " to " + pool);
        whileApplied.run();
      }
    };
  }

  private String build(String pool) {
    steps.add("build " + pool);
    return pool;
  }

  @Test
  void changeBeforeTheCreation_isOnlyWritten() {
    assertThat(creations.add("ledger", change("a"))).isNull();
    creations.create("ledger", () -> build("pool"));
    assertThat(steps).containsExactly("write a", "build pool");
  }

  @Test
  void changesDuringTheCreation_waitForIt_andFollowInTheirOrder() {
    String created =
        creations.create(
            "ledger",
            () -> {
              PoolsInCreation.Change last = change("c");
              assertThat(creations.add("ledger", change("a", () -> creations.add("ledger", last))))
                  .isNull();
              assertThat(creations.add("ledger", change("b"))).isNull();
              assertThat(creations.add("printer", change("other"))).isNull();
              assertThat(creations.built("ledger")).isNull();
              return build("pool");
            });
    assertThat(created).isEqualTo("pool");
    assertThat(steps)
        .containsExactly(
            "write other",
            "build pool",
            "write a",
            "write b",
            "apply a to pool",
            "apply b to pool",
            "write c",
            "apply c to pool");
  }

  @Test
  void changeAfterTheCreation_isLeftToTheCaller() {
    creations.create("ledger", () -> build("pool"));
    assertThat(creations.built("ledger")).isEqualTo("pool");
    assertThat(creations.add("ledger", change("a"))).isEqualTo("pool");
    assertThat(steps).containsExactly("build pool", "write a");
  }

  @Test
  void creationThatFails_leavesTheChangeToTheNextOne() {
    assertThatThrownBy(
            () ->
                creations.create(
                    "ledger",
                    () -> {
                      creations.add("ledger", change("a"));
                      throw new IllegalStateException("no server");
                    }))
        .hasMessage("no server");
    assertThat(steps).containsExactly("write a");
    assertThat(creations.built("ledger")).isNull();
    assertThat(creations.add("ledger", change("b"))).isNull();
    assertThat(steps).containsExactly("write a", "write b");
  }

  @Test
  void secondCreation_forgetsTheFirstPool() {
    creations.create("ledger", () -> build("pool"));
    creations.create(
        "ledger",
        () -> {
          assertThat(creations.built("ledger")).isNull();
          return build("other");
        });
    assertThat(creations.built("ledger")).isEqualTo("other");
  }
}
