package dev.pools.example;

import java.util.List;

/**
 * A picture of the catalogue.
 *
 * @param format the encoding, such as {@code jpeg}
 * @param thumbnails the requested widths of its stored thumbnails
 */
record Picture(
    long id, String name, int width, int height, String format, List<Integer> thumbnails) {}
