package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

  @Test
  void thereMayBeNone() {
    assertThat(Arguments.none().isEmpty()).isTrue();
    assertThat(Arguments.none().positional()).isEmpty();
    assertThat(Arguments.none().named()).isEmpty();
    assertThat(Arguments.of()).isEqualTo(Arguments.none());
  }

  @Test
  void valuesByPositionKeepTheirOrderAndMayBeNull() {
    Arguments arguments = Arguments.of("a", null, 3);

    assertThat(arguments.positional()).containsExactly("a", null, 3);
    assertThat(arguments.isEmpty()).isFalse();
  }

  @Test
  void valuesByNameKeepTheirOrderAndMayBeNull() {
    Arguments arguments = Arguments.named("z", 1).and("a", null).andAll(Map.of("m", 2));

    assertThat(arguments.named().keySet()).containsExactly("z", "a", "m");
    assertThat(arguments.named().get("a")).isNull();
    assertThat(arguments.isEmpty()).isFalse();
  }

  @Test
  void argumentsDoNotChangeWithTheArrayTheyWereMadeFrom() {
    List<@Nullable Object> list = new ArrayList<>(Arrays.asList("a", "b"));
    Map<String, @Nullable Object> map = new LinkedHashMap<>(Map.of("x", 1));
    @Nullable Object[] array = {"c"};
    Arguments ofList = Arguments.ofList(list);
    Arguments named = Arguments.named(map);
    Arguments ofArray = Arguments.of(array);

    list.clear();
    map.clear();
    array[0] = "changed";

    assertThat(ofList.positional()).containsExactly("a", "b");
    assertThat(named.named()).containsEntry("x", 1);
    assertThat(ofArray.positional()).containsExactly("c");
  }

  @Test
  void theyCannotBeChanged() {
    Arguments arguments = Arguments.of("a").and("x", 1);

    assertThatThrownBy(() -> arguments.positional().add("b"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> arguments.named().put("y", 2))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void andLeavesTheFirstOnesAsTheyAre() {
    Arguments first = Arguments.of("a");

    Arguments more = first.and("x", 1);

    assertThat(first.named()).isEmpty();
    assertThat(more.positional()).containsExactly("a");
  }

  @Test
  void aNameGivenTwiceIsRefusedWithoutItsValues() {
    Arguments arguments = Arguments.named("password", "first");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> arguments.and("password", "second"))
        .withMessage("The argument 'password' is given twice. Give it once.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> arguments.andAll(Map.of("password", "second")));
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void aNameIsNeverNull() {
    assertThatNullPointerException().isThrownBy(() -> Arguments.named(null, 1));
  }

  @Test
  void aValueIsReadInItsType() {
    Arguments arguments = Arguments.of("a", 5, null).and("x", 2.5);

    assertThat(arguments.get(0, String.class)).isEqualTo("a");
    assertThat(arguments.get(1, Number.class)).isEqualTo(5);
    assertThat(arguments.get(1, int.class)).isEqualTo(5);
    assertThat(arguments.get(2, String.class)).isNull();
    assertThat(arguments.get("x", Double.class)).isEqualTo(2.5);
  }

  @Test
  void aValueThatIsNotThereIsAMismatch() {
    Arguments arguments = Arguments.of("a").and("width", 1);

    assertThatThrownBy(() -> arguments.get(1, String.class))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage("There is no argument 1: 1 is given by position, counted from 0.");
    assertThatThrownBy(() -> arguments.get(-1, String.class))
        .isInstanceOf(ArgumentsMismatchException.class);
    assertThatThrownBy(() -> arguments.get("widht", int.class))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage(
            "There is no argument 'widht' (did you mean 'width'?): given by name are [width].");
  }

  @Test
  void aValueOfAnotherTypeIsAMismatchThatDoesNotTellTheValue() {
    Arguments arguments = Arguments.of("secret", null).and("x", "secret");

    assertThatThrownBy(() -> arguments.get(0, Integer.class))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage("The argument 0 is a java.lang.String, but java.lang.Integer was asked for.");
    assertThatThrownBy(() -> arguments.get("x", int.class))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage("The argument 'x' is a java.lang.String, but int was asked for.");
    assertThatThrownBy(() -> arguments.get(1, int.class))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage("The argument 1 is null, but int was asked for.");
  }

  @Test
  void theyAreEqualByValuesWhateverTheOrderOfTheNames() {
    Arguments xy = Arguments.of(1).and("x", 2).and("y", 3);
    Arguments yx = Arguments.of(1).and("y", 3).and("x", 2);

    assertThat(xy).isEqualTo(yx).hasSameHashCodeAs(yx);
    assertThat(xy).isNotEqualTo(Arguments.of(1).and("x", 2));
    assertThat(xy).isNotEqualTo(Arguments.of(2).and("x", 2).and("y", 3));
    assertThat(xy).isNotEqualTo("something else");
  }

  @Test
  void theirTextTellsNamesAndNoValues() {
    assertThat(Arguments.of("a", null).and("x", 1)).hasToString("(2 by position; by name: x)");
    assertThat(Arguments.named("user", "u").and("password", "hunter2"))
        .hasToString("(by name: user, password)");
    assertThat(Arguments.none()).hasToString("(no arguments)");
  }
}
