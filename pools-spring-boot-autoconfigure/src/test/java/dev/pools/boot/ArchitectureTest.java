package dev.pools.boot;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.internal.InterruptibleCode;
import dev.pools.internal.ThreadInterrupt;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** Feature and wiring apart, as in Spring Boot's own modules. */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitectureTest {

  private static final Set<Class<?>> SHARED =
      Set.of(Durations.class, Faults.class, InterruptibleCode.class, ThreadInterrupt.class);

  private static final ImportOption MAIN_ONLY = new ImportOption.DoNotIncludeTests();

  private final JavaClasses all = new ClassFileImporter().importPackages("dev.pools.boot");
  private final JavaClasses main =
      all.that(
          describe(
              "are not tests",
              type ->
                  type.getSource()
                      .map(source -> Location.of(source.getUri()))
                      .filter(MAIN_ONLY::includes)
                      .isPresent()));

  @Test
  void autoConfigurationsAreClosed() {
    classes()
        .that()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .bePublic()
        .andShould()
        .haveModifier(FINAL)
        .andShould()
        .haveSimpleNameEndingWith("AutoConfiguration")
        .andShould(haveNoPublicMembers())
        .because("applications name an auto-configuration to exclude it, and nothing else")
        .check(main);
  }

  @Test
  void featuresWorkWithoutTheirWiring() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.pools.boot.health..",
            "dev.pools.boot.metrics..",
            "dev.pools.boot.observation..",
            "dev.pools.boot.endpoint..",
            "dev.pools.boot.alarm..",
            "dev.pools.boot.advice..",
            "dev.pools.boot.task..",
            "dev.pools.boot.lifecycle..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.pools.boot.autoconfigure..")
        .because("who wires the pools by hand uses the features all the same")
        .check(main);
  }

  /** A rule about a package that has been renamed would hold for any code. */
  @Test
  void eachPackageThatARuleNamesHasClasses() {
    for (String name :
        List.of(
            "health",
            "metrics",
            "observation",
            "endpoint",
            "alarm",
            "advice",
            "task",
            "lifecycle",
            "autoconfigure")) {
      assertThat(main.stream().map(JavaClass::getPackageName)).contains("dev.pools.boot." + name);
    }
  }

  @Test
  void nothingReachesIntoTheCore() {
    noClasses()
        .should()
        .dependOnClassesThat(
            describe(
                "are internal to the core, except what both share",
                type ->
                    type.getPackageName().startsWith("dev.pools.internal")
                        && SHARED.stream().noneMatch(type::isEquivalentTo)))
        .because("only texts of faults and durations, and interrupts, are common to both")
        .check(main);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .accessTargetWhere(
            describe(
                "is sleep of Thread or TimeUnit",
                access ->
                    access.getTarget().getName().equals("sleep")
                        && (access.getTargetOwner().isAssignableTo(Thread.class)
                            || access.getTargetOwner().isAssignableTo(TimeUnit.class))))
        .because("a sleep is a guess: tests wait for an event or move injected time")
        .check(all);
  }

  @Test
  void nothingIsPrinted() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS
        .because("the application decides where its messages go")
        .check(main);
  }

  /** The constructor is public by default, and Spring's alone to call. */
  private static ArchCondition<JavaClass> haveNoPublicMembers() {
    return new ArchCondition<>("have no public members") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMembers().stream()
            .filter(member -> !(member instanceof JavaConstructor))
            .filter(member -> member.getModifiers().contains(PUBLIC))
            .filter(member -> !member.getModifiers().contains(SYNTHETIC))
            .forEach(
                member ->
                    events.add(
                        SimpleConditionEvent.violated(type, member.getFullName() + " is public")));
      }
    };
  }
}
