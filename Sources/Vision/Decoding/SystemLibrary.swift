import Glibc

/// A shared library that is looked for when it is first needed: programs that never meet its format neither link
/// it nor need it to be installed.
struct SystemLibrary: @unchecked Sendable {
  // The handle is never closed, and dlsym may be called from any thread.
  private let handle: UnsafeMutableRawPointer

  /// The library of this file name, or `nil` where the system doesn't have it.
  init?(_ name: String) {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    self.handle = handle
  }

  /// The function `name` as one of the C type `Function`, which must be its type in the library's headers.
  func function<Function>(_ name: String, as type: Function.Type = Function.self) -> Function? {
    dlsym(handle, name).map { unsafeBitCast($0, to: type) }
  }
}
