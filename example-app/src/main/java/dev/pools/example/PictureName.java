package dev.pools.example;

import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Checks the name of an uploaded picture, which is shown to others and stored. */
final class PictureName {

  /** Letters, digits, marks, punctuation, symbols and spaces: no control or format characters. */
  private static final Pattern ALLOWED =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}]{1,100}");

  private PictureName() {}

  /** Returns the name without its folders, or answers with status 400. */
  static String of(String fileName) {
    String name = fileName.substring(fileName.lastIndexOf('/') + 1).strip();
    if (!ALLOWED.matcher(name).matches()) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST,
          "The name of a picture must have from 1 to 100 characters, and no control characters.");
    }
    return name;
  }
}
