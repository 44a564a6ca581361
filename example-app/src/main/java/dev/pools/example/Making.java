package dev.pools.example;

/**
 * How a thumbnail came to be.
 *
 * @param urgency for whom
 * @param waitedMillis how long the task stood in line
 * @param overtook how many tasks of batches, in line before it, it was taken ahead of
 */
record Making(Urgency urgency, long waitedMillis, long overtook) {}
