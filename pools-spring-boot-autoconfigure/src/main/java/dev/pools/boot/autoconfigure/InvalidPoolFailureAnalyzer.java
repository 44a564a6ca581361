package dev.pools.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with a configured pool in place of a stack trace. */
class InvalidPoolFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPoolException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidPoolException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
  }
}
