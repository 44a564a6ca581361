package dev.pools.benchmarks.scaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Shows how many workers pools use for work whose best number is known by a sweep, and what they
 * complete with them. Takes some eight minutes, of an otherwise quiet machine.
 */
public final class ScalingExperiment {

  private static final String HELP =
      """
      java -jar benchmarks.jar scaling [--out DIRECTORY] [--smoke]
        --out DIRECTORY   where to write scaling.csv, scaling.md and scaling.svg; by default target/scaling
        --smoke           a tenth of the time: shows that it runs, and nothing else
      """;

  private static final double WARM_UP_SECONDS = 2;
  private static final double SWEEP_SECONDS = 2.5;
  private static final double ADAPTIVE_SECONDS = 60;
  private static final double PEER_SECONDS = 8;
  private static final double ADAPTIVE_SWITCH_SECONDS = 40;
  private static final double PEER_SWITCH_SECONDS = 6;

  private final double share;
  private final Map<Script, Map<Contender, Track>> tracks = new LinkedHashMap<>();

  private ScalingExperiment(double share) {
    this.share = share;
  }

  /** Runs it and writes what came out. */
  public static void main(String[] arguments) throws Exception {
    Path out = Path.of("target", "scaling");
    double share = 1;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--out") && i + 1 < arguments.length) {
        out = Path.of(arguments[++i]);
      } else if (arguments[i].equals("--smoke")) {
        share = 0.1;
      } else {
        System.err.print(HELP);
        System.exit(2);
      }
    }
    new ScalingExperiment(share).run(out);
  }

  private void run(Path out) throws IOException, InterruptedException {
    for (Task task : Task.values()) {
      Drive.run(Script.of(task), share * WARM_UP_SECONDS, Contender.FIXED, 4);
    }
    Sweep sweep = new Sweep(Math.max(1, share * SWEEP_SECONDS));
    for (Script script : Script.ALL) {
      Map<Contender, Track> ofScript = new EnumMap<>(Contender.class);
      for (Contender contender : Contender.values()) {
        double seconds = share * seconds(script, contender);
        ofScript.put(contender, Drive.run(script, seconds, contender, sweep.bestSize(script)));
      }
      tracks.put(script, ofScript);
    }
    Files.createDirectories(out);
    Files.writeString(out.resolve("scaling.csv"), csv());
    Files.writeString(out.resolve("scaling.svg"), Plot.of(tracks, sweep));
    String report = report(sweep);
    Files.writeString(out.resolve("scaling.md"), report);
    System.out.print(report);
  }

  /** How long each phase is: those that do not search are the same after a second. */
  private static double seconds(Script script, Contender contender) {
    if (contender == Contender.ADAPTIVE) {
      return script.switches() ? ADAPTIVE_SWITCH_SECONDS : ADAPTIVE_SECONDS;
    }
    return script.switches() ? PEER_SWITCH_SECONDS : PEER_SECONDS;
  }

  private String csv() {
    StringBuilder csv = new StringBuilder("script,contender,seconds,task,workers,per_second\n");
    tracks.forEach(
        (script, ofScript) ->
            ofScript.forEach(
                (contender, track) ->
                    track
                        .points()
                        .forEach(
                            point ->
                                csv.append(
                                    String.format(
                                        Locale.ROOT,
                                        "%s,%s,%.3f,%s,%d,%.1f%n",
                                        script.title(),
                                        contender,
                                        point.seconds(),
                                        script.phases().get(point.phase()),
                                        point.workers(),
                                        Track.perSecond(List.of(point)))))));
    return csv.toString();
  }

  private String report(Sweep sweep) {
    StringBuilder report = new StringBuilder();
    report.append(
        String.format(
            "JDK %s, %d processors.%n%n",
            Runtime.version(), Runtime.getRuntime().availableProcessors()));
    for (Task task : Task.values()) {
      report.append(
          String.format(
              Locale.ROOT,
              "%s, tasks a second by fixed size: %s; best: %d.%n%n",
              task,
              sweep.rates(task).entrySet().stream()
                  .map(
                      rate ->
                          String.format(Locale.ROOT, "%d: %.0f", rate.getKey(), rate.getValue()))
                  .collect(Collectors.joining(", ")),
              sweep.bestSize(Script.of(task))));
    }
    report.append(
        "| Work | Pool | after 30 s (≥ 90 %) | whole run (≥ 85 %) | workers, settled | swing (≤ 2 steps) |\n");
    report.append("| --- | --- | --- | --- | --- | --- |\n");
    tracks.forEach(
        (script, ofScript) ->
            ofScript.forEach(
                (contender, track) ->
                    report.append(line(script, contender, Verdict.of(script, track, sweep)))));
    return report.toString();
  }

  private static String line(Script script, Contender contender, Verdict verdict) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.0f %%, %s | %.0f %%, %s | %d to %d | %.1f, %s |%n",
        script.title(),
        contender.title,
        100 * verdict.late(),
        passes(verdict.isNearTheBest()),
        100 * verdict.whole(),
        passes(verdict.losesLittle()),
        verdict.swing().least(),
        verdict.swing().most(),
        verdict.swing().steps(),
        passes(verdict.isSteady()));
  }

  private static String passes(boolean bar) {
    return bar ? "pass" : "miss";
  }
}
