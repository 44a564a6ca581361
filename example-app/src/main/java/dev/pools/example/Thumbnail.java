package dev.pools.example;

import org.springframework.http.MediaType;

/**
 * A small picture, encoded.
 *
 * @param width in pixels; less than what was asked for if the picture itself is not so wide
 */
@SuppressWarnings("ArrayRecordComponent")
record Thumbnail(byte[] content, MediaType type, int width, int height) {}
