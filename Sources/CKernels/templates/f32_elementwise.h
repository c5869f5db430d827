/* Operations element by element. */

VIN vf unary_vector(const ck_unary operation, vf alpha, vf beta, vf x) {
  switch (operation) {
    case CK_IDENTITY: return x;
    case CK_CLAMP: return vclamp(x, alpha, beta);
    case CK_LEAKY_RELU: return vselect(x < vset(0), x * alpha, x);
    case CK_ELU: {
      /* e^x - 1 loses all digits near zero; there its series is better. */
      static const float p[] = {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f};
      vf near = x * vpolynomial(p, 7, x), far = vexp(x) - vset(1);
      return vselect(x < vset(0), alpha * vselect(x > vset(-0.25f), near, far), x);
    }
    case CK_SIGMOID: return vsigmoid(x);
    case CK_HARD_SIGMOID: return vclamp(vfma(alpha, x, beta), vset(0), vset(1));
    case CK_HARD_SWISH: return x * vclamp(vfma(vset(1.0f / 6), x, vset(0.5f)), vset(0), vset(1));
    case CK_SILU: return x * vsigmoid(x);
    case CK_TANH: return vtanh(x);
    case CK_EXP: return vexp(x);
    case CK_SQRT: return vsqrt(x);
    case CK_ABS: return vabs(x);
    case CK_NEGATE: return -x;
    case CK_RECIPROCAL: return vset(1) / x;
    case CK_ERF: return verf(x);
    case CK_GELU: return vgelu(x);
  }
  return x;
}

VIN void unary_run(
    const ck_unary operation, float alpha, float beta, const float *in, float *out, size_t count) {
  const vf a = vset(alpha), b = vset(beta);
  size_t k = 0;
  for (; k + CK_WIDTH <= count; k += CK_WIDTH) vstore(out + k, unary_vector(operation, a, b, vload(in + k)));
  if (k == count) return;
  float rest[CK_WIDTH] = {0};
  memcpy(rest, in + k, sizeof(float) * (count - k));
  vstore(rest, unary_vector(operation, a, b, vload(rest)));
  memcpy(out + k, rest, sizeof(float) * (count - k));
}

static void CK_NAME(unary)(
    ck_unary operation, float alpha, float beta, const float *in, float *out, size_t count) {
#define CK_CASE(OPERATION) \
  case OPERATION: unary_run(OPERATION, alpha, beta, in, out, count); break;
  switch (operation) {
    CK_CASE(CK_IDENTITY)
    CK_CASE(CK_CLAMP)
    CK_CASE(CK_LEAKY_RELU)
    CK_CASE(CK_ELU)
    CK_CASE(CK_SIGMOID)
    CK_CASE(CK_HARD_SIGMOID)
    CK_CASE(CK_HARD_SWISH)
    CK_CASE(CK_SILU)
    CK_CASE(CK_TANH)
    CK_CASE(CK_EXP)
    CK_CASE(CK_SQRT)
    CK_CASE(CK_ABS)
    CK_CASE(CK_NEGATE)
    CK_CASE(CK_RECIPROCAL)
    CK_CASE(CK_ERF)
    CK_CASE(CK_GELU)
  }
#undef CK_CASE
}

VIN vf binary_vector(const ck_binary operation, vf a, vf b) {
  switch (operation) {
    case CK_ADD: return a + b;
    case CK_SUBTRACT: return a - b;
    case CK_MULTIPLY: return a * b;
    case CK_DIVIDE: return a / b;
    case CK_MAXIMUM: return vselect(a == a, vmax(a, b), a);
    case CK_MINIMUM: return vselect(a == a, vmin(a, b), a);
  }
  return a;
}

/* The operand's vector at element k; a repeated vector stands in the first `width` floats. */
VIN vf operand_vector(ck_operand kind, const float *x, size_t k) { return vload(kind == CK_FULL ? x + k : x); }

VIN void binary_run(
    const ck_binary operation, ck_operand left_kind, const float *left, ck_operand right_kind, const float *right,
    vf lower, vf upper, float *out, size_t count) {
  float repeated[2][CK_WIDTH];
  if (left_kind == CK_SCALAR) {
    vstore(repeated[0], vset(left[0]));
    left = repeated[0];
  }
  if (right_kind == CK_SCALAR) {
    vstore(repeated[1], vset(right[0]));
    right = repeated[1];
  }
  size_t k = 0;
  for (; k + CK_WIDTH <= count; k += CK_WIDTH) {
    vf v = binary_vector(operation, operand_vector(left_kind, left, k), operand_vector(right_kind, right, k));
    vstore(out + k, vclamp(v, lower, upper));
  }
  if (k == count) return;
  float rest[2][CK_WIDTH] = {{0}};
  memcpy(rest[0], left_kind == CK_FULL ? left + k : left, sizeof(float) * (count - k));
  memcpy(rest[1], right_kind == CK_FULL ? right + k : right, sizeof(float) * (count - k));
  vstore(rest[0], vclamp(binary_vector(operation, vload(rest[0]), vload(rest[1])), lower, upper));
  memcpy(out + k, rest[0], sizeof(float) * (count - k));
}

static void CK_NAME(binary)(
    ck_binary operation, ck_operand left_kind, const float *left, ck_operand right_kind, const float *right,
    float lower, float upper, float *out, size_t count) {
  const vf low = vset(lower), high = vset(upper);
#define CK_CASE(OPERATION) \
  case OPERATION: binary_run(OPERATION, left_kind, left, right_kind, right, low, high, out, count); break;
  switch (operation) {
    CK_CASE(CK_ADD)
    CK_CASE(CK_SUBTRACT)
    CK_CASE(CK_MULTIPLY)
    CK_CASE(CK_DIVIDE)
    CK_CASE(CK_MAXIMUM)
    CK_CASE(CK_MINIMUM)
  }
#undef CK_CASE
}

static void CK_NAME(softmax)(const float *in, float *out, int32_t count) {
  float most = -__builtin_inff(), sum = 0;
  for (int32_t k = 0; k < count; k++) most = in[k] > most ? in[k] : most;
  vf total = vset(0);
  int32_t k = 0;
  for (; k + CK_WIDTH <= count; k += CK_WIDTH) {
    vf e = vexp(vload(in + k) - vset(most));
    total += e;
    vstore(out + k, e);
  }
  if (k < count) {
    float rest[CK_WIDTH];
    for (int i = 0; i < CK_WIDTH; i++) rest[i] = k + i < count ? in[k + i] : -__builtin_inff();
    vf e = vexp(vload(rest) - vset(most));
    vstore(rest, e);
    for (int i = 0; k + i < count; i++) {
      out[k + i] = rest[i];
      sum += rest[i];
    }
  }
  sum += vsum(total);
  for (int32_t i = 0; i < count; i++) out[i] /= sum;
}
