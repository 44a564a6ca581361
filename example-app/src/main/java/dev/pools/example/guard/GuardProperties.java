package dev.pools.example.guard;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a request may be.
 *
 * @param hosts the names by which browsers may know this application, in lower case
 * @param maxBody the size of one request body
 * @param maxBodies how many requests with a body are processed at the same time
 * @param maxTotal the size of all these bodies together
 * @param bodyTime how long a body may take to arrive
 */
@ConfigurationProperties("example.guard")
public record GuardProperties(
    @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) Set<String> hosts,
    @DefaultValue("20MB") DataSize maxBody,
    @DefaultValue("20") int maxBodies,
    @DefaultValue("100MB") DataSize maxTotal,
    @DefaultValue("20s") Duration bodyTime) {}
