const ck_f32_conv_kernels *CK_NAME(ck_f32_conv)(void) {
  static const ck_f32_conv_kernels table = {
      .conv_rows = CK_NAME(conv_rows),
      .winograd_input = {CK_NAME(winograd_input_2), CK_NAME(winograd_input_4), CK_NAME(winograd_input_6)},
      .winograd_multiply = CK_NAME(winograd_multiply),
      .winograd_output = {CK_NAME(winograd_output_2), CK_NAME(winograd_output_4), CK_NAME(winograd_output_6)},
      .winograd_plain = CK_NAME(winograd_plain),
      .winograd_strided = CK_NAME(winograd_strided),
      .depthwise_rows = CK_NAME(depthwise_rows),
      .pack =
          {.columns = CK_NAME(pack_columns),
           .rows = CK_NAME(pack_rows),
           .winograd = {CK_NAME(pack_winograd_2), CK_NAME(pack_winograd_4), CK_NAME(pack_winograd_6)},
           .winograd_3 = CK_NAME(pack_winograd_3)},
  };
  return &table;
}
