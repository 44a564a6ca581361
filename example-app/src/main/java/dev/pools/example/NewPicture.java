package dev.pools.example;

/**
 * A picture that is not in the catalogue yet.
 *
 * @param format the encoding, such as {@code jpeg}
 */
@SuppressWarnings("ArrayRecordComponent")
record NewPicture(String name, int width, int height, String format, byte[] content) {

  /**
   * Decodes the content, because only this shows whether it is a picture.
   *
   * @throws NotAPictureException if the content is not a picture that can be read
   */
  static NewPicture of(String name, byte[] content) {
    Imaging.Decoded decoded = Imaging.decode(content);
    return new NewPicture(
        name, decoded.image().getWidth(), decoded.image().getHeight(), decoded.format(), content);
  }
}
