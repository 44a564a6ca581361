package dev.pools.benchmarks;

import dev.pools.benchmarks.scaling.ScalingExperiment;
import java.util.Arrays;

/** What {@code java -jar benchmarks.jar} runs. */
public final class Main {

  private static final String HELP =
      """
      java -jar benchmarks.jar grid [options]      measure both pools and their peers; grid --help
      java -jar benchmarks.jar report RUN          print the tables of a run of the grid
      java -jar benchmarks.jar agree RUN RUN       whether two runs of the grid agree; agree --help
      java -jar benchmarks.jar publish DOCS [RUN]  write runs into the documents; publish --help
      java -jar benchmarks.jar compare OLD NEW …   two jars of pools-core, one against the other; compare --help
      java -jar benchmarks.jar scaling [options]   show how many workers pools use; scaling --help
      java -jar benchmarks.jar stress [options]    race them with jcstress; stress --help
      java -jar benchmarks.jar spike [svg] [runs]  a sudden demand, and how pools grow to meet it
      java -jar benchmarks.jar jmh [options]       JMH's own command line, one benchmark at a time
      """;

  private Main() {}

  /** Runs what the first argument names, with the others. */
  public static void main(String[] arguments) throws Exception {
    String[] rest =
        arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "grid" -> Grid.main(rest);
      case "report" -> Report.main(rest);
      case "agree" -> Agreement.main(rest);
      case "publish" -> Publication.main(rest);
      case "compare" -> Compare.main(rest);
      case "scaling" -> ScalingExperiment.main(rest);
      case "stress" -> Stress.main(rest);
      case "spike" -> dev.pools.benchmarks.spike.Spike.main(rest);
      case "jmh" -> org.openjdk.jmh.Main.main(rest);
      default -> {
        System.err.print(HELP);
        System.exit(2);
      }
    }
  }
}
