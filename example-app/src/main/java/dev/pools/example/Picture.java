package dev.pools.example;

import java.util.List;

/**
 * A picture of the catalogue.
 *
 * @param format what it is stored as, such as {@code jpeg}
 * @param thumbnails the widths of the thumbnails that there are of it
 */
record Picture(
    long id, String name, int width, int height, String format, List<Integer> thumbnails) {}
