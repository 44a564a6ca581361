package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
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

  private URI uri(RunningExample app) {
    String path = url().replaceFirst("http://localhost:808[01]", "");
    assertThat(url().contains(":8081/")).isEqualTo(path.startsWith("/actuator"));
    return app.uri(path);
  }

  /** Sends the same request without curl, for machines that do not have it. */
  HttpResponse<byte[]> send(RunningExample app, Path folder) throws Exception {
    String file = option("--data-binary", "");
    URI uri = uri(app);
    HttpResponse<byte[]> answer;
    if (!file.isEmpty()) {
      String type = option("-H", "").replace("Content-Type: ", "");
      answer = app.post(uri, type, Files.readAllBytes(folder.resolve(file.substring(1))));
    } else if (option("-X", "GET").equals("POST")) {
      answer = app.post(uri, "application/octet-stream", new byte[0]);
    } else {
      answer = app.get(uri);
    }
    if (words.contains("-o")) {
      Files.write(folder.resolve(option("-o", "")), answer.body());
    }
    return answer;
  }

  /** Runs curl and returns its exit code. */
  int run(RunningExample app, Path folder) throws Exception {
    List<String> command = new ArrayList<>(words);
    command.set(command.size() - 1, uri(app).toString());
    command.addAll(1, List.of("--fail", "--silent", "--show-error"));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
        .waitFor();
  }
}
