package dev.pools.example;

/**
 * One entry of the journal, which lists thumbnails in the order in which they were made.
 *
 * @param number the position in the journal, counted up
 * @param width the width that was requested
 */
record JournalEntry(long number, String picture, int width, ThumbnailOrigin origin) {}
