package dev.pools.boot.web;

import dev.pools.connection.ConnectionFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The same application with a pool of each kind. */
@Configuration(proxyBeanMethods = false)
class PooledApplication extends PlainApplication {

  public static void main(String[] arguments) {
    System.exit(SpringApplication.exit(SpringApplication.run(PooledApplication.class, arguments)));
  }

  @Bean
  ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
    return arguments -> new StringBuilder();
  }
}
