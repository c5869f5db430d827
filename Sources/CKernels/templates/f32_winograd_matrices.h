/*
 * One-dimensional Winograd transforms F(m, 3) of a column of vectors `s` into `d`, after Lavin and Gray, "Fast
 * Algorithms for Convolutional Neural Networks" (2015). Points: 0, 1, -1 (F2); and 2, -2 (F4); and 1/2, -1/2 (F6).
 * F(3, 4) has the points of F4, and so its transform of the input too.
 */
VIN void winograd_input2(const vf *s, int step, vf *d, int to) {
  d[0 * to] = s[0] - s[2 * step];
  d[1 * to] = s[step] + s[2 * step];
  d[2 * to] = s[2 * step] - s[step];
  d[3 * to] = s[step] - s[3 * step];
}

VIN void winograd_output2(const vf *s, int step, vf *d, int to) {
  vf sum = s[step] + s[2 * step], difference = s[step] - s[2 * step];
  d[0 * to] = s[0] + sum;
  d[1 * to] = difference - s[3 * step];
}

VIN void winograd_output3(const vf *s, int step, vf *d, int to) {
  vf s1 = s[step], s2 = s[2 * step], s3 = s[3 * step], s4 = s[4 * step];
  vf a = s1 + s2, c = s3 + s4;
  d[0 * to] = s[0] + a + c;
  d[1 * to] = vfma(vset(2), s3 - s4, s1 - s2);
  d[2 * to] = vfma(vset(4), c, a) + s[5 * step];
}

VIN void winograd_input4(const vf *s, int step, vf *d, int to) {
  vf s0 = s[0], s1 = s[step], s2 = s[2 * step], s3 = s[3 * step], s4 = s[4 * step], s5 = s[5 * step];
  vf four = vset(4), five = vset(-5);
  vf even = vfma(vset(-4), s2, s4), odd = vfma(vset(-4), s1, s3);
  vf even2 = s4 - s2, odd2 = vset(2) * (s3 - s1);
  d[0 * to] = vfma(five, s2, vfma(four, s0, s4));
  d[1 * to] = even + odd;
  d[2 * to] = even - odd;
  d[3 * to] = even2 + odd2;
  d[4 * to] = even2 - odd2;
  d[5 * to] = vfma(five, s3, vfma(four, s1, s5));
}

VIN void winograd_output4(const vf *s, int step, vf *d, int to) {
  vf s0 = s[0], s1 = s[step], s2 = s[2 * step], s3 = s[3 * step], s4 = s[4 * step], s5 = s[5 * step];
  vf a = s1 + s2, b = s1 - s2, c = s3 + s4, e = s3 - s4;
  d[0 * to] = s0 + a + c;
  d[1 * to] = vfma(vset(2), e, b);
  d[2 * to] = vfma(vset(4), c, a);
  d[3 * to] = vfma(vset(8), e, b) + s5;
}

VIN void winograd_input6(const vf *s, int step, vf *d, int to) {
  vf s0 = s[0], s1 = s[step], s2 = s[2 * step], s3 = s[3 * step];
  vf s4 = s[4 * step], s5 = s[5 * step], s6 = s[6 * step], s7 = s[7 * step];
  vf even = vfma(vset(-4.25f), s4, s2 + s6), odd = vfma(vset(-4.25f), s3, s1 + s5);
  d[0 * to] = vfma(vset(5.25f), s4 - s2, s0 - s6);
  d[1 * to] = even + odd;
  d[2 * to] = even - odd;
  even = vfma(vset(-1.25f), s4, vfma(vset(0.25f), s2, s6));
  odd = vfma(vset(2), s5, vfma(vset(-2.5f), s3, vset(0.5f) * s1));
  d[3 * to] = even + odd;
  d[4 * to] = even - odd;
  even = vfma(vset(-5), s4, vfma(vset(4), s2, s6));
  odd = vfma(vset(0.5f), s5, vfma(vset(-2.5f), s3, vset(2) * s1));
  d[5 * to] = even + odd;
  d[6 * to] = even - odd;
  d[7 * to] = vfma(vset(5.25f), s3 - s5, s7 - s1);
}

VIN void winograd_output6(const vf *s, int step, vf *d, int to) {
  vf s0 = s[0], s7 = s[7 * step];
  vf a = s[step] + s[2 * step], b = s[step] - s[2 * step];
  vf c = s[3 * step] + s[4 * step], e = s[3 * step] - s[4 * step];
  vf f = s[5 * step] + s[6 * step], g = s[5 * step] - s[6 * step];
  d[0 * to] = s0 + a + c + f;
  d[1 * to] = vfma(vset(0.5f), g, vfma(vset(2), e, b));
  d[2 * to] = vfma(vset(0.25f), f, vfma(vset(4), c, a));
  d[3 * to] = vfma(vset(0.125f), g, vfma(vset(8), e, b));
  d[4 * to] = vfma(vset(0.0625f), f, vfma(vset(16), c, a));
  d[5 * to] = vfma(vset(0.03125f), g, vfma(vset(32), e, b)) + s7;
}

static const double winograd_weights2[4][3] = {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};
static const double winograd_weights3[6][4] = {
    {1. / 4, 0, 0, 0},
    {-1. / 6, -1. / 6, -1. / 6, -1. / 6},
    {-1. / 6, 1. / 6, -1. / 6, 1. / 6},
    {1. / 24, 1. / 12, 1. / 6, 1. / 3},
    {1. / 24, -1. / 12, 1. / 6, -1. / 3},
    {0, 0, 0, 1}};
static const double winograd_weights4[6][3] = {
    {1. / 4, 0, 0},           {-1. / 6, -1. / 6, -1. / 6},  {-1. / 6, 1. / 6, -1. / 6},
    {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6}, {0, 0, 1}};
static const double winograd_weights6[8][3] = {
    {1, 0, 0},
    {-2. / 9, -2. / 9, -2. / 9},
    {-2. / 9, 2. / 9, -2. / 9},
    {1. / 90, 1. / 45, 2. / 45},
    {1. / 90, -1. / 45, 2. / 45},
    {32. / 45, 16. / 45, 8. / 45},
    {32. / 45, -16. / 45, 8. / 45},
    {0, 0, 1}};
