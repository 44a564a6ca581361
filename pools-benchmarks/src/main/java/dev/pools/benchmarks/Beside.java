package dev.pools.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where this was started from: the jar, or directories of classes. */
final class Beside {

  private Beside() {}

  /** The class path, as it is to be written by who starts a JVM in another directory. */
  static String classPath() {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getProperty("java.class.path"))
        .map(path -> Path.of(path).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** A place in the directory in which the jar lies. */
  static Path theJar(String name) {
    String path = classPath();
    int end = path.indexOf(File.pathSeparatorChar);
    return Path.of(end < 0 ? path : path.substring(0, end)).resolveSibling(name);
  }
}
