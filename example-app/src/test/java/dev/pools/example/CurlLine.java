package dev.pools.example;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A line of the documentation that starts with {@code curl}. */
record CurlLine(List<String> words) {

  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  static CurlLine of(String line) {
    return new CurlLine(
        WORD.matcher(line)
            .results()
            .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
            .toList());
  }

  /** Returns the value of an option, or the default. */
  private String option(String name, String otherwise) {
    int at = words.indexOf(name);
    return at < 0 ? otherwise : words.get(at + 1);
  }

  private String url() {
    return words.get(words.size() - 1);
  }

  private String path() {
    return url().replace("http://localhost:8080", "");
  }

  /** Sends the same request without curl, for machines that do not have it. */
  HttpResponse<byte[]> send(RunningExample app, Path folder) throws Exception {
    String form = option("-F", "");
    HttpResponse<byte[]> answer;
    if (!form.isEmpty()) {
      String[] part = form.split("=@", 2);
      answer = app.upload(path(), part[0], part[1], Files.readAllBytes(folder.resolve(part[1])));
    } else if (option("-X", "GET").equals("POST")) {
      answer = app.post(path());
    } else {
      answer = app.get(path());
    }
    if (words.contains("-o")) {
      Files.write(folder.resolve(option("-o", "")), answer.body());
    }
    return answer;
  }

  /** Runs curl and returns its exit code. */
  int run(RunningExample app, Path folder) throws Exception {
    List<String> command = new ArrayList<>(words);
    command.set(command.size() - 1, app.uri(path()).toString());
    command.addAll(1, List.of("--fail", "--silent", "--show-error"));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }
}
