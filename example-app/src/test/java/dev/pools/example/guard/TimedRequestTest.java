package dev.pools.example.guard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class TimedRequestTest {

  private static TimedRequest request(Duration limit) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setContent("größe".getBytes(UTF_8));
    return new TimedRequest(request, limit);
  }

  @Test
  void bodyThatArrivesInTimeIsRead() throws IOException {
    TimedRequest request = request(Duration.ofHours(1));

    assertThat(request.getReader().readLine()).isEqualTo("größe");
    assertThat(request.getInputStream().read()).isEqualTo(-1);
    assertThat(request.getInputStream().isFinished()).isTrue();
    assertThat(request.getInputStream().isReady()).isTrue();
  }

  @Test
  void bodyThatIsTooLateIsCutOff() {
    TimedRequest request = request(Duration.ofNanos(-1));

    assertThatThrownBy(() -> request.getInputStream().read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has not arrived within");
    assertThatThrownBy(() -> request.getInputStream().readAllBytes())
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> request.getReader().readLine()).isInstanceOf(IOException.class);
  }
}
