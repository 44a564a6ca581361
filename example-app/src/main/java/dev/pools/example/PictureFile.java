package dev.pools.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/**
 * The parts of a JPEG or PNG file that a decoder needs: the header and the pixels of one image.
 * Comments, profiles, embedded previews and further images are left out, because a decoder spends
 * time and memory on them.
 *
 * @param format {@code jpeg} or {@code png}
 * @param bitsPerPixel what one pixel needs while it is decoded
 * @param passes how often the decoder visits each pixel: once for each scan of a JPEG file
 * @param content a file that has only these parts
 */
@SuppressWarnings("ArrayRecordComponent")
record PictureFile(
    String format, int width, int height, int bitsPerPixel, int passes, byte[] content) {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final Set<String> PNG_PARTS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final int PNG_HEADER_LENGTH = 13;

  private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8};
  private static final byte[] JPEG_END = {(byte) 0xFF, (byte) 0xD9};
  private static final int START_OF_SCAN = 0xDA;
  private static final int ADOBE = 0xEE;

  /** Tables, the frame header of a baseline, extended or progressive image, and its scans. */
  private static final Set<Integer> JPEG_PARTS =
      Set.of(0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, START_OF_SCAN, ADOBE);

  /** Says that the colours are encoded in the usual way. */
  private static final byte[] JFIF = {
    (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  /**
   * Reads the parts of a file. It allocates a few times the bytes of the file.
   *
   * @throws NotAPictureException if the file is neither JPEG nor PNG, or is damaged
   */
  static PictureFile of(byte[] file) {
    try {
      if (startsWith(file, PNG)) {
        return png(ByteBuffer.wrap(file));
      } else if (startsWith(file, JPEG)) {
        return jpeg(ByteBuffer.wrap(file));
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException end) {
      throw new NotAPictureException("This picture is damaged: it ends too early.", end);
    }
    throw new NotAPictureException(
        "These %d bytes are not a picture. Send one of: JPEG, PNG.".formatted(file.length));
  }

  private static boolean startsWith(byte[] file, byte[] start) {
    return file.length >= start.length
        && Arrays.equals(file, 0, start.length, start, 0, start.length);
  }

  // ---- PNG: chunks with a length, a type, data and a checksum

  private static PictureFile png(ByteBuffer file) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.capacity());
    keep(file, 0, PNG.length, kept);
    file.position(PNG.length);
    int header = PNG.length;
    String type;
    do {
      int start = file.position();
      int length = file.getInt();
      byte[] name = new byte[4];
      file.get(name);
      type = new String(name, ISO_8859_1);
      if (start == header && !(type.equals("IHDR") && length == PNG_HEADER_LENGTH)) {
        throw new NotAPictureException("This picture is damaged: it has no header.");
      }
      skip(file, length);
      skip(file, 4);
      if (PNG_PARTS.contains(type)) {
        keep(file, start, file.position(), kept);
      }
    } while (!type.equals("IEND"));
    int width = file.getInt(header + 8);
    int height = file.getInt(header + 12);
    int bits = (file.get(header + 16) & 0xFF) * pngChannels(file.get(header + 17));
    return new PictureFile("png", width, height, bits, 1, kept.toByteArray());
  }

  private static int pngChannels(int colorType) {
    return switch (colorType) {
      case 0, 3 -> 1;
      case 2 -> 3;
      case 4 -> 2;
      default -> 4;
    };
  }

  // ---- JPEG: segments with a marker, a length and data; a scan is followed by its pixels

  private static PictureFile jpeg(ByteBuffer file) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.capacity());
    int frame = -1;
    int passes = 0;
    boolean adobe = false;
    file.position(JPEG.length);
    for (int marker = marker(file); marker != (JPEG_END[1] & 0xFF); marker = marker(file)) {
      int start = file.position() - 2;
      skip(file, (file.getShort(file.position()) & 0xFFFF));
      if (marker == START_OF_SCAN) {
        passes++;
        skipScan(file);
      }
      if (marker >= 0xC0 && marker <= 0xC2) {
        if (frame >= 0) {
          throw new NotAPictureException("This picture is damaged: it has more than one header.");
        }
        frame = start;
      }
      adobe |= marker == ADOBE;
      if (JPEG_PARTS.contains(marker)) {
        keep(file, start, file.position(), kept);
      }
    }
    if (frame < 0 || passes == 0) {
      throw new NotAPictureException("This picture has an unsupported kind of JPEG, or no pixels.");
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(kept.size() + 32);
    whole.writeBytes(JPEG);
    if (!adobe) {
      whole.writeBytes(JFIF);
    }
    whole.writeBytes(kept.toByteArray());
    whole.writeBytes(JPEG_END);
    int components = file.get(frame + 9) & 0xFF;
    // A decoder keeps all coefficients in memory, 16 bits each, if there is more than one scan.
    int bits = components * (passes > 1 ? 8 + 16 : 8);
    return new PictureFile(
        "jpeg",
        file.getShort(frame + 7) & 0xFFFF,
        file.getShort(frame + 5) & 0xFFFF,
        bits,
        passes,
        whole.toByteArray());
  }

  /** Reads a marker, which may follow any number of fill bytes. */
  private static int marker(ByteBuffer file) {
    if (file.get() != (byte) 0xFF) {
      throw new NotAPictureException("This picture is damaged: a segment has a wrong length.");
    }
    int marker;
    do {
      marker = file.get() & 0xFF;
    } while (marker == 0xFF);
    return marker;
  }

  /** Stops before the next marker that belongs to no scan. */
  private static void skipScan(ByteBuffer file) {
    while (true) {
      if (file.get() == (byte) 0xFF) {
        int next = file.get(file.position()) & 0xFF;
        boolean restart = next >= 0xD0 && next <= 0xD7;
        if (next != 0 && next != 0xFF && !restart) {
          file.position(file.position() - 1);
          return;
        }
      }
    }
  }

  // ---- Both

  private static void skip(ByteBuffer file, int length) {
    if (length < 0 || length > file.remaining()) {
      throw new BufferUnderflowException();
    }
    file.position(file.position() + length);
  }

  private static void keep(ByteBuffer file, int from, int to, ByteArrayOutputStream kept) {
    byte[] part = new byte[to - from];
    file.get(from, part);
    kept.writeBytes(part);
  }
}
