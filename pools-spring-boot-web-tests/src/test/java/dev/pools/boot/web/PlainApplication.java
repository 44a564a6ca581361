package dev.pools.boot.web;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * An application that says how long its process needed until it was ready, and ends. It does not
 * know the pools.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class PlainApplication {

  /** The time since the start of the JVM and the processor time of all its threads. */
  static final String READY = "ready after %d ms, with %d ms of processor time";

  public static void main(String[] arguments) {
    System.exit(SpringApplication.exit(SpringApplication.run(PlainApplication.class, arguments)));
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    long wall = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    System.out.println(READY.formatted(wall, cpu.toMillis()));
  }
}
