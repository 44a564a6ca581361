package dev.pools.boot.starter;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Maven that runs this build, with a local repository in which this project looks installed.
 * The true one stays as it is: its folders are linked to, and the artifacts of this project are put
 * beside the links.
 */
final class MavenOfANewcomer {

  private static final List<String> MODULES =
      List.of("pools-core", "pools-spring-boot-autoconfigure", "pools-spring-boot-starter");

  private final Path executable;
  private final Path repository;

  private MavenOfANewcomer(Path executable, Path repository) {
    this.executable = executable;
    this.repository = repository;
  }

  /** The Maven of this build, or the one on the path; empty if there is none, as in an editor. */
  static Optional<MavenOfANewcomer> find() throws IOException {
    Optional<Path> executable = executable();
    if (executable.isEmpty()) {
      return Optional.empty();
    }
    Path repository = Readme.ROOT.resolve("pools-spring-boot-starter/target/newcomers-repository");
    String usual = Path.of(System.getProperty("user.home"), ".m2", "repository").toString();
    link(Path.of(System.getProperty("maven.repository", usual)), repository);
    install(repository.resolve("dev/pools"));
    return Optional.of(new MavenOfANewcomer(executable.get(), repository));
  }

  private static Optional<Path> executable() {
    String name = File.separatorChar == '\\' ? "mvn.cmd" : "mvn";
    List<Path> folders = new ArrayList<>();
    String home = System.getProperty("maven.home");
    if (home != null) {
      folders.add(Path.of(home, "bin"));
    }
    String path = System.getenv("PATH");
    if (path != null) {
      for (String folder : path.split(File.pathSeparator, -1)) {
        folders.add(Path.of(folder));
      }
    }
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where links cannot be made, Maven downloads what it needs. */
  private static void link(Path from, Path to) throws IOException {
    Files.createDirectories(to.resolve("dev"));
    for (Path folder : folders(from)) {
      if (folder.endsWith("dev")) {
        for (Path inside : folders(folder)) {
          if (!inside.endsWith("pools")) {
            linkOne(to.resolve("dev").resolve(inside.getFileName()), inside);
          }
        }
      } else {
        linkOne(to.resolve(folder.getFileName()), folder);
      }
    }
  }

  private static List<Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  private static void linkOne(Path link, Path target) throws IOException {
    try {
      Files.createSymbolicLink(link, target);
    } catch (FileAlreadyExistsException fromTheLastTime) {
      // It leads to the same folder.
    } catch (UnsupportedOperationException | FileSystemException notHere) {
      // Then without.
    }
  }

  private static void install(Path group) throws IOException {
    install(group, "pools-parent", Readme.ROOT.resolve("pom.xml"), "pom");
    for (String module : MODULES) {
      Path folder = Readme.ROOT.resolve(module);
      install(group, module, folder.resolve("pom.xml"), "pom");
      String jar = "target/%s-%s.jar".formatted(module, version());
      install(group, module, folder.resolve(jar), "jar");
    }
  }

  private static void install(Path group, String artifact, Path file, String type)
      throws IOException {
    Path folder = Files.createDirectories(group.resolve(artifact).resolve(version()));
    Path copy = folder.resolve("%s-%s.%s".formatted(artifact, version(), type));
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
  }

  static String version() {
    return System.getProperty("pools.version", "0.1.0-SNAPSHOT");
  }

  /** Runs it in this folder; what it prints goes into the file. */
  Process run(Path folder, Path output, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(executable.toString());
    command.add("-B");
    command.add("-ntp");
    if (System.getProperty("maven.offline", "").endsWith("true")) {
      command.add("-o");
    }
    command.add("-Dmaven.repo.local=" + repository);
    command.addAll(List.of(arguments));
    ProcessBuilder process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    process.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // What the Maven that runs this build has set for itself.
    List.of("MAVEN_BASEDIR", "MAVEN_PROJECTBASEDIR", "MAVEN_OPTS", "MAVEN_CMD_LINE_ARGS")
        .forEach(process.environment()::remove);
    return process.start();
  }
}
