package dev.pools.example;

import org.springframework.http.MediaType;

/**
 * A small picture, encoded.
 *
 * @param width in pixels; smaller than the requested width if the picture itself is smaller
 */
@SuppressWarnings("ArrayRecordComponent")
record Thumbnail(byte[] content, MediaType type, int width, int height) {}
