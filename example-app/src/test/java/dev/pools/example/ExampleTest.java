package dev.pools.example;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

/** Runs the application in this process, with a database in memory and a short acquire timeout. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    properties = {
      "example.database.url=jdbc:h2:mem:example;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
      "pools.connection.instances.database.acquire-timeout=1s"
    })
@AutoConfigureMockMvc
@interface ExampleTest {}
