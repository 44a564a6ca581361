package dev.pools.example;

import java.io.InterruptedIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Lets a decoder read from memory until its thread is interrupted. The pool interrupts a task that
 * runs for longer than {@code max-run-time}, or that is cancelled.
 */
final class InterruptibleInput extends ImageInputStreamImpl {

  private final byte[] content;

  InterruptibleInput(byte[] content) {
    this.content = content;
  }

  @Override
  public int read() throws InterruptedIOException {
    requireNotInterrupted();
    bitOffset = 0;
    return streamPos < content.length ? content[(int) streamPos++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws InterruptedIOException {
    requireNotInterrupted();
    bitOffset = 0;
    int count = (int) Math.min(length, content.length - streamPos);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    System.arraycopy(content, (int) streamPos, target, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return content.length;
  }

  private static void requireNotInterrupted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("The decoder was interrupted.");
    }
  }
}
