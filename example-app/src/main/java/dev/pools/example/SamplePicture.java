package dev.pools.example;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.Random;

/**
 * Landscapes that the application draws when its catalogue is empty. They are the same each time,
 * large enough to need real work, and contain no text, because a server may have no fonts.
 */
enum SamplePicture {
  DAWN(0x2B3A67, 0xF7B267, 0xFFE8C2, 0.62),
  NOON(0x2E86DE, 0xBEE3F8, 0xFFF8E1, 0.16),
  DUSK(0x3D1E6D, 0xF25C54, 0xFFD6A5, 0.55),
  NIGHT(0x060B26, 0x27356B, 0xF1F3F8, 0.22),
  FOREST(0x4A7C74, 0xDDEBD3, 0xFDF6D8, 0.30),
  DESERT(0xE07A5F, 0xF4D6A0, 0xFFFBEB, 0.38);

  private static final int WIDTH = 1800;
  private static final int HEIGHT = 1200;
  private static final int RIDGES = 5;

  private final Color zenith;
  private final Color horizon;
  private final Color sun;
  private final double sunHeight;

  SamplePicture(int zenith, int horizon, int sun, double sunHeight) {
    this.zenith = new Color(zenith);
    this.horizon = new Color(horizon);
    this.sun = new Color(sun);
    this.sunHeight = sunHeight;
  }

  /** The picture, with a name such as {@code dawn.jpeg}. */
  NewPicture drawn() {
    byte[] content = Imaging.encode(draw(), "jpeg");
    return new NewPicture(
        name().toLowerCase(Locale.ROOT) + ".jpeg", WIDTH, HEIGHT, "jpeg", content);
  }

  private BufferedImage draw() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      // The same seed each time makes the same picture on every machine.
      Random random = new Random(name().hashCode());
      drawSky(graphics, random);
      drawSun(graphics);
      for (int ridge = 0; ridge < RIDGES; ridge++) {
        drawRidge(graphics, ridge, random);
      }
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private void drawSky(Graphics2D graphics, Random random) {
    graphics.setPaint(new GradientPaint(0, 0, zenith, 0, HEIGHT * 0.75f, horizon));
    graphics.fill(new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
    graphics.setColor(new Color(255, 255, 255, this == NIGHT ? 210 : 24));
    for (int star = 0; star < 260; star++) {
      double size = this == NIGHT ? 2 + random.nextDouble() * 5 : 30 + random.nextDouble() * 160;
      double across = random.nextDouble() * WIDTH;
      double down = random.nextDouble() * HEIGHT * 0.6;
      double flat = this == NIGHT ? 1 : 0.18;
      graphics.fill(new Ellipse2D.Double(across, down, size, size * flat));
    }
  }

  private void drawSun(Graphics2D graphics) {
    float across = WIDTH * (0.25f + 0.5f * ordinal() / (values().length - 1));
    float down = (float) (HEIGHT * sunHeight);
    float glow = HEIGHT * 0.45f;
    Color clear = new Color(sun.getRed(), sun.getGreen(), sun.getBlue(), 0);
    graphics.setPaint(
        new RadialGradientPaint(
            across, down, glow, new float[] {0f, 0.2f, 1f}, new Color[] {sun, sun, clear}));
    graphics.fill(new Ellipse2D.Double(across - glow, down - glow, 2 * glow, 2 * glow));
  }

  private void drawRidge(Graphics2D graphics, int ridge, Random random) {
    double base = HEIGHT * (0.58 + 0.09 * ridge);
    double swing = HEIGHT * (0.11 - 0.015 * ridge);
    double firstPhase = random.nextDouble() * 6;
    double secondPhase = random.nextDouble() * 6;
    Path2D outline = new Path2D.Double();
    outline.moveTo(0, HEIGHT);
    for (int x = 0; x <= WIDTH; x += 6) {
      double at = x * (2.2 + ridge) / WIDTH;
      double y = Math.sin(at * 2 + firstPhase) + 0.4 * Math.sin(at * 7 + secondPhase);
      outline.lineTo(x, base - swing * y + (random.nextDouble() - 0.5) * 8);
    }
    outline.lineTo(WIDTH, HEIGHT);
    outline.closePath();
    graphics.setColor(mix(horizon, zenith.darker(), (ridge + 1.0) / RIDGES));
    graphics.fill(outline);
    graphics.setStroke(new BasicStroke(3));
    graphics.setColor(mix(horizon, zenith, (ridge + 0.5) / RIDGES));
    graphics.draw(outline);
  }

  private static Color mix(Color from, Color to, double share) {
    return new Color(
        (int) (from.getRed() + (to.getRed() - from.getRed()) * share),
        (int) (from.getGreen() + (to.getGreen() - from.getGreen()) * share),
        (int) (from.getBlue() + (to.getBlue() - from.getBlue()) * share));
  }
}
