const ck_u8_kernels *CK_NAME(ck_u8)(void) {
  static const ck_u8_kernels table = {
      .conv_rows = CK_NAME(u8s8_conv_rows),
      .depthwise_rows = CK_NAME(u8s8_depthwise_rows),
      .quantize = CK_NAME(u8_quantize),
      .quantize_plain = CK_NAME(u8_quantize_plain),
      .dequantize = CK_NAME(u8_dequantize),
      .dequantize_plain = CK_NAME(u8_dequantize_plain),
      .binary = CK_NAME(u8_binary),
      .lookup = CK_NAME(u8_lookup),
      .pool_rows = CK_NAME(u8_pool_rows),
      .reduce_pixels = CK_NAME(u8_reduce_pixels),
      .reduce_channels = CK_NAME(u8_reduce_channels),
      .copy_channels = CK_NAME(u8_copy_channels),
      .reshape = CK_NAME(u8_reshape),
  };
  return &table;
}
