package dev.pools.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the thumbnail service. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class ExampleApplication {

  /** Takes Spring Boot's own command line arguments. */
  public static void main(String[] arguments) {
    SpringApplication.run(ExampleApplication.class, arguments);
  }
}
