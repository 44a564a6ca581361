package dev.pools.example;

/**
 * One line of the journal, which lists thumbnails in the order in which they were made.
 *
 * @param number counts up
 * @param width what was asked for
 */
record JournalEntry(long number, String picture, int width, Making making) {}
