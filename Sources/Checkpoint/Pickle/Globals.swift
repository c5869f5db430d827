/// Which names a pickle may mention, and which of them it may call.
///
/// Nothing that a pickle names is ever imported or run, so these rules don't protect this program; they keep a
/// file that would attack Python from passing for a checkpoint. There are three kinds of names:
///
/// - those in `Constructors.table`, which this reader knows how to evaluate as data;
/// - names from Python's standard library that are not in the table: refused where they are mentioned, such as
///   `os.system`, except those that training code keeps in its checkpoints (`allowedStandard`);
/// - all others (PyTorch's, NumPy's, the user's own): classes become opaque objects with their name, arguments
///   and state; functions may be mentioned (`torch.nn.functional.relu` as an activation) but not called.
///
/// A class is told from a function by its capital letter, as PEP 8 asks for; where an opcode says so itself
/// (NEWOBJ), any name will do.
enum Globals {
  /// `module.name` in today's spelling: Python 2's modules have other names.
  static func canonicalName(module: String, name: String) -> String {
    let module =
      switch module {
      case "__builtin__": "builtins"
      case "copy_reg": "copyreg"
      case "numpy._core.multiarray": "numpy.core.multiarray"
      case "numpy._core.numeric": "numpy.core.numeric"
      case "pathlib._local": "pathlib"
      default: module
      }
    return "\(module).\(name)"
  }

  /// Whether a pickle may mention the name.
  static func mayBeNamed(_ name: String) -> Bool {
    if Constructors.table[name] != nil || allowedStandard.contains(name) { return true }
    let top = name.prefix { $0 != "." }
    return !standardModules.contains(String(top))
  }

  /// Whether REDUCE, INST and OBJ may make an opaque object of a name that is not in the table.
  static func mayBeOpaque(_ name: String) -> Bool {
    guard let last = name.split(separator: ".").last, let initial = last.first(where: { $0 != "_" }) else {
      return false
    }
    return initial.isUppercase
  }

  /// Names from the standard library that may be mentioned though they are not in the table.
  private static let allowedStandard: Set<String> = [
    "builtins.object", "builtins.int", "builtins.float", "builtins.str", "builtins.bool", "builtins.dict",
    "builtins.type", "builtins.NoneType", "builtins.print", "builtins.max", "builtins.min", "builtins.sum",
    "abc.ABCMeta", "collections.abc.Mapping", "collections.abc.Sequence", "collections.abc.Iterable",
    "enum.Enum", "enum.IntEnum", "inspect._empty", "logging.Logger", "math.ceil", "math.floor", "math.sqrt",
    "types.NoneType", "typing.Any", "typing.Dict", "typing.List", "typing.Optional", "typing.Tuple",
    "typing.Union",
  ]

  /// Every top-level module of Python 2.7 to 3.14, from `sys.stdlib_module_names` and the lists of removed
  /// and renamed ones.
  private static let standardModules: Set<String> = Set(
    """
    ConfigParser Queue SocketServer StringIO UserDict UserList UserString __builtin__ __future__ __pypy__
    _abc _aix_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk
    _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _compat_pickle
    _compression _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree
    _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _io _json _locale
    _lsprof _lzma _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode _operator _osx_support
    _overlapped _pickle _posixshmem _posixsubprocess _py_abc _pydecimal _pyio _queue _random _scproxy _sha1
    _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string
    _strptime _struct _symtable _thread _threading_local _tkinter _tokenize _tracemalloc _typing _uuid
    _warnings _weakref _weakrefset _winapi _zoneinfo abc aifc annotationlib antigravity anydbm argparse
    array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 cPickle
    cProfile cStringIO calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys commands
    compileall compiler compression concurrent configparser contextlib contextvars copy copy_reg copyreg
    crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest dummy_thread
    email encodings ensurepip enum errno exceptions faulthandler fcntl filecmp fileinput fnmatch fractions
    ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html
    http httplib idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3
    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt
    multiprocessing netrc new nis nntplib nt ntpath nturl2path numbers opcode operator optparse os
    ossaudiodev pathlib pdb pickle pickletools pip pipes pkg_resources pkgutil platform plistlib popen2
    poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue
    quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors sets
    setuptools shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3
    sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
    symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this thread threading
    time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types
    typing unicodedata unittest urllib urllib2 urlparse uu uuid venv warnings wave weakref webbrowser
    whichdb winreg winsound wsgiref xdrlib xml xmlrpc xmlrpclib zipapp zipfile zipimport zlib zoneinfo
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
