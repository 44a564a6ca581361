package dev.pools.example;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether visitors may send load, break the database and resize the pool.
 *
 * @param enabled true only where a stop of the service harms nobody
 */
@ConfigurationProperties("example.playground")
record PlaygroundProperties(@DefaultValue("false") boolean enabled) {}
