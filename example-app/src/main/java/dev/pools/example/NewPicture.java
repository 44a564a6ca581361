package dev.pools.example;

/**
 * A picture that the catalogue has not got yet.
 *
 * @param format what it is encoded as, such as {@code jpeg}
 */
@SuppressWarnings("ArrayRecordComponent")
record NewPicture(String name, int width, int height, String format, byte[] content) {

  /**
   * Decodes the content, because only that tells whether it is a picture.
   *
   * @throws NotAPictureException if it is none that can be read
   */
  static NewPicture of(String name, byte[] content) {
    Imaging.Decoded decoded = Imaging.decode(content);
    return new NewPicture(
        name, decoded.image().getWidth(), decoded.image().getHeight(), decoded.format(), content);
  }
}
