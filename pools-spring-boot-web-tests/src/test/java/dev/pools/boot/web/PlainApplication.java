package dev.pools.boot.web;

import java.lang.management.ManagementFactory;
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

  /** Stands before the number of milliseconds. */
  static final String READY = "ready after ";

  public static void main(String[] arguments) {
    System.exit(SpringApplication.exit(SpringApplication.run(PlainApplication.class, arguments)));
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    System.out.println(
        READY + (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()));
  }
}
