// Written by tools/make_signatures.py from onnx 1.23.2; do not edit. The grammar stands there.
// swift-format-ignore-file

extension OperatorSignatures {
  static let newestVersions: [String: Int] = [
    "": 28,
    "ai.onnx.ml": 5,
    "ai.onnx.preview": 1,
    "ai.onnx.preview.training": 1,
  ]

  static let typeSets: StaticString = #"""
    tensor(double) tensor(float) tensor(float16)
    tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16)
    tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64) tensor(uint32) tensor(uint64)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64) tensor(uint32) tensor(uint64)
    tensor(int64)
    tensor(bool)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(int32) tensor(int64)
    tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float6e2m3) tensor(float6e3m2) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(float) tensor(float16)
    tensor(float)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8))
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(int8) tensor(uint8)
    tensor(int32)
    tensor(double) tensor(float) tensor(int32) tensor(int64) tensor(uint32) tensor(uint64)
    tensor(int32) tensor(int8) tensor(uint8)
    tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int32) tensor(int8) tensor(uint8)
    tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int8) tensor(uint16) tensor(uint4) tensor(uint8)
    tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int8) tensor(uint16) tensor(uint4) tensor(uint8)
    tensor(bfloat16) tensor(float) tensor(float16) tensor(float8e8m0)
    tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint4) tensor(uint8)
    tensor(float4e2m1) tensor(float6e2m3) tensor(float6e3m2) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint4) tensor(uint8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz)
    tensor(uint8)
    tensor(bool) tensor(int32) tensor(int64)
    seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float4e2m1)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float4e2m1)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float4e2m1)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(float8e8m0)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float4e2m1)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(float8e8m0)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float4e2m1)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(float8e8m0)) optional(tensor(int16)) optional(tensor(int2)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint2)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float4e2m1)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(float8e8m0)) seq(tensor(int16)) seq(tensor(int2)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint2)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(double) tensor(float)
    tensor(bfloat16) tensor(float)
    tensor(double) tensor(float) tensor(float16) tensor(int8) tensor(uint8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int8) tensor(uint8)
    tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8)
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8))
    seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float4e2m1)) seq(tensor(float6e2m3)) seq(tensor(float6e3m2)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(float8e8m0)) seq(tensor(int16)) seq(tensor(int2)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint2)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float6e2m3) tensor(float6e3m2) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(float4e2m1))) optional(seq(tensor(float6e2m3))) optional(seq(tensor(float6e3m2))) optional(seq(tensor(float8e4m3fn))) optional(seq(tensor(float8e4m3fnuz))) optional(seq(tensor(float8e5m2))) optional(seq(tensor(float8e5m2fnuz))) optional(seq(tensor(float8e8m0))) optional(seq(tensor(int16))) optional(seq(tensor(int2))) optional(seq(tensor(int32))) optional(seq(tensor(int4))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint2))) optional(seq(tensor(uint32))) optional(seq(tensor(uint4))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float4e2m1)) optional(tensor(float6e2m3)) optional(tensor(float6e3m2)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(float8e8m0)) optional(tensor(int16)) optional(tensor(int2)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint2)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8))
    optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(int16))) optional(seq(tensor(int32))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint32))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(int16)) optional(tensor(int32)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint32)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint32) tensor(uint64) tensor(uint8)
    optional(seq(tensor(bfloat16))) optional(seq(tensor(bool))) optional(seq(tensor(complex128))) optional(seq(tensor(complex64))) optional(seq(tensor(double))) optional(seq(tensor(float))) optional(seq(tensor(float16))) optional(seq(tensor(float4e2m1))) optional(seq(tensor(float6e2m3))) optional(seq(tensor(float6e3m2))) optional(seq(tensor(float8e4m3fn))) optional(seq(tensor(float8e4m3fnuz))) optional(seq(tensor(float8e5m2))) optional(seq(tensor(float8e5m2fnuz))) optional(seq(tensor(float8e8m0))) optional(seq(tensor(int16))) optional(seq(tensor(int2))) optional(seq(tensor(int32))) optional(seq(tensor(int4))) optional(seq(tensor(int64))) optional(seq(tensor(int8))) optional(seq(tensor(string))) optional(seq(tensor(uint16))) optional(seq(tensor(uint2))) optional(seq(tensor(uint32))) optional(seq(tensor(uint4))) optional(seq(tensor(uint64))) optional(seq(tensor(uint8))) optional(tensor(bfloat16)) optional(tensor(bool)) optional(tensor(complex128)) optional(tensor(complex64)) optional(tensor(double)) optional(tensor(float)) optional(tensor(float16)) optional(tensor(float4e2m1)) optional(tensor(float6e2m3)) optional(tensor(float6e3m2)) optional(tensor(float8e4m3fn)) optional(tensor(float8e4m3fnuz)) optional(tensor(float8e5m2)) optional(tensor(float8e5m2fnuz)) optional(tensor(float8e8m0)) optional(tensor(int16)) optional(tensor(int2)) optional(tensor(int32)) optional(tensor(int4)) optional(tensor(int64)) optional(tensor(int8)) optional(tensor(string)) optional(tensor(uint16)) optional(tensor(uint2)) optional(tensor(uint32)) optional(tensor(uint4)) optional(tensor(uint64)) optional(tensor(uint8)) seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(float4e2m1)) seq(tensor(float6e2m3)) seq(tensor(float6e3m2)) seq(tensor(float8e4m3fn)) seq(tensor(float8e4m3fnuz)) seq(tensor(float8e5m2)) seq(tensor(float8e5m2fnuz)) seq(tensor(float8e8m0)) seq(tensor(int16)) seq(tensor(int2)) seq(tensor(int32)) seq(tensor(int4)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint2)) seq(tensor(uint32)) seq(tensor(uint4)) seq(tensor(uint64)) seq(tensor(uint8)) tensor(bfloat16) tensor(bool) tensor(complex128) tensor(complex64) tensor(double) tensor(float) tensor(float16) tensor(float4e2m1) tensor(float6e2m3) tensor(float6e3m2) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(float8e8m0) tensor(int16) tensor(int2) tensor(int32) tensor(int4) tensor(int64) tensor(int8) tensor(string) tensor(uint16) tensor(uint2) tensor(uint32) tensor(uint4) tensor(uint64) tensor(uint8)
    tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64)
    tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int8) tensor(uint8)
    tensor(float) tensor(int32)
    tensor(bfloat16) tensor(float) tensor(float16) tensor(int32)
    tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int4) tensor(int8) tensor(uint16) tensor(uint4) tensor(uint8)
    tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int4) tensor(int8) tensor(uint16) tensor(uint4) tensor(uint8)
    tensor(bfloat16) tensor(float) tensor(float16) tensor(float8e8m0) tensor(int32)
    tensor(float4e2m1) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int2) tensor(int4) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint4) tensor(uint8)
    tensor(float4e2m1) tensor(float6e2m3) tensor(float6e3m2) tensor(float8e4m3fn) tensor(float8e4m3fnuz) tensor(float8e5m2) tensor(float8e5m2fnuz) tensor(int16) tensor(int2) tensor(int4) tensor(int8) tensor(uint16) tensor(uint2) tensor(uint4) tensor(uint8)
    tensor(double) tensor(float) tensor(int16) tensor(int32) tensor(int64)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int16) tensor(int32) tensor(int64)
    tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64) tensor(int8) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64) tensor(int8) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(bfloat16) tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64) tensor(int8) tensor(uint32) tensor(uint64) tensor(uint8)
    tensor(string)
    seq(tensor(bfloat16)) seq(tensor(bool)) seq(tensor(complex128)) seq(tensor(complex64)) seq(tensor(double)) seq(tensor(float)) seq(tensor(float16)) seq(tensor(int16)) seq(tensor(int32)) seq(tensor(int64)) seq(tensor(int8)) seq(tensor(string)) seq(tensor(uint16)) seq(tensor(uint32)) seq(tensor(uint64)) seq(tensor(uint8))
    tensor(int32) tensor(int64) tensor(string)
    tensor(bool) tensor(double) tensor(float) tensor(float16) tensor(int32) tensor(int64)
    tensor(double) tensor(float) tensor(int32) tensor(int64) tensor(string)
    tensor(double) tensor(float) tensor(int32) tensor(int64)
    map(int64,float) map(int64,string)
    tensor(float) tensor(int64) tensor(string)
    tensor(int64) tensor(string)
    map(int64,double) map(int64,float) map(int64,string) map(string,double) map(string,float) map(string,int64)
    tensor(double) tensor(float) tensor(int64) tensor(string)
    tensor(double) tensor(float) tensor(int16) tensor(int32) tensor(int64) tensor(string)
    seq(map(int64,float)) seq(map(string,float))
    """#

  static let lines: StaticString = #"""
    Abs||1||X:T|Y:T|consumed_inputs:is|T=&0
    Abs||6||X:T|Y:T||T=&1
    Abs||13||X:T|Y:T||T=&2
    Acos||7||input:T|output:T||T=&0
    Acos||22||input:T|output:T||T=&3
    Acosh||9||input:T|output:T||T=&0
    Acosh||22||input:T|output:T||T=&3
    Add||1||A:T B:T|C:T|axis:i broadcast:i=0 consumed_inputs:is|T=&0
    Add||6||A:T B:T|C:T|axis:i broadcast:i=0|T=&4
    Add||7||A:T B:T|C:T||T=&4
    Add||13||A:T B:T|C:T||T=&5
    Add||14||A:T B:T|C:T||T=&2
    AffineGrid||20||theta:T1 size:T2|grid:T1|align_corners:i=0|T1=&3 T2=&6
    And||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&7 T1=&7
    And||7||A:T B:T|C:T1||T=&7 T1=&7
    ArgMax||1||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1|T=&1
    ArgMax||11||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1|T=&1
    ArgMax||12||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1 select_last_index:i=0|T=&1
    ArgMax||13||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1 select_last_index:i=0|T=&2
    ArgMin||1||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1|T=&1
    ArgMin||11||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1|T=&1
    ArgMin||12||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1 select_last_index:i=0|T=&1
    ArgMin||13||data:T|reduced:tensor(int64)|axis:i=0 keepdims:i=1 select_last_index:i=0|T=&2
    Asin||7||input:T|output:T||T=&0
    Asin||22||input:T|output:T||T=&3
    Asinh||9||input:T|output:T||T=&0
    Asinh||22||input:T|output:T||T=&3
    Atan||7||input:T|output:T||T=&0
    Atan||22||input:T|output:T||T=&3
    Atanh||9||input:T|output:T||T=&0
    Atanh||22||input:T|output:T||T=&3
    Attention||23||Q:T1 K:T1 V:T2 attn_mask:U? past_key:T1? past_value:T2?|Y:T1 present_key:T1? present_value:T2? qk_matmul_output:T1?|is_causal:i=0 kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i=0 scale:f softcap:f=0.0 softmax_precision:i|T1=&3 T2=&3 U=&8
    Attention||24||Q:T1 K:T1 V:T2 attn_mask:U? past_key:T1? past_value:T2? nonpad_kv_seqlen:tensor(int64)?|Y:T1 present_key:T1? present_value:T2? qk_matmul_output:T1?|is_causal:i=0 kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i=0 scale:f softcap:f=0.0 softmax_precision:i|T1=&3 T2=&3 U=&8
    Attention||25||Q:T1 K:T1 V:T2 attn_mask:U? past_key:T1? past_value:T2? nonpad_kv_seqlen:tensor(int64)?|Y:T1 present_key:T1? present_value:T2? qk_matmul_output:T1?|is_causal:i=0 kv_num_heads:i left_window_size:i=-1 q_num_heads:i qk_matmul_output_mode:i=0 right_window_size:i=-1 scale:f softcap:f=0.0 softmax_precision:i|T1=&3 T2=&3 U=&8
    AveragePool||1||X:T|Y:T|auto_pad:s=NOTSET kernel_shape:is! pads:is strides:is|T=&0
    AveragePool||7||X:T|Y:T|auto_pad:s=NOTSET count_include_pad:i=0 kernel_shape:is! pads:is strides:is|T=&0
    AveragePool||10||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 kernel_shape:is! pads:is strides:is|T=&0
    AveragePool||11||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 kernel_shape:is! pads:is strides:is|T=&0
    AveragePool||19||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 dilations:is kernel_shape:is! pads:is strides:is|T=&0
    AveragePool||22||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 dilations:is kernel_shape:is! pads:is strides:is|T=&3
    BatchNormalization||1||X:T scale:T B:T mean:T var:T|Y:T mean:T? var:T? saved_mean:T? saved_var:T?|consumed_inputs:is! epsilon:f=9.999999747378752e-06 is_test:i=0 momentum:f=0.8999999761581421 spatial:i=1|T=&0
    BatchNormalization||6||X:T scale:T B:T mean:T var:T|Y:T mean:T? var:T? saved_mean:T? saved_var:T?|epsilon:f=9.999999747378752e-06 is_test:i=0 momentum:f=0.8999999761581421 spatial:i=1|T=&0
    BatchNormalization||7||X:T scale:T B:T mean:T var:T|Y:T mean:T? var:T? saved_mean:T? saved_var:T?|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 spatial:i=1|T=&0
    BatchNormalization||9||X:T scale:T B:T mean:T var:T|Y:T mean:T? var:T? saved_mean:T? saved_var:T?|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421|T=&0
    BatchNormalization||14||X:T scale:T B:T input_mean:U input_var:U|Y:T running_mean:U? running_var:U?|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 training_mode:i=0|T=&3 U=&3
    BatchNormalization||15||X:T scale:T1 B:T1 input_mean:T2 input_var:T2|Y:T running_mean:T2? running_var:T2?|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 training_mode:i=0|T=&3 T1=&3 T2=&3
    Bernoulli||15||input:T1|output:T2|dtype:i seed:f|T1=&0 T2=&8
    Bernoulli||22||input:T1|output:T2|dtype:i seed:f|T1=&3 T2=&8
    BitCast||26||input:T1|output:T2|to:i!|T1=&9 T2=&9
    BitShift||11||X:T Y:T|Z:T|direction:s!|T=&10
    BitShift||28||X:T Y:T|Z:T|direction:s!|T=&11
    BitwiseAnd||18||A:T B:T|C:T||T=&11
    BitwiseNot||18||X:T|Y:T||T=&11
    BitwiseOr||18||A:T B:T|C:T||T=&11
    BitwiseXor||18||A:T B:T|C:T||T=&11
    BlackmanWindow||17||size:T1|output:T2|output_datatype:i=1 periodic:i=1|T1=&12 T2=&2
    Cast||1||input:T1|output:T2|to:s!|T1=&13 T2=&13
    Cast||6||input:T1|output:T2|to:i!|T1=&13 T2=&13
    Cast||9||input:T1|output:T2|to:i!|T1=&14 T2=&14
    Cast||13||input:T1|output:T2|to:i!|T1=&15 T2=&15
    Cast||19||input:T1|output:T2|saturate:i=1 to:i!|T1=&16 T2=&16
    Cast||21||input:T1|output:T2|saturate:i=1 to:i!|T1=&17 T2=&17
    Cast||23||input:T1|output:T2|saturate:i=1 to:i!|T1=&18 T2=&18
    Cast||24||input:T1|output:T2|round_mode:s=up saturate:i=1 to:i!|T1=&19 T2=&19
    Cast||25||input:T1|output:T2|round_mode:s=up saturate:i=1 to:i!|T1=&20 T2=&20
    Cast||28||input:T1|output:T2|round_mode:s=up saturate:i=1 to:i!|T1=&21 T2=&21
    CastLike||15||input:T1 target_type:T2|output:T2||T1=&15 T2=&15
    CastLike||19||input:T1 target_type:T2|output:T2|saturate:i=1|T1=&16 T2=&16
    CastLike||21||input:T1 target_type:T2|output:T2|saturate:i=1|T1=&17 T2=&17
    CastLike||23||input:T1 target_type:T2|output:T2|saturate:i=1|T1=&18 T2=&18
    CastLike||24||input:T1 target_type:T2|output:T2|round_mode:s=up saturate:i=1|T1=&19 T2=&19
    CastLike||25||input:T1 target_type:T2|output:T2|round_mode:s=up saturate:i=1|T1=&20 T2=&20
    CausalConvWithState||27||input:T weight:T bias:T? past_state:T?|output:T present_state:T|activation:s=none|T=&22
    Ceil||1||X:T|Y:T|consumed_inputs:is|T=&0
    Ceil||6||X:T|Y:T||T=&0
    Ceil||13||X:T|Y:T||T=&3
    Celu||12||X:T|Y:T|alpha:f=1.0|T=&23
    Celu||28||X:T|Y:T|alpha:f=1.0|T=&3
    CenterCropPad||18||input_data:T shape:Tind|output_data:T|axes:is|T=&24 Tind=&12
    Clip||1||input:T|output:T|consumed_inputs:is max:f min:f|T=&0
    Clip||6||input:T|output:T|max:f=3.4028234663852886e+38 min:f=-3.4028234663852886e+38|T=&0
    Clip||11||input:T min:T? max:T?|output:T||T=&0
    Clip||12||input:T min:T? max:T?|output:T||T=&1
    Clip||13||input:T min:T? max:T?|output:T||T=&2
    Col2Im||18||input:T image_shape:tensor(int64) block_shape:tensor(int64)|output:T|dilations:is pads:is strides:is|T=&24
    Compress||9||input:T condition:T1|output:T|axis:i|T=&25 T1=&7
    Compress||11||input:T condition:T1|output:T|axis:i|T=&25 T1=&7
    Compress||28||input:T condition:T1|output:T|axis:i|T=&24 T1=&7
    Concat||1||inputs:T*1|concat_result:T|axis:i|T=&0
    Concat||4||inputs:T*1|concat_result:T|axis:i!|T=&25
    Concat||11||inputs:T*1|concat_result:T|axis:i!|T=&25
    Concat||13||inputs:T*1|concat_result:T|axis:i!|T=&24
    ConcatFromSequence||11||input_sequence:S|concat_result:T|axis:i! new_axis:i=0|S=&26 T=&25
    Constant||1|||output:T|value:t!|T=&0
    Constant||9|||output:T|value:t!|T=&25
    Constant||11|||output:T|sparse_value:p value:t|T=&25
    Constant||12|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&25
    Constant||13|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&24
    Constant||19|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&27
    Constant||21|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&28
    Constant||23|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&29
    Constant||24|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&30
    Constant||25|||output:T|sparse_value:p value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss|T=&31
    ConstantOfShape||9||input:T1|output:T2|value:t|T1=&6 T2=&13
    ConstantOfShape||20||input:T1|output:T2|value:t|T1=&6 T2=&32
    ConstantOfShape||21||input:T1|output:T2|value:t|T1=&6 T2=&33
    ConstantOfShape||23||input:T1|output:T2|value:t|T1=&6 T2=&34
    ConstantOfShape||24||input:T1|output:T2|value:t|T1=&6 T2=&35
    ConstantOfShape||25||input:T1|output:T2|value:t|T1=&6 T2=&36
    Conv||1||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is pads:is strides:is|T=&0
    Conv||11||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is pads:is strides:is|T=&0
    Conv||22||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is pads:is strides:is|T=&3
    ConvInteger||10||x:T1 w:T2 x_zero_point:T1? w_zero_point:T2?|y:T3|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is pads:is strides:is|T1=&37 T2=&37 T3=&38
    ConvTranspose||1||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is output_padding:is output_shape:is pads:is strides:is|T=&0
    ConvTranspose||11||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is output_padding:is output_shape:is pads:is strides:is|T=&0
    ConvTranspose||22||X:T W:T B:T?|Y:T|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is output_padding:is output_shape:is pads:is strides:is|T=&3
    Cos||7||input:T|output:T||T=&0
    Cos||22||input:T|output:T||T=&3
    Cosh||9||input:T|output:T||T=&0
    Cosh||22||input:T|output:T||T=&3
    CumProd||26||x:T axis:T2|y:T|exclusive:i=0 reverse:i=0|T=&5 T2=&12
    CumSum||11||x:T axis:T2|y:T|exclusive:i=0 reverse:i=0|T=&39 T2=&12
    CumSum||14||x:T axis:T2|y:T|exclusive:i=0 reverse:i=0|T=&5 T2=&12
    DFT||17||input:T1 dft_length:T2?|output:T1|axis:i=1 inverse:i=0 onesided:i=0|T1=&3 T2=&12
    DFT||20||input:T1 dft_length:T2? axis:tensor(int64)?|output:T1|inverse:i=0 onesided:i=0|T1=&3 T2=&12
    DeformConv||19||X:T W:T offset:T B:T? mask:T?|Y:T|dilations:is group:i=1 kernel_shape:is offset_group:i=1 pads:is strides:is|T=&0
    DeformConv||22||X:T W:T offset:T B:T? mask:T?|Y:T|dilations:is group:i=1 kernel_shape:is offset_group:i=1 pads:is strides:is|T=&3
    DepthToSpace||1||input:T|output:T|blocksize:i!|T=&25
    DepthToSpace||11||input:T|output:T|blocksize:i! mode:s=DCR|T=&25
    DepthToSpace||13||input:T|output:T|blocksize:i! mode:s=DCR|T=&24
    DepthToSpace||28||input:T|output:T|blocksize:i! mode:s=DCR|T=&24
    DequantizeLinear||10||x:T x_scale:tensor(float) x_zero_point:T?|y:tensor(float)||T=&40
    DequantizeLinear||13||x:T x_scale:tensor(float) x_zero_point:T?|y:tensor(float)|axis:i=1|T=&40
    DequantizeLinear||19||x:T1 x_scale:T2 x_zero_point:T1?|y:T2|axis:i=1|T1=&41 T2=&22
    DequantizeLinear||21||x:T1 x_scale:T2 x_zero_point:T1?|y:T2|axis:i=1 block_size:i=0|T1=&42 T2=&22
    DequantizeLinear||23||x:T1 x_scale:T2 x_zero_point:T1?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0|T1=&43 T2=&22 T3=&22
    DequantizeLinear||24||x:T1 x_scale:T2 x_zero_point:T1?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0|T1=&43 T2=&44 T3=&22
    DequantizeLinear||25||x:T1 x_scale:T2 x_zero_point:T1?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0|T1=&45 T2=&44 T3=&22
    DequantizeLinear||28||x:T1 x_scale:T2 x_zero_point:T1?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0|T1=&46 T2=&44 T3=&22
    Det||11||X:T|Y:T||T=&0
    Det||22||X:T|Y:T||T=&3
    Div||1||A:T B:T|C:T|axis:i broadcast:i=0 consumed_inputs:is|T=&0
    Div||6||A:T B:T|C:T|axis:i broadcast:i=0|T=&4
    Div||7||A:T B:T|C:T||T=&4
    Div||13||A:T B:T|C:T||T=&5
    Div||14||A:T B:T|C:T||T=&2
    Dropout||1||data:T|output:T mask:T?|consumed_inputs:is is_test:i=0 ratio:f=0.5|T=&0
    Dropout||6||data:T|output:T mask:T?|is_test:i=0 ratio:f=0.5|T=&0
    Dropout||7||data:T|output:T mask:T?|ratio:f=0.5|T=&0
    Dropout||10||data:T|output:T mask:T1?|ratio:f=0.5|T=&0 T1=&7
    Dropout||12||data:T ratio:T1? training_mode:T2?|output:T mask:T2?|seed:i|T=&0 T1=&0 T2=&7
    Dropout||13||data:T ratio:T1? training_mode:T2?|output:T mask:T2?|seed:i|T=&3 T1=&0 T2=&7
    Dropout||22||data:T ratio:T1? training_mode:T2?|output:T mask:T2?|seed:i|T=&47 T1=&47 T2=&7
    DynamicQuantizeLinear||11||x:T1|y:T2 y_scale:tensor(float) y_zero_point:T2||T1=&23 T2=&48
    Einsum||12||Inputs:T*1|Output:T|equation:s!|T=&1
    Einsum||28||Inputs:T*1|Output:T|equation:s!|T=&2
    Elu||1||X:T|Y:T|alpha:f=1.0 consumed_inputs:is|T=&0
    Elu||6||X:T|Y:T|alpha:f=1.0|T=&0
    Elu||22||X:T|Y:T|alpha:f=1.0|T=&3
    Equal||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&49 T1=&7
    Equal||7||A:T B:T|C:T1||T=&49 T1=&7
    Equal||11||A:T B:T|C:T1||T=&13 T1=&7
    Equal||13||A:T B:T|C:T1||T=&8 T1=&7
    Equal||19||A:T B:T|C:T1||T=&15 T1=&7
    Erf||9||input:T|output:T||T=&1
    Erf||13||input:T|output:T||T=&3
    Exp||1||input:T|output:T|consumed_inputs:is|T=&0
    Exp||6||input:T|output:T||T=&0
    Exp||13||input:T|output:T||T=&3
    Expand||8||input:T shape:tensor(int64)|output:T||T=&25
    Expand||13||input:T shape:tensor(int64)|output:T||T=&24
    EyeLike||9||input:T1|output:T2|dtype:i k:i=0|T1=&13 T2=&13
    EyeLike||22||input:T1|output:T2|dtype:i k:i=0|T1=&8 T2=&8
    Flatten||1||input:T|output:T|axis:i=1|T=&0
    Flatten||9||input:T|output:T|axis:i=1|T=&25
    Flatten||11||input:T|output:T|axis:i=1|T=&25
    Flatten||13||input:T|output:T|axis:i=1|T=&24
    Flatten||21||input:T|output:T|axis:i=1|T=&28
    Flatten||23||input:T|output:T|axis:i=1|T=&29
    Flatten||24||input:T|output:T|axis:i=1|T=&30
    Flatten||25||input:T|output:T|axis:i=1|T=&31
    Floor||1||X:T|Y:T|consumed_inputs:is|T=&0
    Floor||6||X:T|Y:T||T=&0
    Floor||13||X:T|Y:T||T=&3
    GRU||1||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=foward hidden_size:i output_sequence:i=0|T=&0 T1=&38
    GRU||3||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i linear_before_reset:i=0 output_sequence:i=0|T=&0 T1=&38
    GRU||7||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i linear_before_reset:i=0|T=&0 T1=&38
    GRU||14||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i layout:i=0 linear_before_reset:i=0|T=&0 T1=&38
    GRU||22||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i layout:i=0 linear_before_reset:i=0|T=&3 T1=&38
    Gather||1||data:T indices:Tind|output:T|axis:i=0|T=&25 Tind=&12
    Gather||11||data:T indices:Tind|output:T|axis:i=0|T=&25 Tind=&12
    Gather||13||data:T indices:Tind|output:T|axis:i=0|T=&24 Tind=&12
    GatherElements||11||data:T indices:Tind|output:T|axis:i=0|T=&25 Tind=&12
    GatherElements||13||data:T indices:Tind|output:T|axis:i=0|T=&24 Tind=&12
    GatherND||11||data:T indices:tensor(int64)|output:T||T=&25
    GatherND||12||data:T indices:tensor(int64)|output:T|batch_dims:i=0|T=&25
    GatherND||13||data:T indices:tensor(int64)|output:T|batch_dims:i=0|T=&24
    Gelu||20||X:T|Y:T|approximate:s=none|T=&3
    Gemm||1||A:T B:T C:T|Y:T|alpha:f=1.0 beta:f=1.0 broadcast:i=0 transA:i=0 transB:i=0|T=&0
    Gemm||6||A:T B:T C:T|Y:T|alpha:f=1.0 beta:f=1.0 broadcast:i=0 transA:i=0 transB:i=0|T=&0
    Gemm||7||A:T B:T C:T|Y:T|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0|T=&0
    Gemm||9||A:T B:T C:T|Y:T|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0|T=&4
    Gemm||11||A:T B:T C:T?|Y:T|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0|T=&4
    Gemm||13||A:T B:T C:T?|Y:T|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0|T=&5
    GlobalAveragePool||1||X:T|Y:T||T=&0
    GlobalAveragePool||22||X:T|Y:T||T=&3
    GlobalLpPool||1||X:T|Y:T|p:f=2.0|T=&0
    GlobalLpPool||2||X:T|Y:T|p:i=2|T=&0
    GlobalLpPool||22||X:T|Y:T|p:i=2|T=&3
    GlobalMaxPool||1||X:T|Y:T||T=&0
    GlobalMaxPool||22||X:T|Y:T||T=&3
    Greater||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&0 T1=&7
    Greater||7||A:T B:T|C:T1||T=&0 T1=&7
    Greater||9||A:T B:T|C:T1||T=&1 T1=&7
    Greater||13||A:T B:T|C:T1||T=&2 T1=&7
    GreaterOrEqual||12||A:T B:T|C:T1||T=&1 T1=&7
    GreaterOrEqual||16||A:T B:T|C:T1||T=&2 T1=&7
    GridSample||16||X:T1 grid:T2|Y:T1|align_corners:i=0 mode:s=bilinear padding_mode:s=zeros|T1=&25 T2=&0
    GridSample||20||X:T1 grid:T2|Y:T1|align_corners:i=0 mode:s=linear padding_mode:s=zeros|T1=&25 T2=&0
    GridSample||22||X:T1 grid:T2|Y:T1|align_corners:i=0 mode:s=linear padding_mode:s=zeros|T1=&24 T2=&3
    GroupNormalization||18|d|X:T scale:T bias:T|Y:T|epsilon:f=9.999999747378752e-06 num_groups:i!|T=&3
    GroupNormalization||21||X:T scale:T bias:T|Y:T|epsilon:f=9.999999747378752e-06 num_groups:i! stash_type:i=1|T=&3
    HammingWindow||17||size:T1|output:T2|output_datatype:i=1 periodic:i=1|T1=&12 T2=&2
    HannWindow||17||size:T1|output:T2|output_datatype:i=1 periodic:i=1|T1=&12 T2=&2
    HardSigmoid||1||X:T|Y:T|alpha:f=0.20000000298023224 beta:f=0.5 consumed_inputs:is|T=&0
    HardSigmoid||6||X:T|Y:T|alpha:f=0.20000000298023224 beta:f=0.5|T=&0
    HardSigmoid||22||X:T|Y:T|alpha:f=0.20000000298023224 beta:f=0.5|T=&3
    HardSwish||14||X:T|Y:T||T=&0
    HardSwish||22||X:T|Y:T||T=&3
    Hardmax||1||input:T|output:T|axis:i=1|T=&0
    Hardmax||11||input:T|output:T|axis:i=1|T=&0
    Hardmax||13||input:T|output:T|axis:i=-1|T=&3
    Identity||1||input:T|output:T||T=&25
    Identity||13||input:T|output:T||T=&24
    Identity||14||input:V|output:V||V=&50
    Identity||16||input:V|output:V||V=&51
    Identity||19||input:V|output:V||V=&52
    Identity||21||input:V|output:V||V=&53
    Identity||23||input:V|output:V||V=&54
    Identity||24||input:V|output:V||V=&55
    Identity||25||input:V|output:V||V=&56
    If||1||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&25 B=&7
    If||11||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&25 B=&7
    If||13||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&57 B=&7
    If||16||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&58 B=&7
    If||19||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&59 B=&7
    If||21||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&60 B=&7
    If||23||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&61 B=&7
    If||24||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&62 B=&7
    If||25||cond:B|outputs:V~1|else_branch:g! then_branch:g!|V=&63 B=&7
    ImageDecoder||20||encoded_stream:T1|image:T2|pixel_format:s=RGB|T1=&48 T2=&48
    InstanceNormalization||1||input:T scale:T B:T|output:T|consumed_inputs:is epsilon:f=9.999999747378752e-06|T=&0
    InstanceNormalization||6||input:T scale:T B:T|output:T|epsilon:f=9.999999747378752e-06|T=&0
    InstanceNormalization||22||input:T scale:T B:T|output:T|epsilon:f=9.999999747378752e-06|T=&3
    IsInf||10||X:T1|Y:T2|detect_negative:i=1 detect_positive:i=1|T1=&64 T2=&7
    IsInf||20||X:T1|Y:T2|detect_negative:i=1 detect_positive:i=1|T1=&47 T2=&7
    IsNaN||9||X:T1|Y:T2||T1=&0 T2=&7
    IsNaN||13||X:T1|Y:T2||T1=&3 T2=&7
    IsNaN||20||X:T1|Y:T2||T1=&47 T2=&7
    LRN||1||X:T|Y:T|alpha:f=9.999999747378752e-05 beta:f=0.75 bias:f=1.0 size:i!|T=&0
    LRN||13||X:T|Y:T|alpha:f=9.999999747378752e-05 beta:f=0.75 bias:f=1.0 size:i!|T=&3
    LSTM||1||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T?|Y:T? Y_h:T? Y_c:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i input_forget:i=0 output_sequence:i=0|T=&0 T1=&38
    LSTM||7||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T?|Y:T? Y_h:T? Y_c:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i input_forget:i=0|T=&0 T1=&38
    LSTM||14||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T?|Y:T? Y_h:T? Y_c:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i input_forget:i=0 layout:i=0|T=&0 T1=&38
    LSTM||22||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T? initial_c:T? P:T?|Y:T? Y_h:T? Y_c:T?|activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s=forward hidden_size:i input_forget:i=0 layout:i=0|T=&3 T1=&38
    LayerNormalization||17||X:T Scale:T B:T?|Y:T Mean:U? InvStdDev:U?|axis:i=-1 epsilon:f=9.999999747378752e-06 stash_type:i=1|T=&3 U=&65
    LeakyRelu||1||X:T|Y:T|alpha:f=0.009999999776482582 consumed_inputs:is|T=&0
    LeakyRelu||6||X:T|Y:T|alpha:f=0.009999999776482582|T=&0
    LeakyRelu||16||X:T|Y:T|alpha:f=0.009999999776482582|T=&3
    Less||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&0 T1=&7
    Less||7||A:T B:T|C:T1||T=&0 T1=&7
    Less||9||A:T B:T|C:T1||T=&1 T1=&7
    Less||13||A:T B:T|C:T1||T=&2 T1=&7
    LessOrEqual||12||A:T B:T|C:T1||T=&1 T1=&7
    LessOrEqual||16||A:T B:T|C:T1||T=&2 T1=&7
    LinearAttention||27||query:T key:T value:T past_state:S? decay:T? beta:T?|output:T present_state:S|chunk_size:i=64 kv_num_heads:i! q_num_heads:i! scale:f=0.0 update_rule:s=gated_delta|T=&22 S=&22
    Log||1||input:T|output:T|consumed_inputs:is|T=&0
    Log||6||input:T|output:T||T=&0
    Log||13||input:T|output:T||T=&3
    LogSoftmax||1||input:T|output:T|axis:i=1|T=&0
    LogSoftmax||11||input:T|output:T|axis:i=1|T=&0
    LogSoftmax||13||input:T|output:T|axis:i=-1|T=&3
    Loop||1||M:I? cond:B? v_initial:V~1|v_final_and_scan_outputs:V~1|body:g!|V=&25 I=&6 B=&7
    Loop||11||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&25 I=&6 B=&7
    Loop||13||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&57 I=&6 B=&7
    Loop||16||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&58 I=&6 B=&7
    Loop||19||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&59 I=&6 B=&7
    Loop||21||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&60 I=&6 B=&7
    Loop||23||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&61 I=&6 B=&7
    Loop||24||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&62 I=&6 B=&7
    Loop||25||M:I? cond:B? v_initial:V~0|v_final_and_scan_outputs:V~1|body:g!|V=&63 I=&6 B=&7
    LpNormalization||1||input:T|output:T|axis:i=-1 p:i=2|T=&0
    LpNormalization||22||input:T|output:T|axis:i=-1 p:i=2|T=&3
    LpPool||1||X:T|Y:T|auto_pad:s=NOTSET kernel_shape:is p:f=2.0 pads:is strides:is|T=&0
    LpPool||2||X:T|Y:T|auto_pad:s=NOTSET kernel_shape:is! p:i=2 pads:is strides:is|T=&0
    LpPool||11||X:T|Y:T|auto_pad:s=NOTSET kernel_shape:is! p:i=2 pads:is strides:is|T=&0
    LpPool||18||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! p:i=2 pads:is strides:is|T=&0
    LpPool||22||X:T|Y:T|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! p:i=2 pads:is strides:is|T=&3
    MatMul||1||A:T B:T|Y:T||T=&0
    MatMul||9||A:T B:T|Y:T||T=&4
    MatMul||13||A:T B:T|Y:T||T=&5
    MatMulInteger||10||A:T1 B:T2 a_zero_point:T1? b_zero_point:T2?|Y:T3||T1=&37 T2=&37 T3=&38
    Max||1||data_0:T*1|max:T|consumed_inputs:is|T=&0
    Max||6||data_0:T*1|max:T||T=&0
    Max||8||data_0:T*1|max:T||T=&0
    Max||12||data_0:T*1|max:T||T=&1
    Max||13||data_0:T*1|max:T||T=&2
    MaxPool||1||X:T|Y:T|auto_pad:s=NOTSET kernel_shape:is! pads:is strides:is|T=&0
    MaxPool||8||X:T|Y:T Indices:I?|auto_pad:s=NOTSET kernel_shape:is! pads:is storage_order:i=0 strides:is|T=&0 I=&6
    MaxPool||10||X:T|Y:T Indices:I?|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! pads:is storage_order:i=0 strides:is|T=&0 I=&6
    MaxPool||11||X:T|Y:T Indices:I?|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! pads:is storage_order:i=0 strides:is|T=&0 I=&6
    MaxPool||12||X:T|Y:T Indices:I?|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! pads:is storage_order:i=0 strides:is|T=&66 I=&6
    MaxPool||22||X:T|Y:T Indices:I?|auto_pad:s=NOTSET ceil_mode:i=0 dilations:is kernel_shape:is! pads:is storage_order:i=0 strides:is|T=&67 I=&6
    MaxRoiPool||1||X:T rois:T|Y:T|pooled_shape:is! spatial_scale:f=1.0|T=&0
    MaxRoiPool||22||X:T rois:T|Y:T|pooled_shape:is! spatial_scale:f=1.0|T=&3
    MaxUnpool||9||X:T1 I:T2 output_shape:T2?|output:T1|kernel_shape:is! pads:is strides:is|T1=&0 T2=&6
    MaxUnpool||11||X:T1 I:T2 output_shape:T2?|output:T1|kernel_shape:is! pads:is strides:is|T1=&0 T2=&6
    MaxUnpool||22||X:T1 I:T2 output_shape:T2?|output:T1|kernel_shape:is! pads:is strides:is|T1=&3 T2=&6
    Mean||1||data_0:T*1|mean:T|consumed_inputs:is|T=&0
    Mean||6||data_0:T*1|mean:T||T=&0
    Mean||8||data_0:T*1|mean:T||T=&0
    Mean||13||data_0:T*1|mean:T||T=&3
    MeanVarianceNormalization||9||X:T|Y:T|axes:is=0,2,3|T=&0
    MeanVarianceNormalization||13||X:T|Y:T|axes:is=0,2,3|T=&3
    MelWeightMatrix||17||num_mel_bins:T1 dft_length:T1 sample_rate:T1 lower_edge_hertz:T2 upper_edge_hertz:T2|output:T3|output_datatype:i=1|T1=&12 T2=&3 T3=&2
    Min||1||data_0:T*1|min:T|consumed_inputs:is|T=&0
    Min||6||data_0:T*1|min:T||T=&0
    Min||8||data_0:T*1|min:T||T=&0
    Min||12||data_0:T*1|min:T||T=&1
    Min||13||data_0:T*1|min:T||T=&2
    Mish||18||X:T|Y:T||T=&0
    Mish||22||X:T|Y:T||T=&3
    Mod||10||A:T B:T|C:T|fmod:i=0|T=&1
    Mod||13||A:T B:T|C:T|fmod:i=0|T=&2
    Mod||28||A:T B:T|C:T|fmod:i=0|T=&2
    Mul||1||A:T B:T|C:T|axis:i broadcast:i=0 consumed_inputs:is|T=&0
    Mul||6||A:T B:T|C:T|axis:i broadcast:i=0|T=&4
    Mul||7||A:T B:T|C:T||T=&4
    Mul||13||A:T B:T|C:T||T=&5
    Mul||14||A:T B:T|C:T||T=&2
    Multinomial||7||input:T1|output:T2|dtype:i=6 sample_size:i=1 seed:f|T1=&0 T2=&12
    Multinomial||22||input:T1|output:T2|dtype:i=6 sample_size:i=1 seed:f|T1=&3 T2=&12
    Neg||1||X:T|Y:T|consumed_inputs:is|T=&0
    Neg||6||X:T|Y:T||T=&68
    Neg||13||X:T|Y:T||T=&69
    NegativeLogLikelihoodLoss||12||input:T target:Tind weight:T?|loss:T|ignore_index:i reduction:s=mean|T=&0 Tind=&12
    NegativeLogLikelihoodLoss||13||input:T target:Tind weight:T?|loss:T|ignore_index:i reduction:s=mean|T=&0 Tind=&12
    NegativeLogLikelihoodLoss||22||input:T target:Tind weight:T?|loss:T|ignore_index:i reduction:s=mean|T=&3 Tind=&12
    NonMaxSuppression||10||boxes:tensor(float) scores:tensor(float) max_output_boxes_per_class:tensor(int64)? iou_threshold:tensor(float)? score_threshold:tensor(float)?|selected_indices:tensor(int64)|center_point_box:i=0|
    NonMaxSuppression||11||boxes:tensor(float) scores:tensor(float) max_output_boxes_per_class:tensor(int64)? iou_threshold:tensor(float)? score_threshold:tensor(float)?|selected_indices:tensor(int64)|center_point_box:i=0|
    NonZero||9||X:T|Y:tensor(int64)||T=&25
    NonZero||13||X:T|Y:tensor(int64)||T=&24
    Not||1||X:T|Y:T||T=&7
    OneHot||9||indices:T1 depth:T2 values:T3|output:T3|axis:i=-1|T1=&1 T2=&1 T3=&25
    OneHot||11||indices:T1 depth:T2 values:T3|output:T3|axis:i=-1|T1=&1 T2=&1 T3=&25
    OneHot||28||indices:T1 depth:T2 values:T3|output:T3|axis:i=-1|T1=&1 T2=&1 T3=&24
    Optional||15||input:V?|output:O|type:y|V=&57 O=&70
    Optional||28||input:V?|output:O|type:y|V=&71 O=&72
    OptionalGetElement||15||input:O|output:V||O=&70 V=&57
    OptionalGetElement||18||input:O|output:V||O=&73 V=&57
    OptionalGetElement||28||input:O|output:V||O=&74 V=&71
    OptionalHasElement||15||input:O|output:B||O=&70 B=&7
    OptionalHasElement||18||input:O?|output:B||O=&73 B=&7
    OptionalHasElement||28||input:O?|output:B||O=&74 B=&7
    Or||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&7 T1=&7
    Or||7||A:T B:T|C:T1||T=&7 T1=&7
    PRelu||1||X:T slope:T|Y:T|consumed_inputs:is|T=&0
    PRelu||6||X:T slope:T|Y:T||T=&0
    PRelu||7||X:T slope:T|Y:T||T=&0
    PRelu||9||X:T slope:T|Y:T||T=&4
    PRelu||16||X:T slope:T|Y:T||T=&5
    Pad||1||data:T|output:T|mode:s=constant paddings:is! value:f=0.0|T=&0
    Pad||2||data:T|output:T|mode:s=constant pads:is! value:f=0.0|T=&0
    Pad||11||data:T pads:tensor(int64) constant_value:T?|output:T|mode:s=constant|T=&1
    Pad||13||data:T pads:tensor(int64) constant_value:T?|output:T|mode:s=constant|T=&24
    Pad||18||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&24 Tind=&12
    Pad||19||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&24 Tind=&12
    Pad||21||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&28 Tind=&12
    Pad||23||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&29 Tind=&12
    Pad||24||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&30 Tind=&12
    Pad||25||data:T pads:tensor(int64) constant_value:T? axes:Tind?|output:T|mode:s=constant|T=&31 Tind=&12
    Pow||1||X:T Y:T|Z:T|axis:i broadcast:i=0|T=&0
    Pow||7||X:T Y:T|Z:T||T=&0
    Pow||12||X:T Y:T1|Z:T||T=&75 T1=&1
    Pow||13||X:T Y:T1|Z:T||T=&76 T1=&1
    Pow||15||X:T Y:T1|Z:T||T=&76 T1=&2
    QLinearConv||10||x:T1 x_scale:tensor(float) x_zero_point:T1 w:T2 w_scale:tensor(float) w_zero_point:T2 y_scale:tensor(float) y_zero_point:T3 B:T4?|y:T3|auto_pad:s=NOTSET dilations:is group:i=1 kernel_shape:is pads:is strides:is|T1=&37 T2=&37 T3=&37 T4=&38
    QLinearMatMul||10||a:T1 a_scale:tensor(float) a_zero_point:T1 b:T2 b_scale:tensor(float) b_zero_point:T2 y_scale:tensor(float) y_zero_point:T3|y:T3||T1=&37 T2=&37 T3=&37
    QLinearMatMul||21||a:T1 a_scale:TS a_zero_point:T1 b:T2 b_scale:TS b_zero_point:T2 y_scale:TS y_zero_point:T3|y:T3||TS=&22 T1=&77 T2=&77 T3=&77
    QuantizeLinear||10||x:T1 y_scale:tensor(float) y_zero_point:T2?|y:T2||T1=&78 T2=&37
    QuantizeLinear||13||x:T1 y_scale:tensor(float) y_zero_point:T2?|y:T2|axis:i=1|T1=&78 T2=&37
    QuantizeLinear||19||x:T1 y_scale:T1 y_zero_point:T2?|y:T2|axis:i=1 saturate:i=1|T1=&79 T2=&77
    QuantizeLinear||21||x:T1 y_scale:T1 y_zero_point:T2?|y:T2|axis:i=1 block_size:i=0 output_dtype:i=0 saturate:i=1|T1=&79 T2=&80
    QuantizeLinear||23||x:T1 y_scale:T2 y_zero_point:T3?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1|T1=&79 T2=&79 T3=&81
    QuantizeLinear||24||x:T1 y_scale:T2 y_zero_point:T3?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1|T1=&79 T2=&82 T3=&81
    QuantizeLinear||25||x:T1 y_scale:T2 y_zero_point:T3?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1|T1=&79 T2=&82 T3=&83
    QuantizeLinear||28||x:T1 y_scale:T2 y_zero_point:T3?|y:T3|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1|T1=&79 T2=&82 T3=&84
    RMSNormalization||23||X:T scale:V|Y:V|axis:i=-1 epsilon:f=9.999999747378752e-06 stash_type:i=1|T=&3 V=&3
    RNN||1||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss=Tanh,Tanh clip:f direction:s=forward hidden_size:i output_sequence:i=0|T=&0 T1=&38
    RNN||7||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss=Tanh,Tanh clip:f direction:s=forward hidden_size:i|T=&0 T1=&38
    RNN||14||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss=Tanh,Tanh clip:f direction:s=forward hidden_size:i layout:i=0|T=&0 T1=&38
    RNN||22||X:T W:T R:T B:T? sequence_lens:T1? initial_h:T?|Y:T? Y_h:T?|activation_alpha:fs activation_beta:fs activations:ss=Tanh,Tanh clip:f direction:s=forward hidden_size:i layout:i=0|T=&3 T1=&38
    RandomNormal||1|||output:T|dtype:i=1 mean:f=0.0 scale:f=1.0 seed:f shape:is!|T=&0
    RandomNormal||22|||output:T|dtype:i=1 mean:f=0.0 scale:f=1.0 seed:f shape:is!|T=&3
    RandomNormalLike||1||input:T1|output:T2|dtype:i mean:f=0.0 scale:f=1.0 seed:f|T1=&25 T2=&0
    RandomNormalLike||22||input:T1|output:T2|dtype:i mean:f=0.0 scale:f=1.0 seed:f|T1=&24 T2=&3
    RandomUniform||1|||output:T|dtype:i=1 high:f=1.0 low:f=0.0 seed:f shape:is!|T=&0
    RandomUniform||22|||output:T|dtype:i=1 high:f=1.0 low:f=0.0 seed:f shape:is!|T=&3
    RandomUniformLike||1||input:T1|output:T2|dtype:i high:f=1.0 low:f=0.0 seed:f|T1=&25 T2=&0
    RandomUniformLike||22||input:T1|output:T2|dtype:i high:f=1.0 low:f=0.0 seed:f|T1=&24 T2=&3
    Range||11||start:T limit:T delta:T|output:T||T=&85
    Range||27||start:T limit:T delta:T|output:T|stash_type:i=1|T=&86
    Reciprocal||1||X:T|Y:T|consumed_inputs:is|T=&0
    Reciprocal||6||X:T|Y:T||T=&0
    Reciprocal||13||X:T|Y:T||T=&3
    ReduceL1||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceL1||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceL1||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceL1||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceL2||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceL2||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceL2||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceL2||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceLogSum||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceLogSum||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceLogSum||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceLogSum||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceLogSum||28||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&3
    ReduceLogSumExp||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceLogSumExp||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceLogSumExp||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceLogSumExp||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceLogSumExp||28||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&3
    ReduceMax||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMax||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMax||12||data:T|reduced:T|axes:is keepdims:i=1|T=&87
    ReduceMax||13||data:T|reduced:T|axes:is keepdims:i=1|T=&88
    ReduceMax||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&88
    ReduceMax||20||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&89
    ReduceMean||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMean||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMean||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceMean||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceMin||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMin||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceMin||12||data:T|reduced:T|axes:is keepdims:i=1|T=&87
    ReduceMin||13||data:T|reduced:T|axes:is keepdims:i=1|T=&88
    ReduceMin||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&88
    ReduceMin||20||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&89
    ReduceProd||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceProd||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceProd||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceProd||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceSum||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceSum||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceSum||13||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    ReduceSumSquare||1||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceSumSquare||11||data:T|reduced:T|axes:is keepdims:i=1|T=&4
    ReduceSumSquare||13||data:T|reduced:T|axes:is keepdims:i=1|T=&5
    ReduceSumSquare||18||data:T axes:tensor(int64)?|reduced:T|keepdims:i=1 noop_with_empty_axes:i=0|T=&5
    RegexFullMatch||20||X:T1|Y:T2|pattern:s|T1=&90 T2=&7
    Relu||1||X:T|Y:T|consumed_inputs:is|T=&0
    Relu||6||X:T|Y:T||T=&0
    Relu||13||X:T|Y:T||T=&3
    Relu||14||X:T|Y:T||T=&69
    Reshape||1||data:T|reshaped:T|consumed_inputs:is shape:is|T=&0
    Reshape||5||data:T shape:tensor(int64)|reshaped:T||T=&25
    Reshape||13||data:T shape:tensor(int64)|reshaped:T||T=&24
    Reshape||14||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&24
    Reshape||19||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&27
    Reshape||21||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&28
    Reshape||23||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&29
    Reshape||24||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&30
    Reshape||25||data:T shape:tensor(int64)|reshaped:T|allowzero:i=0|T=&31
    Resize||10||X:T scales:tensor(float)|Y:T|mode:s=nearest|T=&25
    Resize||11||X:T1 roi:T2 scales:tensor(float) sizes:tensor(int64)?|Y:T1|coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 mode:s=nearest nearest_mode:s=round_prefer_floor|T1=&25 T2=&0
    Resize||13||X:T1 roi:T2? scales:tensor(float)? sizes:tensor(int64)?|Y:T1|coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 mode:s=nearest nearest_mode:s=round_prefer_floor|T1=&24 T2=&0
    Resize||18||X:T1 roi:T2? scales:tensor(float)? sizes:tensor(int64)?|Y:T1|antialias:i=0 axes:is coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 keep_aspect_ratio_policy:s=stretch mode:s=nearest nearest_mode:s=round_prefer_floor|T1=&24 T2=&0
    Resize||19||X:T1 roi:T2? scales:tensor(float)? sizes:tensor(int64)?|Y:T1|antialias:i=0 axes:is coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 keep_aspect_ratio_policy:s=stretch mode:s=nearest nearest_mode:s=round_prefer_floor|T1=&24 T2=&0
    ReverseSequence||10||input:T sequence_lens:tensor(int64)|Y:T|batch_axis:i=1 time_axis:i=0|T=&25
    ReverseSequence||28||input:T sequence_lens:tensor(int64)|Y:T|batch_axis:i=1 time_axis:i=0|T=&24
    RoiAlign||10||X:T1 rois:T1 batch_indices:T2|Y:T1|mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0|T1=&0 T2=&6
    RoiAlign||16||X:T1 rois:T1 batch_indices:T2|Y:T1|coordinate_transformation_mode:s=half_pixel mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0|T1=&0 T2=&6
    RoiAlign||22||X:T1 rois:T1 batch_indices:T2|Y:T1|coordinate_transformation_mode:s=half_pixel mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0|T1=&3 T2=&6
    RotaryEmbedding||23||X:T cos_cache:T sin_cache:T position_ids:M?|Y:T|interleaved:i=0 num_heads:i rotary_embedding_dim:i=0|T=&22 M=&6
    Round||11||X:T|Y:T||T=&0
    Round||22||X:T|Y:T||T=&3
    STFT||17||signal:T1 frame_step:T2 window:T1? frame_length:T2?|output:T1|onesided:i=1|T1=&3 T2=&12
    Scan||8||sequence_lens:I? initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! directions:is num_scan_inputs:i!|I=&6 V=&25
    Scan||9||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&25
    Scan||11||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&25
    Scan||16||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&24
    Scan||19||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&27
    Scan||21||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&28
    Scan||23||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&29
    Scan||24||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&30
    Scan||25||initial_state_and_scan_inputs:V~1|final_state_and_scan_outputs:V~1|body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is|V=&31
    Scatter||9||data:T indices:Tind updates:T|output:T|axis:i=0|T=&25 Tind=&12
    Scatter||11|d|data:T indices:Tind updates:T|output:T|axis:i=0|T=&25 Tind=&12
    ScatterElements||11||data:T indices:Tind updates:T|output:T|axis:i=0|T=&25 Tind=&12
    ScatterElements||13||data:T indices:Tind updates:T|output:T|axis:i=0|T=&24 Tind=&12
    ScatterElements||16||data:T indices:Tind updates:T|output:T|axis:i=0 reduction:s=none|T=&24 Tind=&12
    ScatterElements||18||data:T indices:Tind updates:T|output:T|axis:i=0 reduction:s=none|T=&24 Tind=&12
    ScatterND||11||data:T indices:tensor(int64) updates:T|output:T||T=&25
    ScatterND||13||data:T indices:tensor(int64) updates:T|output:T||T=&24
    ScatterND||16||data:T indices:tensor(int64) updates:T|output:T|reduction:s=none|T=&24
    ScatterND||18||data:T indices:tensor(int64) updates:T|output:T|reduction:s=none|T=&24
    Selu||1||X:T|Y:T|alpha:f=1.673200011253357 consumed_inputs:is gamma:f=1.0506999492645264|T=&0
    Selu||6||X:T|Y:T|alpha:f=1.6732631921768188 gamma:f=1.0507010221481323|T=&0
    Selu||22||X:T|Y:T|alpha:f=1.6732631921768188 gamma:f=1.0507010221481323|T=&3
    SequenceAt||11||input_sequence:S position:I|tensor:T||S=&26 T=&25 I=&12
    SequenceConstruct||11||inputs:T*1|output_sequence:S||T=&25 S=&26
    SequenceEmpty||11|||output:S|dtype:i|S=&26
    SequenceErase||11||input_sequence:S position:I?|output_sequence:S||S=&26 I=&12
    SequenceInsert||11||input_sequence:S tensor:T position:I?|output_sequence:S||T=&25 S=&26 I=&12
    SequenceLength||11||input_sequence:S|length:I||S=&26 I=&6
    SequenceMap||17||input_sequence:S additional_inputs:V~0|out_sequence:S~1|body:g!|S=&26 V=&57
    Shape||1||data:T|shape:T1||T=&25 T1=&6
    Shape||13||data:T|shape:T1||T=&24 T1=&6
    Shape||15||data:T|shape:T1|end:i start:i=0|T=&24 T1=&6
    Shape||19||data:T|shape:T1|end:i start:i=0|T=&27 T1=&6
    Shape||21||data:T|shape:T1|end:i start:i=0|T=&28 T1=&6
    Shape||23||data:T|shape:T1|end:i start:i=0|T=&29 T1=&6
    Shape||24||data:T|shape:T1|end:i start:i=0|T=&30 T1=&6
    Shape||25||data:T|shape:T1|end:i start:i=0|T=&31 T1=&6
    Shrink||9||input:T|output:T|bias:f=0.0 lambd:f=0.5|T=&1
    Sigmoid||1||X:T|Y:T|consumed_inputs:is|T=&0
    Sigmoid||6||X:T|Y:T||T=&0
    Sigmoid||13||X:T|Y:T||T=&3
    Sign||9||input:T|output:T||T=&1
    Sign||13||input:T|output:T||T=&2
    Sin||7||input:T|output:T||T=&0
    Sin||22||input:T|output:T||T=&3
    Sinh||9||input:T|output:T||T=&0
    Sinh||22||input:T|output:T||T=&3
    Size||1||data:T|size:T1||T=&25 T1=&6
    Size||13||data:T|size:T1||T=&24 T1=&6
    Size||19||data:T|size:T1||T=&27 T1=&6
    Size||21||data:T|size:T1||T=&28 T1=&6
    Size||23||data:T|size:T1||T=&29 T1=&6
    Size||24||data:T|size:T1||T=&30 T1=&6
    Size||25||data:T|size:T1||T=&31 T1=&6
    Slice||1||data:T|output:T|axes:is ends:is! starts:is!|T=&25
    Slice||10||data:T starts:Tind ends:Tind axes:Tind? steps:Tind?|output:T||T=&25 Tind=&12
    Slice||11||data:T starts:Tind ends:Tind axes:Tind? steps:Tind?|output:T||T=&25 Tind=&12
    Slice||13||data:T starts:Tind ends:Tind axes:Tind? steps:Tind?|output:T||T=&24 Tind=&12
    Softmax||1||input:T|output:T|axis:i=1|T=&0
    Softmax||11||input:T|output:T|axis:i=1|T=&0
    Softmax||13||input:T|output:T|axis:i=-1|T=&3
    SoftmaxCrossEntropyLoss||12||scores:T labels:Tind weights:T?|output:T log_prob:T?|ignore_index:i reduction:s=mean|T=&0 Tind=&12
    SoftmaxCrossEntropyLoss||13||scores:T labels:Tind weights:T?|output:T log_prob:T?|ignore_index:i reduction:s=mean|T=&3 Tind=&12
    Softplus||1||X:T|Y:T||T=&0
    Softplus||22||X:T|Y:T||T=&3
    Softsign||1||input:T|output:T||T=&0
    Softsign||22||input:T|output:T||T=&3
    SpaceToDepth||1||input:T|output:T|blocksize:i!|T=&25
    SpaceToDepth||13||input:T|output:T|blocksize:i!|T=&24
    SpaceToDepth||28||input:T|output:T|blocksize:i! mode:s=DCR|T=&24
    Split||1||input:T split:T?|outputs...:T*1|axis:i split:is|T=&0
    Split||2||input:T|outputs:T*1|axis:i=0 split:is|T=&25
    Split||11||input:T|outputs:T*1|axis:i=0 split:is|T=&25
    Split||13||input:T split:tensor(int64)?|outputs:T*1|axis:i=0|T=&24
    Split||18||input:T split:tensor(int64)?|outputs:T*1|axis:i=0 num_outputs:i|T=&24
    SplitToSequence||11||input:T split:I?|output_sequence:S|axis:i=0 keepdims:i=1|T=&25 I=&12 S=&26
    SplitToSequence||24||input:T split:I?|output_sequence:S|axis:i=0 keepdims:i=1|T=&24 I=&12 S=&91
    Sqrt||1||X:T|Y:T|consumed_inputs:is|T=&0
    Sqrt||6||X:T|Y:T||T=&0
    Sqrt||13||X:T|Y:T||T=&3
    Squeeze||1||data:T|squeezed:T|axes:is|T=&25
    Squeeze||11||data:T|squeezed:T|axes:is|T=&25
    Squeeze||13||data:T axes:tensor(int64)?|squeezed:T||T=&24
    Squeeze||21||data:T axes:tensor(int64)?|squeezed:T||T=&28
    Squeeze||23||data:T axes:tensor(int64)?|squeezed:T||T=&29
    Squeeze||24||data:T axes:tensor(int64)?|squeezed:T||T=&30
    Squeeze||25||data:T axes:tensor(int64)?|squeezed:T||T=&31
    StringConcat||20||X:T Y:T|Z:T||T=&90
    StringNormalizer||10||X:tensor(string)|Y:tensor(string)|case_change_action:s=NONE is_case_sensitive:i=0 locale:s stopwords:ss|
    StringSplit||20||X:T1|Y:T2 Z:T3|delimiter:s maxsplit:i|T1=&90 T2=&90 T3=&6
    Sub||1||A:T B:T|C:T|axis:i broadcast:i=0 consumed_inputs:is|T=&0
    Sub||6||A:T B:T|C:T|axis:i broadcast:i=0|T=&4
    Sub||7||A:T B:T|C:T||T=&4
    Sub||13||A:T B:T|C:T||T=&5
    Sub||14||A:T B:T|C:T||T=&2
    Sum||1||data_0:T*1|sum:T|consumed_inputs:is|T=&0
    Sum||6||data_0:T*1|sum:T||T=&0
    Sum||8||data_0:T*1|sum:T||T=&0
    Sum||13||data_0:T*1|sum:T||T=&3
    SwiGLU||28||A:T B:T|Y:T|alpha:f=1.0|T=&3
    Swish||24||X:T|Y:T|alpha:f=1.0|T=&3
    Tan||7||input:T|output:T||T=&0
    Tan||22||input:T|output:T||T=&3
    Tanh||1||input:T|output:T|consumed_inputs:is|T=&0
    Tanh||6||input:T|output:T||T=&0
    Tanh||13||input:T|output:T||T=&3
    TensorScatter||24||past_cache:T update:T write_indices:tensor(int64)?|present_cache:T|axis:i=-2 mode:s=linear|T=&30
    TfIdfVectorizer||9||X:T|Y:T1|max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:is! ngram_indexes:is! pool_int64s:is pool_strings:ss weights:fs|T=&92 T1=&23
    ThresholdedRelu||10||X:T|Y:T|alpha:f=1.0|T=&0
    ThresholdedRelu||22||X:T|Y:T|alpha:f=1.0|T=&3
    Tile||1||input:T tiles:T axis:T|output:T||T=&0 T1=&6
    Tile||6||input:T repeats:T1|output:T||T=&25 T1=&6
    Tile||13||input:T repeats:T1|output:T||T=&24 T1=&6
    TopK||1||X:T|Values:T Indices:I|axis:i=-1 k:i!|T=&0 I=&6
    TopK||10||X:T K:tensor(int64)|Values:T Indices:I|axis:i=-1|T=&0 I=&6
    TopK||11||X:T K:tensor(int64)|Values:T Indices:I|axis:i=-1 largest:i=1 sorted:i=1|T=&1 I=&6
    TopK||24||X:T K:tensor(int64)|Values:T Indices:I|axis:i=-1 largest:i=1 sorted:i=1|T=&2 I=&6
    Transpose||1||data:T|transposed:T|perm:is|T=&25
    Transpose||13||data:T|transposed:T|perm:is|T=&24
    Transpose||21||data:T|transposed:T|perm:is|T=&28
    Transpose||23||data:T|transposed:T|perm:is|T=&29
    Transpose||24||data:T|transposed:T|perm:is|T=&30
    Transpose||25||data:T|transposed:T|perm:is|T=&31
    Trilu||14||input:T k:tensor(int64)?|output:T|upper:i=1|T=&24
    Unique||11||X:T|Y:T indices:tensor(int64)? inverse_indices:tensor(int64)? counts:tensor(int64)?|axis:i sorted:i=1|T=&25
    Unique||28||X:T|Y:T indices:tensor(int64)? inverse_indices:tensor(int64)? counts:tensor(int64)?|axis:i sorted:i=1|T=&24
    Unsqueeze||1||data:T|expanded:T|axes:is!|T=&25
    Unsqueeze||11||data:T|expanded:T|axes:is!|T=&25
    Unsqueeze||13||data:T axes:tensor(int64)|expanded:T||T=&24
    Unsqueeze||21||data:T axes:tensor(int64)|expanded:T||T=&28
    Unsqueeze||23||data:T axes:tensor(int64)|expanded:T||T=&29
    Unsqueeze||24||data:T axes:tensor(int64)|expanded:T||T=&30
    Unsqueeze||25||data:T axes:tensor(int64)|expanded:T||T=&31
    Upsample||1||X:T|Y:T|height_scale:f! mode:s=nearest width_scale:f!|T=&93
    Upsample||7||X:T|Y:T|mode:s=nearest scales:fs!|T=&25
    Upsample||9||X:T scales:tensor(float)|Y:T|mode:s=nearest|T=&25
    Upsample||10|d|X:T scales:tensor(float)|Y:T|mode:s=nearest|T=&25
    Where||9||condition:B X:T Y:T|output:T||B=&7 T=&25
    Where||16||condition:B X:T Y:T|output:T||B=&7 T=&24
    Xor||1||A:T B:T|C:T1|axis:i broadcast:i=0|T=&7 T1=&7
    Xor||7||A:T B:T|C:T1||T=&7 T1=&7
    ArrayFeatureExtractor|ai.onnx.ml|1||X:T Y:tensor(int64)|Z:T||T=&94
    Binarizer|ai.onnx.ml|1||X:T|Y:T|threshold:f=0.0|T=&95
    CastMap|ai.onnx.ml|1||X:T1|Y:T2|cast_to:s=TO_FLOAT map_form:s=DENSE max_map:i=1|T1=&96 T2=&97
    CategoryMapper|ai.onnx.ml|1||X:T1|Y:T2|cats_int64s:is cats_strings:ss default_int64:i=-1 default_string:s=_Unused|T1=&98 T2=&98
    DictVectorizer|ai.onnx.ml|1||X:T1|Y:T2|int64_vocabulary:is string_vocabulary:ss|T1=&99 T2=&100
    FeatureVectorizer|ai.onnx.ml|1||X:T1*1|Y:tensor(float)|inputdimensions:is|T1=&95
    Imputer|ai.onnx.ml|1||X:T|Y:T|imputed_value_floats:fs imputed_value_int64s:is replaced_value_float:f=0.0 replaced_value_int64:i=0|T=&95
    LabelEncoder|ai.onnx.ml|1||X:T1|Y:T2|classes_strings:ss default_int64:i=-1 default_string:s=_Unused|T1=&98 T2=&98
    LabelEncoder|ai.onnx.ml|2||X:T1|Y:T2|default_float:f=-0.0 default_int64:i=-1 default_string:s=_Unused keys_floats:fs keys_int64s:is keys_strings:ss values_floats:fs values_int64s:is values_strings:ss|T1=&97 T2=&97
    LabelEncoder|ai.onnx.ml|4||X:T1|Y:T2|default_float:f=-0.0 default_int64:i=-1 default_string:s=_Unused default_tensor:t keys_floats:fs keys_int64s:is keys_strings:ss keys_tensor:t values_floats:fs values_int64s:is values_strings:ss values_tensor:t|T1=&101 T2=&101
    LinearClassifier|ai.onnx.ml|1||X:T1|Y:T2 Z:tensor(float)|classlabels_ints:is classlabels_strings:ss coefficients:fs! intercepts:fs multi_class:i=0 post_transform:s=NONE|T1=&95 T2=&98
    LinearRegressor|ai.onnx.ml|1||X:T|Y:tensor(float)|coefficients:fs intercepts:fs post_transform:s=NONE targets:i=1|T=&95
    Normalizer|ai.onnx.ml|1||X:T|Y:tensor(float)|norm:s=MAX|T=&95
    OneHotEncoder|ai.onnx.ml|1||X:T|Y:tensor(float)|cats_int64s:is cats_strings:ss zeros:i=1|T=&94
    SVMClassifier|ai.onnx.ml|1||X:T1|Y:T2 Z:tensor(float)|classlabels_ints:is classlabels_strings:ss coefficients:fs kernel_params:fs kernel_type:s=LINEAR post_transform:s=NONE prob_a:fs prob_b:fs rho:fs support_vectors:fs vectors_per_class:is|T1=&95 T2=&98
    SVMRegressor|ai.onnx.ml|1||X:T|Y:tensor(float)|coefficients:fs kernel_params:fs kernel_type:s=LINEAR n_supports:i=0 one_class:i=0 post_transform:s=NONE rho:fs support_vectors:fs|T=&95
    Scaler|ai.onnx.ml|1||X:T|Y:tensor(float)|offset:fs scale:fs|T=&95
    TreeEnsemble|ai.onnx.ml|5||X:T|Y:T|aggregate_function:i=1 leaf_targetids:is! leaf_weights:t! membership_values:t n_targets:i nodes_falseleafs:is! nodes_falsenodeids:is! nodes_featureids:is! nodes_hitrates:t nodes_missing_value_tracks_true:is nodes_modes:t! nodes_splits:t! nodes_trueleafs:is! nodes_truenodeids:is! post_transform:i=0 tree_roots:is!|T=&0
    TreeEnsembleClassifier|ai.onnx.ml|1||X:T1|Y:T2 Z:tensor(float)|base_values:fs class_ids:is class_nodeids:is class_treeids:is class_weights:fs classlabels_int64s:is classlabels_strings:ss nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs post_transform:s=NONE|T1=&95 T2=&98
    TreeEnsembleClassifier|ai.onnx.ml|3||X:T1|Y:T2 Z:tensor(float)|base_values:fs base_values_as_tensor:t class_ids:is class_nodeids:is class_treeids:is class_weights:fs class_weights_as_tensor:t classlabels_int64s:is classlabels_strings:ss nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs nodes_values_as_tensor:t post_transform:s=NONE|T1=&95 T2=&98
    TreeEnsembleClassifier|ai.onnx.ml|5|d|X:T1|Y:T2 Z:tensor(float)|base_values:fs base_values_as_tensor:t class_ids:is class_nodeids:is class_treeids:is class_weights:fs class_weights_as_tensor:t classlabels_int64s:is classlabels_strings:ss nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs nodes_values_as_tensor:t post_transform:s=NONE|T1=&95 T2=&98
    TreeEnsembleRegressor|ai.onnx.ml|1||X:T|Y:tensor(float)|aggregate_function:s=SUM base_values:fs n_targets:i nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs post_transform:s=NONE target_ids:is target_nodeids:is target_treeids:is target_weights:fs|T=&95
    TreeEnsembleRegressor|ai.onnx.ml|3||X:T|Y:tensor(float)|aggregate_function:s=SUM base_values:fs base_values_as_tensor:t n_targets:i nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs nodes_values_as_tensor:t post_transform:s=NONE target_ids:is target_nodeids:is target_treeids:is target_weights:fs target_weights_as_tensor:t|T=&95
    TreeEnsembleRegressor|ai.onnx.ml|5|d|X:T|Y:tensor(float)|aggregate_function:s=SUM base_values:fs base_values_as_tensor:t n_targets:i nodes_falsenodeids:is nodes_featureids:is nodes_hitrates:fs nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:is nodes_modes:ss nodes_nodeids:is nodes_treeids:is nodes_truenodeids:is nodes_values:fs nodes_values_as_tensor:t post_transform:s=NONE target_ids:is target_nodeids:is target_treeids:is target_weights:fs target_weights_as_tensor:t|T=&95
    ZipMap|ai.onnx.ml|1||X:tensor(float)|Z:T|classlabels_int64s:is classlabels_strings:ss|T=&102
    FlexAttention|ai.onnx.preview|1||Q:T1 K:T1 V:T1|Y:T1|prob_mod:g scale:f score_mod:g softmax_precision:i|T1=&3
    Adagrad|ai.onnx.preview.training|1||R:T1 T:T2 inputs:T3~1|outputs:T3~1|decay_factor:f=0.0 epsilon:f=9.999999974752427e-07 norm_coefficient:f=0.0|T1=&64 T2=&6 T3=&64
    Adam|ai.onnx.preview.training|1||R:T1 T:T2 inputs:T3~1|outputs:T3~1|alpha:f=0.8999999761581421 beta:f=0.9990000128746033 epsilon:f=9.999999974752427e-07 norm_coefficient:f=0.0 norm_coefficient_post:f=0.0|T1=&64 T2=&6 T3=&64
    Gradient|ai.onnx.preview.training|1||Inputs:T1~1|Outputs:T2~1|xs:ss! y:s! zs:ss|T1=&25 T2=&0
    Momentum|ai.onnx.preview.training|1||R:T1 T:T2 inputs:T3~1|outputs:T3~1|alpha:f! beta:f! mode:s! norm_coefficient:f!|T1=&64 T2=&6 T3=&64
    """#
}
