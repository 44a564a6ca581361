package dev.pools.example;

/**
 * Who a thumbnail was made for, and how its task went through the queue.
 *
 * @param waitedMillis how long the task was queued
 * @param overtook how many tasks of batches were queued before this task but taken after it
 */
record ThumbnailOrigin(Urgency urgency, long waitedMillis, long overtook) {}
