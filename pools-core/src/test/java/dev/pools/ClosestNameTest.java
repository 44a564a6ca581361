package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosestNameTest {

  @Test
  void aSlipIsRecognised() {
    assertThat(ClosestName.to("pasword", List.of("user", "password"))).isEqualTo("password");
    assertThat(ClosestName.to("x", List.of("user", "password"))).isNull();
  }

  /** A caller chooses the name and, by its arguments, the names. */
  @Test
  void neitherLongNamesNorManyCostMuch() {
    String huge = "n".repeat(10_000_000);
    AtomicInteger looks = new AtomicInteger();
    List<String> endless =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            looks.incrementAndGet();
            return "name" + index;
          }

          @Override
          public int size() {
            return Integer.MAX_VALUE;
          }
        };

    assertThat(ClosestName.to(huge, List.of("name", huge))).isNull();
    assertThat(ClosestName.to("nam", List.of(huge, "name"))).isEqualTo("name");
    assertThat(ClosestName.to("quite another", endless)).isNull();

    assertThat(looks.get()).isLessThanOrEqualTo(ClosestName.MOST_NAMES + 1);
  }
}
