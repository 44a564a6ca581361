package dev.pools.example;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Makes small files that cost a decoder much time or memory. */
final class CraftedPictures {

  private CraftedPictures() {}

  // ---- PNG

  static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    for (byte[] chunk : chunks) {
      file.writeBytes(chunk);
    }
    return file.toByteArray();
  }

  static byte[] chunk(String type, byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(ISO_8859_1));
    crc.update(data);
    return ByteBuffer.allocate(data.length + 12)
        .putInt(data.length)
        .put(type.getBytes(ISO_8859_1))
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }

  static byte[] header(int width, int height, int depth, int colorType) {
    return chunk(
        "IHDR",
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) colorType)
            .array());
  }

  static byte[] palette() {
    return chunk("PLTE", new byte[] {0, 0, 0, 127, 0, 127});
  }

  /** Compresses zeros, a thousand times smaller than they are. */
  static byte[] zeros(long count) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream output =
        new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_COMPRESSION))) {
      byte[] block = new byte[1 << 16];
      for (long left = count; left > 0; left -= block.length) {
        output.write(block, 0, (int) Math.min(left, block.length));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return packed.toByteArray();
  }

  /** A picture whose pixels are all zero. */
  static byte[] blackPng(int width, int height, int depth, int colorType, int channels) {
    long row = 1 + ((long) width * depth * channels + 7) / 8;
    return png(
        header(width, height, depth, colorType),
        chunk("IDAT", zeros(row * height)),
        chunk("IEND", new byte[0]));
  }

  // ---- JPEG

  static byte[] progressiveJpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream output = ImageIO.createImageOutputStream(file)) {
      writer.setOutput(output);
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), options);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  /** Repeats the last scan, each time with a visit of all pixels. */
  static byte[] withScans(byte[] jpeg, int repetitions) {
    int scan = jpeg.length - 2;
    while (!(jpeg[scan] == (byte) 0xFF && jpeg[scan + 1] == (byte) 0xDA)) {
      scan--;
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg, 0, scan);
    for (int i = 0; i < repetitions; i++) {
      file.write(jpeg, scan, jpeg.length - 2 - scan);
    }
    file.write(jpeg, jpeg.length - 2, 2);
    return file.toByteArray();
  }

  /** Inserts segments after the start of the image. */
  static byte[] withSegments(byte[] jpeg, int marker, byte[] data, int repetitions) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg, 0, 2);
    for (int i = 0; i < repetitions; i++) {
      int length = data.length + 2;
      file.write(0xFF);
      file.write(marker);
      file.write(length >> 8);
      file.write(length);
      file.writeBytes(data);
    }
    file.write(jpeg, 2, jpeg.length - 2);
    return file.toByteArray();
  }

  // ---- Formats that are not read

  /** A GIF with a comment, which a decoder copies once for each 255 bytes. */
  static byte[] gifWithComment(int bytes) {
    byte[] block = new byte[256];
    Arrays.fill(block, (byte) 'x');
    block[0] = (byte) 255;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("GIF89a".getBytes(ISO_8859_1));
    file.writeBytes(new byte[] {1, 0, 1, 0, 0, 0, 0, 0x21, (byte) 0xFE});
    for (int i = 0; i < bytes / 255; i++) {
      file.writeBytes(block);
    }
    file.write(0);
    file.writeBytes(new byte[] {0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B});
    return file.toByteArray();
  }

  /** A TIFF whose only strip says that it has this many bytes. */
  static byte[] tiffWithStripOf(int bytes) {
    int[][] entries = {
      {256, 20_000},
      {257, 20_000},
      {258, 8},
      {259, 1},
      {262, 1},
      {273, 8},
      {278, 20_000},
      {279, bytes}
    };
    ByteBuffer file = ByteBuffer.allocate(8 + 2 + entries.length * 12 + 4);
    file.put("MM".getBytes(ISO_8859_1)).putShort((short) 42).putInt(8);
    file.putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
    }
    return file.array();
  }
}
