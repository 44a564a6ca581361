package dev.pools.boot.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;

class CallerTest {

  private static final OperationInvoker SAYS_ITS_CALLER = context -> String.valueOf(Caller.name());

  private static InvocationContext by(@Nullable Principal user) {
    SecurityContext caller =
        new SecurityContext() {
          @Override
          public @Nullable Principal getPrincipal() {
            return user;
          }

          @Override
          public boolean isUserInRole(String role) {
            return false;
          }
        };
    return new InvocationContext(caller, Map.of());
  }

  @Test
  void operationKnowsWhoAsksForIt_andTheThreadForgetsIt() {
    assertThat(Caller.invoke(SAYS_ITS_CALLER, by(() -> "anna\nbob"))).isEqualTo("anna bob");
    assertThat(Caller.name()).isNull();

    OperationInvoker failing =
        context -> {
          throw new IllegalStateException("failed");
        };
    assertThatThrownBy(() -> Caller.invoke(failing, by(() -> "anna")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Caller.name()).isNull();
  }

  @Test
  void callerMayHaveNoName() {
    assertThat(Caller.invoke(SAYS_ITS_CALLER, by(null))).isEqualTo("null");
    assertThat(Caller.invoke(SAYS_ITS_CALLER, by(() -> null))).isEqualTo("null");
  }
}
