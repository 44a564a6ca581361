package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that spring-boot-devtools restarts, which happens at each change of a class. */
class DevtoolsIT {

  @TempDir Path files;

  @Test
  void restartsLeaveNoThreadBehind() throws Exception {
    String printed =
        Program.run(
            files,
            Program.classPath(),
            RestartedApplication.class,
            // What has a thread, or registers pools elsewhere, is turned on.
            "--pools.connection.instances.database.max-size=2",
            "--pools.advanced.defaults.alarms.queue-age=10s",
            "--pools.jmx.enabled=true",
            "--spring.jmx.enabled=true",
            "--management.endpoints.jmx.exposure.include=pools");

    assertThat(printed).contains("threads left: []");
  }
}
