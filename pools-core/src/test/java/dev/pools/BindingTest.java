package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingTest {

  private final Thumbs thumbs = new Thumbs();

  // ---- By position and by name

  @Test
  void positionalValuesComeFirstAndNamesFillTheRest() throws Exception {
    Binding<?> scale = Binding.toMethod(thumbs, "scale");

    assertThat(scale.apply(Arguments.of("cat", 200, "png"))).isEqualTo("cat 200 png");
    assertThat(scale.apply(Arguments.of("cat").and("format", "png").and("width", 200)))
        .isEqualTo("cat 200 png");
    assertThat(
            scale.apply(Arguments.named("format", "png").and("width", 200).and("picture", "cat")))
        .isEqualTo("cat 200 png");
  }

  @Test
  void aStaticMethodNeedsNoTarget() throws Exception {
    Method twice = Thumbs.class.getMethod("twice", int.class);

    assertThat(Binding.toStaticMethod(twice).apply(Arguments.named("number", 21))).isEqualTo(42);
    assertThat(Binding.toMethod(thumbs, twice).apply(Arguments.of(21))).isEqualTo(42);
  }

  @Test
  void aConstructorMakesAnObject() throws Exception {
    Binding<Thumbs> made = Binding.toConstructor(Thumbs.class.getConstructor(String.class));

    assertThat(made.apply(Arguments.named("suffix", "!")).suffix).isEqualTo("!");
  }

  @Test
  void aRecordIsMadeOfItsComponents() throws Exception {
    Binding<Size> size = Binding.toRecord(Size.class);

    assertThat(size.apply(Arguments.of(3).and("height", 4L))).isEqualTo(new Size(3, 4L));
    assertThat(size).hasToString("new Size(int width, long height)");
  }

  @Test
  void theCanonicalConstructorOfARecordHasTheNamesOfItsComponents() throws Exception {
    Constructor<Size> canonical = Size.class.getDeclaredConstructor(int.class, long.class);

    assertThat(
            Binding.toConstructor(canonical)
                .apply(Arguments.named(Map.of("width", 1, "height", 2L))))
        .isEqualTo(new Size(1, 2));
  }

  @Test
  void nothingIsReturnedAsNull() throws Exception {
    Binding<?> nothing = Binding.toMethod(thumbs, "nothing");

    assertThat(nothing.apply(Arguments.none())).isNull();
    assertThat(thumbs.calls).hasValue(1);
  }

  // ---- What does not fit

  @Test
  void aWrongNameIsToldWithTheClosestOneAndWhatIsMissing() {
    Binding<?> scale = Binding.toMethod(thumbs, "scale");

    assertMismatch(
        scale,
        Arguments.of("cat").and("widht", 200).and("format", "png"),
        "Thumbs.scale(String picture, int width, String format) cannot be called with "
            + "(String, widht: Integer, format: String): there is no parameter 'widht' "
            + "(did you mean 'width'?); 'width' (int) is missing. "
            + "Give each parameter once, by position or by name, in its type.");
  }

  @Test
  void aNameUnlikeAnyOtherGetsNoSuggestion() {
    assertMismatchWith(
        Binding.toRecord(Size.class),
        Arguments.of(1, 2).and("colour", 3),
        "there is no parameter 'colour'. ");
  }

  @Test
  void missingSurplusAndDuplicateValuesAreAllTold() {
    Binding<?> size = Binding.toRecord(Size.class);

    assertMismatchWith(
        size, Arguments.none(), "'width' (int) is missing; 'height' (long) is missing");
    assertMismatchWith(size, Arguments.of(1, 2, 3), "3 are given by position, but it takes 2");
    assertMismatchWith(
        size,
        Arguments.of(1, 2).and("width", 3),
        "'width' is given twice, by position and by name");
  }

  @Test
  void messageNamesTheTypesOfTheArgumentsNotTheirValues() {
    assertThatThrownBy(() -> Binding.toRecord(Size.class).check(Arguments.of("secret", null)))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessageContaining("(String, null)")
        .hasMessageContaining("'width' must be int, not String; 'height' must be long, not null")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aMismatchIsFoundBeforeAnythingRuns() {
    Binding<?> nothing = Binding.toMethod(thumbs, "nothing");

    assertMismatchWith(nothing, Arguments.of(1), "1 is given by position, but it takes 0");
    assertThatThrownBy(() -> nothing.apply(Arguments.of(1)))
        .isInstanceOf(ArgumentsMismatchException.class);
    assertThat(thumbs.calls).hasValue(0);
  }

  @Test
  void checkRunsNothing() {
    Binding.toMethod(thumbs, "nothing").check(Arguments.none());

    assertThat(thumbs.calls).hasValue(0);
  }

  @Test
  void withoutNamesCompiledInNothingCanBeGivenByName() throws Exception {
    // The classes of the JDK have none.
    Method convert = TimeUnit.class.getMethod("convert", long.class, TimeUnit.class);
    Binding<?> seconds = Binding.toMethod(TimeUnit.SECONDS, convert);

    assertThat(seconds.apply(Arguments.of(2, TimeUnit.MINUTES))).isEqualTo(120L);
    assertMismatch(
        seconds,
        Arguments.of(2).and("unit", TimeUnit.MINUTES),
        "TimeUnit.convert(long, TimeUnit) cannot be called with (Integer, unit: TimeUnit): its parameter names are not compiled in, so nothing can be given by name. "
            + "Compile it with javac -parameters, or give all by position.");
    assertMismatchWith(seconds, Arguments.of(2), "'arg1' (TimeUnit) is missing");
  }

  // ---- Types

  @Test
  void primitivesAreBoxedAndWidened() throws Exception {
    Binding<?> wide = Binding.toMethod(thumbs, "wide");

    assertThat(wide.apply(Arguments.of((byte) 1, 'a', 2L, 3))).isEqualTo("1 97 2.0 3.0");
    assertThat(wide.apply(Arguments.of((short) 1, (short) 2, 1.5f, 2.5f))).isEqualTo("1 2 1.5 2.5");
  }

  @Test
  void nothingIsNarrowedAndNoBoxIsTurnedIntoAnother() {
    Binding<?> wide = Binding.toMethod(thumbs, "wide");
    Binding<?> boxed = Binding.toMethod(thumbs, "boxed");

    assertMismatchWith(wide, Arguments.of(1L, 1, 1, 1), "'whole' must be int, not Long");
    assertMismatchWith(wide, Arguments.of('a', 1, 1d, 1), "'real' must be float, not Double");
    assertMismatchWith(wide, Arguments.of(true, 1, 1, 1), "'whole' must be int, not Boolean");
    assertMismatchWith(boxed, Arguments.of(1), "'number' must be Long, not Integer");
  }

  @ParameterizedTest
  @CsvSource({
    "byte, short int long float double",
    "short, int long float double",
    "char, int long float double",
    "int, long float double",
    "long, float double",
    "float, double",
    "double, ''",
    "boolean, ''"
  })
  void wideningIsThatOfTheLanguage(String from, String to) {
    Map<Class<?>, Object> values =
        Map.of(
            byte.class,
            (byte) 1,
            short.class,
            (short) 1,
            char.class,
            'a',
            int.class,
            1,
            long.class,
            1L,
            float.class,
            1f,
            double.class,
            1d,
            boolean.class,
            true);
    values.forEach(
        (type, value) -> {
          if (type.getName().equals(from)) {
            for (Class<?> other : values.keySet()) {
              assertThat(Conversion.fits(value, other))
                  .as("%s to %s", from, other)
                  .isEqualTo(other == type || List.of(to.split(" ")).contains(other.getName()));
            }
          }
        });
  }

  @Test
  void nullFitsWhatIsNotPrimitive() throws Exception {
    assertThat(Binding.toMethod(thumbs, "boxed").apply(Arguments.of((Object) null)))
        .isEqualTo("null");
    assertMismatchWith(
        Binding.toRecord(Size.class), Arguments.of(1, null), "'height' must be long, not null");
  }

  // ---- A variable number of values

  @Test
  void aVariableNumberOfValuesIsTakenFromTheEndOfThePositionalOnes() throws Exception {
    Binding<?> sum = Binding.toMethod(thumbs, "sum");

    assertThat(sum.apply(Arguments.of("s"))).isEqualTo("s0");
    assertThat(sum.apply(Arguments.of("s", 1, (short) 2, 3))).isEqualTo("s6");
    assertThat(sum.apply(Arguments.named("label", "s"))).isEqualTo("s0");
    assertThat(sum).hasToString("Thumbs.sum(String label, int... numbers)");
  }

  @Test
  void aVariableNumberOfValuesMayBeAnArrayOrANamedList() throws Exception {
    Binding<?> sum = Binding.toMethod(thumbs, "sum");

    assertThat(sum.apply(Arguments.of("s", new int[] {4, 5}))).isEqualTo("s9");
    assertThat(sum.apply(Arguments.of("s").and("numbers", new int[] {4, 5}))).isEqualTo("s9");
    assertThat(sum.apply(Arguments.of("s").and("numbers", List.of(4, 5)))).isEqualTo("s9");
  }

  @Test
  void aVariableNumberOfValuesMustEachFit() {
    Binding<?> sum = Binding.toMethod(thumbs, "sum");

    assertMismatchWith(sum, Arguments.of("s", 1, 2L), "each of 'numbers' must be int, not Long");
    assertMismatchWith(
        sum, Arguments.of("s", (Object) null), "each of 'numbers' must be int, not null");
    assertMismatchWith(
        sum, Arguments.of("s").and("numbers", 7), "'numbers' must be int[], not Integer");
    assertMismatchWith(
        sum, Arguments.of("s").and("numbers", Arrays.asList(1, null)), "must be int, not null");
    assertMismatchWith(
        sum,
        Arguments.of("s", 1).and("numbers", List.of(2)),
        "'numbers' is given twice, by position and by name");
  }

  @Test
  void aNullAmongAVariableNumberIsAValue() throws Exception {
    Binding<?> join = Binding.toMethod(thumbs, "join");

    assertThat(join.apply(Arguments.of((Object) null))).isEqualTo("[null]");
    assertThat(join.apply(Arguments.of("a", null))).isEqualTo("[a, null]");
  }

  // ---- What the target throws

  @Test
  void exceptionOfTheTargetIsNotWrapped() {
    IOException checked = new IOException("checked");
    IllegalStateException unchecked = new IllegalStateException("unchecked");
    Error error = new AssertionError("error");
    Binding<?> failing = Binding.toMethod(thumbs, "failing");

    for (Throwable thrown : List.of(checked, unchecked, error)) {
      assertThatThrownBy(() -> failing.apply(Arguments.of(thrown))).isSameAs(thrown);
    }
  }

  @Test
  void exceptionOfAConstructorIsNotWrapped() {
    Binding<Picky> picky = Binding.toRecord(Picky.class);

    assertThatThrownBy(() -> picky.apply(Arguments.of(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .isNotInstanceOf(ArgumentsMismatchException.class)
        .hasMessage("too small");
  }

  @Test
  void aThrowableThatIsNeitherExceptionNorErrorIsWrapped() {
    Throwable strange = new Throwable("strange");

    assertThatThrownBy(() -> Binding.toMethod(thumbs, "failing").apply(Arguments.of(strange)))
        .hasCause(strange);
  }

  // ---- Which method

  @Test
  void onlyAMethodThatIsAloneWithItsNameIsFoundByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod(thumbs, "overloaded"))
        .withMessageContaining("several public methods 'overloaded'")
        .withMessageContaining("Thumbs.overloaded(int number)")
        .withMessageContaining("Thumbs.overloaded(String text)")
        .withMessageEndingWith("Pass the Method that is meant.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod(thumbs, "scael"))
        .withMessageContaining("has no public method 'scael': did you mean 'scale'?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod(thumbs, "hidden"))
        .withMessageContaining("it is not public: make it so, or pass the Method");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod(thumbs, "somethingElse"))
        .withMessageContaining("look at its spelling");
  }

  @Test
  void anOverridingMethodAndItsBridgeAreOneMethod() throws Exception {
    Binding<?> apply = Binding.toMethod(new Narrower(), "make");

    assertThat(apply.apply(Arguments.of("a"))).isEqualTo("a!");
  }

  @Test
  void aMethodInheritedFromAClassThatIsNotPublicIsFound() throws Exception {
    assertThat(Binding.toMethod(new Inheritor(), "inherited").apply(Arguments.of(1))).isEqualTo(2);
  }

  @Test
  void aMethodThatIsNotPublicCanBeCalledWherePossible() throws Exception {
    Method hidden = Thumbs.class.getDeclaredMethod("hidden", int.class);

    assertThat(Binding.toMethod(thumbs, hidden).apply(Arguments.named("number", 1))).isEqualTo(2);
  }

  @Test
  void aMethodOfAClosedClassIsCalledThroughThePublicTypeThatDeclaresIt() throws Exception {
    List<String> unmodifiable = List.of("a", "b");
    Method get = unmodifiable.getClass().getMethod("get", int.class);

    assertThat(Binding.toMethod(unmodifiable, get).apply(Arguments.of(1))).isEqualTo("b");
    assertThat(Binding.toMethod(unmodifiable, "size").apply(Arguments.none())).isEqualTo(2);
  }

  @Test
  void targetThatCannotBeCalled_isRejectedWithTheCure() throws Exception {
    Method grow = ArrayList.class.getDeclaredMethod("grow");
    Constructor<?> closed =
        Class.forName("java.util.ImmutableCollections").getDeclaredConstructor();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod(new ArrayList<>(), grow))
        .withMessageContaining("ArrayList.grow() cannot be called from here")
        .withMessageContaining("open the package to dev.pools");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toConstructor(closed))
        .withMessageContaining("module java.base does not open package java.util");
  }

  @Test
  void theTargetMustBeOfTheMethodsClass() throws Exception {
    Method scale = Thumbs.class.getMethod("scale", String.class, int.class, String.class);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toMethod("not thumbs", scale))
        .withMessageContaining("cannot be called on a java.lang.String");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toStaticMethod(scale))
        .withMessageContaining("is not static: use toMethod");
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void theTargetMustNotBeNull() {
    assertThatNullPointerException().isThrownBy(() -> Binding.toMethod(null, "scale"));
  }

  @Test
  void nothingAbstractIsMade() throws Exception {
    Constructor<Number> number = Number.class.getConstructor();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toConstructor(number))
        .withMessage("new Number() cannot be called: java.lang.Number is abstract.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Binding.toConstructor(TimeUnit.class.getDeclaredConstructors()[0]))
        .withMessageContaining("is an enum");
  }

  // ---- What is returned

  @Test
  void theTypeOfWhatIsReturnedCanBeSaid() throws Exception {
    Binding<String> text = Binding.toMethod(thumbs, "scale").returning(String.class);
    Binding<Integer> number =
        Binding.toStaticMethod(Thumbs.class.getMethod("twice", int.class)).returning(int.class);
    Binding<Comparable<?>> wider = comparable(Binding.toMethod(thumbs, "scale"));

    String scaled = text.apply(Arguments.of("a", 1, "b"));
    int doubled = number.apply(Arguments.of(2));

    assertThat(scaled).isEqualTo("a 1 b");
    assertThat(doubled).isEqualTo(4);
    assertThat(wider.apply(Arguments.of("a", 1, "b"))).isEqualTo("a 1 b");
    assertThat(text).hasToString("Thumbs.scale(String picture, int width, String format)");
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Binding<Comparable<?>> comparable(Binding<?> binding) {
    return (Binding) binding.returning(Comparable.class);
  }

  @Test
  void aTypeThatCanNeverBeReturnedIsRefused() {
    Binding<?> scale = Binding.toMethod(thumbs, "scale");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> scale.returning(Integer.class))
        .withMessageContaining("returns java.lang.String, which is never a java.lang.Integer");
    assertThatIllegalArgumentException().isThrownBy(() -> scale.returning(Runnable.class));
  }

  @Test
  void aValueOfAnotherTypeThanWasSaidIsAClearError() throws Exception {
    Binding<Integer> narrowed = Binding.toMethod(thumbs, "anything").returning(Integer.class);

    assertThat(narrowed.apply(Arguments.of(1))).isEqualTo(1);
    assertThat(narrowed.apply(Arguments.of((Object) null))).isNull();
    assertThatThrownBy(() -> narrowed.apply(Arguments.of("a")))
        .isInstanceOf(ClassCastException.class)
        .hasMessageContaining("returned a java.lang.String, but it is bound as returning");
  }

  // ---- Fixtures

  private static void assertMismatch(Binding<?> binding, Arguments arguments, String message) {
    assertThatThrownBy(() -> binding.check(arguments))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessage(message);
  }

  private static void assertMismatchWith(Binding<?> binding, Arguments arguments, String part) {
    assertThatThrownBy(() -> binding.check(arguments))
        .isInstanceOf(ArgumentsMismatchException.class)
        .hasMessageStartingWith(binding + " cannot be called with ")
        .hasMessageContaining(part);
  }

  record Size(int width, long height) {}

  record Picky(int number) {
    Picky {
      if (number < 0) {
        throw new IllegalArgumentException("too small");
      }
    }
  }

  static class Maker<T> {
    public Object make(T of) {
      return of;
    }
  }

  static class Narrower extends Maker<String> {
    @Override
    public String make(String of) {
      return of + "!";
    }
  }

  static class Hidden {
    public int inherited(int number) {
      return number + 1;
    }
  }

  public static class Inheritor extends Hidden {}

  public static class Thumbs {

    final AtomicInteger calls = new AtomicInteger();
    final String suffix;

    public Thumbs() {
      this("");
    }

    public Thumbs(String suffix) {
      this.suffix = suffix;
    }

    public String scale(String picture, int width, String format) {
      return picture + " " + width + " " + format;
    }

    public static int twice(int number) {
      return 2 * number;
    }

    public void nothing() {
      calls.incrementAndGet();
    }

    public String wide(int whole, int another, float real, double precise) {
      return whole + " " + another + " " + real + " " + precise;
    }

    public String boxed(@Nullable Long number) {
      return String.valueOf(number);
    }

    public String sum(String label, int... numbers) {
      return label + Arrays.stream(numbers).sum();
    }

    public String join(@Nullable String... texts) {
      return Arrays.toString(texts);
    }

    public void failing(Throwable with) throws Throwable {
      throw with;
    }

    public @Nullable Object anything(@Nullable Object value) {
      return value;
    }

    public int overloaded(int number) {
      return number;
    }

    public String overloaded(String text) {
      return text;
    }

    int hidden(int number) {
      return number + 1;
    }
  }
}
