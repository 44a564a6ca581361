package dev.pools.internal;

/**
 * Fails early if the stack of the current thread is nearly full: before a step of a pool has
 * changed anything, and not halfway through it. A caller that recurses too deeply then gets its
 * {@link StackOverflowError}, and the pool is as before.
 *
 * <p>The JVM looks for room whenever a method is entered, in all the pages of the stack that the
 * method's frame may need. A frame in the interpreter has room for all variables of its method,
 * whether they are used or not, and compiled code looks for as much, because it may have to go on
 * in the interpreter. So a method with many variables, which does nothing, needs about as much room
 * as the deepest step, and takes no time. HotSpot does so. On another JVM, and where much room is
 * needed, small methods call each other.
 *
 * <p>This is no guarantee: a step that runs for the first time loads classes, which needs more. The
 * JDK has a reserved area of the stack for its own locks, which other code cannot use.
 */
public final class StackRoom {

  /** Whether compiled code looks for the room of a frame in the interpreter. */
  private static final boolean LOOKS_FAR = isHotSpot(System.getProperty("java.vm.name", ""));

  /** How many methods call each other for a step otherwise: 2 to 3 KiB of compiled frames. */
  private static final int DEPTH = 48;

  /** For steps that call next to nothing. */
  private static final int SHORT_DEPTH = 8;

  /** For several steps that belong together: 15 to 20 KiB of compiled frames. */
  private static final int LONG_DEPTH = 400;

  /**
   * Never true. The compiler does not know that, so there is a point at which its code would have
   * to go on in the interpreter.
   */
  private static boolean isFull;

  private StackRoom() {}

  private static boolean isHotSpot(String vm) {
    return vm.startsWith("OpenJDK") || vm.contains("HotSpot");
  }

  /**
   * Returns if there is enough room for a step of a pool: 4 KiB. A {@code long} takes 16 bytes of a
   * frame in the interpreter.
   *
   * @throws StackOverflowError if there is not
   */
  @SuppressWarnings("UnusedVariable")
  public static void ensure() {
    long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19;
    long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19;
    long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19;
    long d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19;
    long e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19;
    long f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19;
    long g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19;
    long h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19;
    long i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15, i16, i17, i18, i19;
    long j0, j1, j2, j3, j4, j5, j6, j7, j8, j9, j10, j11, j12, j13, j14, j15, j16, j17, j18, j19;
    long k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15, k16, k17, k18, k19;
    long l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, l19;
    long m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19;
    long n0, n1, n2, n3;
    if (isFull) {
      throw new StackOverflowError();
    }
    if (!LOOKS_FAR) {
      deeper(DEPTH);
    }
  }

  /**
   * As {@link #ensure}, for two steps, one after the other, and little in between: 8 KiB. It has
   * all the variables itself, because compiled frames are small: a method that calls {@link
   * #ensure} is given no more room than that.
   */
  @SuppressWarnings("UnusedVariable")
  public static void ensureTwice() {
    long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19;
    long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15, b16, b17, b18, b19;
    long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19;
    long d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, d19;
    long e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19;
    long f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19;
    long g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19;
    long h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19;
    long i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15, i16, i17, i18, i19;
    long j0, j1, j2, j3, j4, j5, j6, j7, j8, j9, j10, j11, j12, j13, j14, j15, j16, j17, j18, j19;
    long k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15, k16, k17, k18, k19;
    long l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, l19;
    long m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19;
    long n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19;
    long o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, o10, o11, o12, o13, o14, o15, o16, o17, o18, o19;
    long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17, p18, p19;
    long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19;
    long r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r18, r19;
    long s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19;
    long t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15, t16, t17, t18, t19;
    long u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, u10, u11, u12, u13, u14, u15, u16, u17, u18, u19;
    long v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19;
    long w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19;
    long x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19;
    long y0, y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15, y16, y17, y18, y19;
    long z0, z1, z2, z3, z4, z5, z6, z7, z8, z9, z10, z11, z12, z13, z14, z15, z16, z17, z18, z19;
    if (isFull) {
      throw new StackOverflowError();
    }
    if (!LOOKS_FAR) {
      deeper(2 * DEPTH);
    }
  }

  /** As {@link #ensure}, for a few small methods: half a KiB. */
  public static void ensureLittle() {
    deeper(SHORT_DEPTH);
  }

  /** As {@link #ensure}, for several steps that must all be carried out. */
  public static void ensureMuch() {
    deeper(LONG_DEPTH);
  }

  private static int deeper(int left) {
    // The addition keeps the frame in use until the callee has returned.
    return left == 0 ? 0 : deeper(left - 1) + 1;
  }
}
