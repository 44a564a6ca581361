package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ExampleTest
@TestPropertySource(properties = "example.playground.enabled=false")
class PlaygroundIsOffTest {

  @Autowired private MockMvcTester web;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/load?people=1&batch=1",
        "/load/stop",
        "/database/slow?millis=10",
        "/database/break",
        "/database/repair",
        "/workers?max=2"
      })
  void requestIsRefused(String path) {
    assertThat(web.post().uri("/playground" + path))
        .hasStatus(HttpStatus.FORBIDDEN)
        .bodyJson()
        .extractingPath("detail")
        .asString()
        .contains("example.playground.enabled=true");
    assertThat(web.get().uri("/live"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("playground")
        .isEqualTo(false);
  }
}
