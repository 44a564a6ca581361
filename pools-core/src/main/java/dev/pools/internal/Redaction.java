package dev.pools.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hides passwords, tokens and keys in texts.
 *
 * <p>Created when a text is first looked at, which may be the report of a full heap. So it is no
 * work of a static initializer: the JVM does not repeat one that has failed, and each later report
 * would fail, too.
 */
final class Redaction {

  static final String HIDDEN = "***";

  /** A name that tells that a secret follows. */
  private static final String SECRET_NAME =
      "(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[-_.]?key|access[-_.]?key"
          + "|private[-_.]?key|authorization)";

  /** Two threads may create one each; both are as good. */
  private static @Nullable Redaction shared;

  /** {@code //user:password@host}: what stands between the first colon and the last at sign. */
  private final Pattern inAuthority =
      Pattern.compile("(//[^/?#\\s:@]*):([^/?#\\s]*)@", Pattern.CASE_INSENSITIVE);

  /** {@code jdbc:oracle:thin:user/password@host}. */
  private final Pattern beforeHost =
      Pattern.compile("(:[\\w.$-]+)/([^/@\\s:]+)@", Pattern.CASE_INSENSITIVE);

  /**
   * {@code password=x}, {@code "password": "x"}, {@code client_secret: x}. Tried only where a name
   * begins: within a long text without spaces, each attempt would go on to its end.
   */
  private final Pattern named =
      Pattern.compile(
          "(?<![\\w.-])([\\w.-]*"
              + SECRET_NAME
              + "[\\w.-]*[\"']?\\s*[=:]\\s*)(?:(?:bearer|basic)\\s+)?"
              + "(\"[^\"]*\"|'[^']*'|[^\\s,;&\"'(){}\\[\\]]+)",
          Pattern.CASE_INSENSITIVE);

  /** {@code password 'x'}, {@code token "x"}. */
  private final Pattern quoted =
      Pattern.compile(
          "(" + SECRET_NAME + "\\s+(?:is\\s+|of\\s+)?)(\"[^\"]*\"|'[^']*')",
          Pattern.CASE_INSENSITIVE);

  /** {@code Bearer x}, as in the header of a request. */
  private final Pattern bearer =
      Pattern.compile("(\\b(?:bearer|basic)\\s+)([\\w+/=.~-]{8,})", Pattern.CASE_INSENSITIVE);

  private final Pattern secret = Pattern.compile(SECRET_NAME, Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  /**
   * The text with {@code ***} in place of each password, token or key that it shows as one. Never
   * throws: without memory or stack nothing of the text is left.
   */
  static String redacted(String text) {
    try {
      return shared().redact(text);
    } catch (Throwable noMemoryOrStack) {
      return HIDDEN;
    }
  }

  /** Whether a parameter of this name holds a secret, or may hold one. Never throws. */
  static boolean namesSecret(String name) {
    try {
      return shared().secret.matcher(name).find();
    } catch (Throwable noMemoryOrStack) {
      return true;
    }
  }

  private static Redaction shared() {
    Redaction present = shared;
    if (present == null) {
      present = new Redaction();
      shared = present;
    }
    return present;
  }

  private String redact(String text) {
    String redacted = replaced(text, inAuthority, ":", "@");
    redacted = replaced(redacted, beforeHost, "/", "@");
    redacted = replaced(redacted, named, "", "");
    redacted = replaced(redacted, quoted, "", "");
    return replaced(redacted, bearer, "", "");
  }

  private static String replaced(String text, Pattern pattern, String before, String after) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    do {
      String replacement = matcher.group(1) + before + HIDDEN + after;
      matcher.appendReplacement(out, Matcher.quoteReplacement(replacement));
    } while (matcher.find());
    return matcher.appendTail(out).toString();
  }
}
