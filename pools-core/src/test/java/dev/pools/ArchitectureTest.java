package dev.pools;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.pools.flight.PostMortem;
import dev.pools.internal.Faults;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The arrows between the packages, and what no code of the core does. The classes are fields of the
 * instance: static ones would stay in the heap while other tests wait for the garbage collector.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ArchitectureTest {

  /**
   * Classes that name each other because they are one type: sealed ones, a door and its builder.
   */
  private static final Map<String, String> FAMILIES =
      Map.ofEntries(
          entry("dev.pools.connection.AcquiringPool", "door of connections"),
          entry("dev.pools.connection.UsingPool", "door of connections"),
          entry("dev.pools.connection.ChangeablePool", "door of connections"),
          entry("dev.pools.connection.ConnectionPool", "door of connections"),
          entry("dev.pools.connection.ConnectionCallsBuilder", "door of connections"),
          entry("dev.pools.connection.ConnectionPoolBuilder", "door of connections"),
          entry("dev.pools.connection.ConnectionPoolException", "refusal"),
          entry("dev.pools.connection.AcquireTimeoutException", "refusal"),
          entry("dev.pools.connection.BackendDownException", "refusal"),
          entry("dev.pools.connection.ConnectionCreationException", "refusal"),
          entry("dev.pools.connection.PoolStoppedException", "refusal"),
          entry("dev.pools.connection.WaiterLimitException", "refusal"),
          entry("dev.pools.internal.Time", "time"),
          entry("dev.pools.internal.SystemTime", "time"),
          entry("dev.pools.map.Source", "source of a map"),
          entry("dev.pools.map.IteratorSource", "source of a map"),
          entry("dev.pools.map.PublisherSource", "source of a map"),
          entry("dev.pools.scaling.ScalingPolicy", "policy"),
          entry("dev.pools.scaling.AdaptiveScaling", "policy"),
          entry("dev.pools.scaling.FixedScaling", "policy"),
          entry("dev.pools.scaling.ThresholdScaling", "policy"),
          entry("dev.pools.task.PoolFuture", "task"),
          entry("dev.pools.task.TaskLifecycle", "task"),
          entry("dev.pools.task.TaskFuture", "task"),
          entry("dev.pools.task.PoolTask", "task"),
          entry("dev.pools.task.SubmittingPool", "door"),
          entry("dev.pools.task.MappingPool", "door"),
          entry("dev.pools.task.InspectablePool", "door"),
          entry("dev.pools.task.ChangeablePool", "door"),
          entry("dev.pools.task.AdvancedPool", "door"),
          entry("dev.pools.task.AdvancedPoolBuilder", "door"));

  private final JavaClasses all = new ClassFileImporter().importPackages("dev.pools");
  private final JavaClasses main =
      all.that(
          describe(
              "are not tests",
              type ->
                  type.getSource()
                      .map(source -> Location.of(source.getUri()))
                      .filter(new ImportOption.DoNotIncludeTests()::includes)
                      .isPresent()));

  @Test
  void coreKnowsNeitherSpringNorMicrometer() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "jdk.jfr..", "dev.pools..", "org.jspecify..", "org.slf4j..")
        .because("the pools serve programs without any framework as well")
        .check(main);
  }

  @Test
  void taskDoesNotSeeConnection() {
    noClasses()
        .that()
        .resideInAPackage("dev.pools.task..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.pools.connection..")
        .because("each pool is read, tested and changed without the other")
        .check(main);
  }

  @Test
  void connectionDoesNotSeeTask() {
    noClasses()
        .that()
        .resideInAPackage("dev.pools.connection..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.pools.task..", "dev.pools.map..", "dev.pools.scaling..", "dev.pools.advice..")
        .because("each pool is read, tested and changed without the other")
        .check(main);
  }

  @Test
  void sharedPackagesSeeNeitherPool() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.pools", "dev.pools.internal..", "dev.pools.flight..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.pools.task..",
            "dev.pools.map..",
            "dev.pools.scaling..",
            "dev.pools.advice..",
            "dev.pools.connection..")
        .because("what is shared would otherwise tie the two pools together")
        .check(main);
  }

  /** Otherwise a JVM without the recorder could not run a pool. */
  @Test
  void onlyThePackageOfEventsKnowsTheRecorder() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.pools.flight..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.jfr..")
        .because("the recorder is a module that a JVM need not have")
        .check(main);
  }

  @Test
  void mapAndScalingSeeNeitherPool() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.pools.map..", "dev.pools.scaling..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.pools.task..", "dev.pools.connection..")
        .because("a map and a policy are read and tested without a pool")
        .check(main);
  }

  @Test
  void adviceSeesNoOtherPackage() {
    noClasses()
        .that()
        .resideInAPackage("dev.pools.advice..")
        .should()
        .dependOnClassesThat(
            describe(
                "are of another package of this project",
                type ->
                    type.getPackageName().startsWith("dev.pools")
                        && !type.getPackageName().equals("dev.pools.advice")))
        .because("a prediction is a computation: no pool, thread, clock or lock")
        .check(main);
  }

  @Test
  void mapAndScalingDoNotSeeEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.pools.map..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.pools.scaling..")
        .because("they have nothing in common but the pool that uses both")
        .check(main);
    noClasses()
        .that()
        .resideInAPackage("dev.pools.scaling..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.pools.map..")
        .because("they have nothing in common but the pool that uses both")
        .check(main);
  }

  /** A rule about a package that has been renamed would hold for any code. */
  @Test
  void eachPackageThatARuleNamesHasClasses() {
    for (String name :
        List.of("task", "map", "scaling", "advice", "connection", "internal", "flight")) {
      assertThat(main.stream().map(JavaClass::getPackageName)).contains("dev.pools." + name);
    }
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices()
        .assignedFrom(new PackageOfItsOwn())
        .should()
        .beFreeOfCycles()
        .because("a package can be understood only if those it builds on come first")
        .check(main);
  }

  @Test
  void classesAreFreeOfCycles() {
    slices()
        .assignedFrom(new ClassOrFamily())
        .should()
        .beFreeOfCycles()
        .because("a class can be understood only if those it builds on come first")
        .check(main);
  }

  @Test
  void eachFamilyHasClasses() {
    assertThat(FAMILIES.keySet()).allMatch(main::contain);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .accessTargetWhere(isSleep())
        .because("a sleep is a guess: pools wait for an event, tests move injected time")
        .check(all);
  }

  @Test
  void connectionsAreNotKeptByThread() {
    noClasses()
        .that()
        .resideInAPackage("dev.pools.connection..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocal.class)
        .because("thousands of virtual threads are ordinary users of a connection pool")
        .check(main);
  }

  @Test
  void nothingIsPrinted() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS
        .because("the program that uses a pool decides where its messages go")
        .check(
            main.that(describe("are no programs", type -> !type.isEquivalentTo(PostMortem.class))));
  }

  @Test
  void onlyFaultsWritesToTheLog() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(Faults.class)
        .should()
        .accessTargetWhere(isLogging())
        .because("a logger may throw, and shows the secrets in what it is given")
        .check(main);
    // Else a rule that finds no call at all would hold, too.
    assertThat(main.get(Faults.class).getAccessesFromSelf()).anyMatch(isLogging());
  }

  private static DescribedPredicate<JavaAccess<?>> isLogging() {
    return describe(
        "is a method of a logger",
        access ->
            access.getTargetOwner().getPackageName().startsWith("org.slf4j")
                && !access.getTarget().getName().equals("getLogger"));
  }

  private static DescribedPredicate<JavaAccess<?>> isSleep() {
    return describe(
        "is sleep of Thread or TimeUnit",
        access ->
            access.getTarget().getName().equals("sleep")
                && (access.getTargetOwner().isAssignableTo(Thread.class)
                    || access.getTargetOwner().isAssignableTo(TimeUnit.class)));
  }

  /** One slice a class with all that is nested in it; a family is one slice. */
  private static final class ClassOrFamily implements SliceAssignment {

    @Override
    public String getDescription() {
      return "one slice a class or family";
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      String outer = type.getName().replaceFirst("\\$.*", "");
      return SliceIdentifier.of(FAMILIES.getOrDefault(outer, outer));
    }
  }

  /** Also tells {@code dev.pools} from what lies below it, which a package pattern would not. */
  private static final class PackageOfItsOwn implements SliceAssignment {

    @Override
    public String getDescription() {
      return "one slice a package";
    }

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }
  }

  /** The first fault of a JVM may be a full heap, and a failed initializer is never run again. */
  @Test
  void whatReportsFaultsHasNoStaticInitializer() {
    for (String name : List.of("Faults", "Redaction", "LoggableFault", "Durations")) {
      assertThat(main.get("dev.pools.internal." + name).getStaticInitializer()).as(name).isEmpty();
    }
  }
}
