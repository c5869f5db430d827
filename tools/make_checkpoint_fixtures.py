"""Writes the checkpoints in Tests/CheckpointTests/Fixtures, each with what PyTorch itself reads from it.

Run with the newest PyTorch (and safetensors), then with the oldest that can be installed:

    python3 tools/make_checkpoint_fixtures.py Tests/CheckpointTests/Fixtures newest
    /usr/bin/python3 tools/make_checkpoint_fixtures.py Tests/CheckpointTests/Fixtures oldest

Each run writes a folder of files and `expected.json`: one case a file, with the format, the part that holds
the weights, the prefix that is taken off their names, and every tensor's type, shape and numbers.
"""

import argparse
import collections
import datetime
import enum
import io
import json
import math
import pathlib
import pickle
import struct
import sys
import tarfile
import zipfile

import numpy
import torch

CASES = []


def number(value):
    """JSON has no NaN and no infinities, and readers lose integers beyond 2**53."""
    if isinstance(value, complex):
        raise TypeError
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if math.isnan(value) or math.isinf(value):
        return str(value)
    return value


def numbers(tensor):
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj().resolve_neg())
    if not (tensor.dtype.is_floating_point or tensor.dtype == torch.bool):
        return [number(int(v)) for v in tensor.reshape(-1).tolist()]
    return [number(v) for v in tensor.to(torch.float64).reshape(-1).tolist()]


def describe(tensors, refused=()):
    result = {}
    for name, tensor in tensors.items():
        if name in refused:
            result[name] = {"refused": refused[name]}
            continue
        if isinstance(tensor, numpy.ndarray):
            tensor = torch.from_numpy(numpy.array(tensor, dtype=tensor.dtype.newbyteorder("=")))
        tensor = tensor.detach()
        dtype = str(tensor.dtype).replace("torch.", "")
        result[name] = {"dtype": dtype, "shape": list(tensor.shape), "values": numbers(tensor)}
    return result


def case(file, tensors, format="PyTorch", key="", prefix="", weights_key=None, refused=(), **more):
    CASES.append(
        {"file": file, "format": format, "key": key, "prefix": prefix, "weightsKey": weights_key,
         "tensors": describe(tensors, refused), **more})


def filled(*shape, start=0.0):
    count = math.prod(shape)
    return (torch.arange(count, dtype=torch.float32) * 0.25 + start).reshape(shape)


def small_state():
    state = collections.OrderedDict()
    state["conv.weight"] = filled(2, 3, 3, 3, start=-6)
    state["conv.bias"] = filled(2)
    state["bn.running_mean"] = filled(2, start=1)
    state["bn.num_batches_tracked"] = torch.tensor(7)
    return state


def views():
    base = filled(4, 6)
    shared = filled(5)
    state = collections.OrderedDict()
    state["base"] = base
    state["transposed"] = base.t()
    state["window"] = base[1:3, 2:5]
    state["every_other"] = base[:, ::2]
    state["row"] = base[2]
    state["last"] = base[3, 5]
    state["channels_last"] = filled(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    state["expanded"] = filled(3, 1).expand(3, 4)
    state["scalar_expanded"] = torch.tensor(1.5).expand(2, 2)
    state["empty"] = torch.zeros(0, 3)
    state["empty_inside"] = torch.zeros(2, 0, 4)
    state["scalar"] = torch.tensor(-2.5)
    state["tied_a"] = shared
    state["tied_b"] = shared
    state["parameter"] = torch.nn.Parameter(filled(2, 2))
    return state


def dtypes(names):
    state = collections.OrderedDict()
    for name in names:
        dtype = getattr(torch, name)
        if name == "bool":
            value = torch.tensor([True, False, True])
        elif name.startswith("complex"):
            value = torch.tensor([1 + 2j, -0.5 - 3j], dtype=dtype)
        elif name == "float8_e8m0fnu":
            value = torch.tensor([0.25, 1.0, 64.0]).to(dtype)
        elif dtype.is_floating_point:
            value = torch.tensor([0.0, -1.5, 0.3, 100.0, float("nan")]).to(dtype)
        elif name.startswith("uint"):
            value = torch.tensor([0, 1, 200]).to(dtype)
        else:
            value = torch.tensor([0, 1, -100]).to(dtype)
        state[name] = value
    return state


def signs():
    """Conjugates and negated views, whose signs PyTorch notes beside numbers that it leaves as they are."""
    z = torch.tensor([[1 + 2j, -0.5 - 3j, 1j], [2 + 0j, 0.25 - 1j, 4j]])
    state = collections.OrderedDict()
    state["plain"] = z
    state["conjugate"] = z.conj()
    state["adjoint"] = z.mH
    state["negative"] = z.clone().conj().imag
    state["both"] = torch._neg_view(z.clone().conj())
    state["double"] = z.to(torch.complex128).conj()
    state["half"] = torch._neg_view(filled(4, start=-1).half())
    state["integers"] = torch._neg_view(torch.tensor([1, -2]))
    return state


def quantized():
    value = filled(2, 3, start=-1)
    state = collections.OrderedDict()
    state["plain"] = value
    for name, dtype in (("qint8", torch.qint8), ("quint8", torch.quint8), ("qint32", torch.qint32)):
        zero = 3 if name == "quint8" else 0
        state[name] = torch.quantize_per_tensor(value, 0.1, zero, dtype)
    scales = torch.tensor([0.1, 0.05], dtype=torch.float64)
    zeros = torch.tensor([1, -2])
    state["per_channel"] = torch.quantize_per_channel(value, scales, zeros, 0, torch.qint8)
    return state


class Phase(enum.Enum):
    TRAIN = "train"
    TEST = "test"


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 1, 7, padding=3, bias=False)
        self.ratio = 16

    def forward(self, x):
        return x * torch.sigmoid(self.conv(torch.cat([x.mean(1, True), x.amax(1, True)], 1)))


class SmallNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3, stride=2, padding=1, dilation=1, groups=1),
            torch.nn.BatchNorm2d(4, eps=1e-3),
            torch.nn.ReLU(inplace=True),
        )
        self.attention = Attention()
        self.activation = torch.nn.functional.relu
        self.register_buffer("scratch", torch.zeros(2), persistent=False)
        self.head = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.attention(self.features(x)).mean((2, 3)))


def small_net():
    torch.manual_seed(1)
    net = SmallNet()
    net.eval()
    return net


def objects(state):
    big_endian = numpy.arange(6, dtype=">f4").reshape(2, 3)
    return {
        "state_dict": state,
        "size": torch.Size([2, 3]),
        "dtype": torch.float16,
        "device": torch.device("cuda", 1),
        "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
        "default": collections.defaultdict(list, {"k": [1]}),
        "counter": collections.Counter("aab"),
        "numpy": {
            "float": numpy.float32(1.5), "int": numpy.int64(-3), "bool": numpy.bool_(True),
            "c": numpy.arange(6, dtype=numpy.float64).reshape(2, 3),
            "fortran": numpy.asfortranarray(numpy.arange(6, dtype=numpy.int16).reshape(2, 3)),
            "big_endian": big_endian, "strings": numpy.array(["a", "bc"]),
            "objects": numpy.array([1, "x"], dtype=object),
        },
        "namespace": argparse.Namespace(lr=0.1, arch="cbam", layers=[1, 2]),
        "path": pathlib.PurePosixPath("/data/cifar"),
        "real_path": pathlib.Path("runs"),
        "datetime": datetime.datetime(2024, 5, 6, 7, 8, 9),
        "delta": datetime.timedelta(seconds=5),
        "enum": Phase.TEST,
        "set": {1, 2},
        "frozenset": frozenset({"x"}),
        "bytes": b"\x00\xff\x80",
        "bytearray": bytearray(b"\x01\x02"),
        "complex": 1 + 2j,
        "slice": slice(1, 2),
        "range": range(3),
        "none": None,
        "flags": [True, False],
        "integers": [0, 255, 256, 65535, 65536, -1, 2**31, -(2**31), 2**63 - 1, -(2**63), 2**64 - 1, -(2**70)],
        "floats": [0.1, float("inf"), float("-inf"), 1e300],
        "text": "ünï\u2028code \U0001F600",
        "rng": numpy.random.RandomState(1).get_state(),
    }


def training_layouts(folder, state):
    net = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.zeros(1, 2)).sum().backward()
    optimizer.step()
    optim = optimizer.state_dict()
    ema = collections.OrderedDict((k, v + 1 if v.is_floating_point() else v) for k, v in state.items())

    def prefixed(prefix, source=state):
        return collections.OrderedDict((prefix + k, v) for k, v in source.items())

    def save(name, value, **kwargs):
        torch.save(value, folder / name)
        case(name, state, **kwargs)

    lightning = {
        "epoch": 3, "global_step": 120, "pytorch-lightning_version": "2.1.0",
        "state_dict": collections.OrderedDict([*prefixed("model.").items()] + [("criterion.weight", filled(2))]),
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 4}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'val_acc'}": {"best_model_score": torch.tensor(0.9)}},
        "optimizer_states": [optim], "lr_schedulers": [{"last_epoch": 3}],
        "hparams_name": "kwargs", "hyper_parameters": {"lr": 0.001, "widths": [32, 64]},
    }
    # The loss's one weight stands beside four of the network's, too many to be passed over silently.
    lightning["state_dict"].pop("criterion.weight")
    save("lightning.ckpt", lightning, key="state_dict", prefix="model.")
    save("lightning_net.ckpt", {**lightning, "state_dict": prefixed("net.")}, key="state_dict", prefix="net.")
    save("data_parallel.pt", {"model_state_dict": prefixed("module."), "optimizer_state_dict": optim},
         key="model_state_dict", prefix="module.")
    save("compiled.pt", prefixed("module._orig_mod."), prefix="module.")
    inner = collections.OrderedDict((k.replace("conv.", "conv._orig_mod."), v) for k, v in state.items())
    save("compiled_inside.pt", {"net": inner, "acc": 91.2, "epoch": 3}, key="net")
    timm = {"epoch": 3, "arch": "cbam", "state_dict": state, "optimizer": optim, "version": 2,
            "args": argparse.Namespace(lr=0.1), "amp_scaler": {"scale": 65536.0},
            "state_dict_ema": ema, "metric": 77.7}
    save("timm.pth.tar", timm, key="state_dict")
    case("timm.pth.tar", ema, key="state_dict_ema", weights_key="state_dict_ema")
    mmengine = {"meta": {"cfg": "model = dict()", "seed": 1, "CLASSES": ("cat", "dog")}, "state_dict": state,
                "message_hub": {"log_scalars": {}}, "optimizer": optim, "ema_state_dict": prefixed("module.", ema)}
    save("mmengine.pth", mmengine, key="state_dict")
    case("mmengine.pth", ema, key="ema_state_dict", prefix="module.", weights_key="ema_state_dict")
    save("ema_only.pt", {"ema": {"module": state}, "updates": 3}, key="ema.module")
    averaged = torch.optim.swa_utils.AveragedModel(torch.nn.Sequential(torch.nn.Linear(2, 2)))
    swa = averaged.state_dict()
    torch.save(swa, folder / "averaged.pt")
    case("averaged.pt", {k: v for k, v in swa.items() if k == "n_averaged"} | {
        k: v for k, v in swa.items() if k != "n_averaged"})
    branches = collections.OrderedDict([*prefixed("student.").items(), *prefixed("teacher.", ema).items()])
    torch.save({"model": branches}, folder / "branches.pt")
    case("branches.pt", ema, key="model.teacher", weights_key="model.teacher")
    torch.save((state, optim, 3), folder / "tuple.pt")
    case("tuple.pt", state, key="0")
    torch.save({"optimizer": optim, "epoch": 1}, folder / "only_optimizer.pt")
    torch.save({"encoder": state, "decoder": ema}, folder / "ambiguous.pt")


def rezip(source, target, method=zipfile.ZIP_STORED, zip64=False, change=lambda name, data: data,
          rename=lambda name: name):
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        for old in archive.infolist():
            info = zipfile.ZipInfo(rename(old.filename), (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            with out.open(info, "w", force_zip64=zip64) as stream:
                stream.write(change(old.filename, archive.read(old)))


def archives(folder, state):
    source = folder / "state_dict.pt"
    rezip(source, folder / "deflated.pt", zipfile.ZIP_DEFLATED)
    case("deflated.pt", state)
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 8
    rezip(source, folder / "zip64.pt", zip64=True)
    zipfile.ZIP64_LIMIT = limit
    case("zip64.pt", state)
    rezip(source, folder / "top_folder.pt", rename=lambda name: "any thing/" + name.split("/", 1)[1])
    case("top_folder.pt", state)

    def swapped(name, data):
        if name.endswith("/byteorder"):
            return b"big"
        if "/data/" in name:
            size = 8 if name.endswith("/data/3") else 4  # the counter is the one int64
            return b"".join(data[i:i + size][::-1] for i in range(0, len(data), size))
        return data

    rezip(source, folder / "big_endian.pt", change=swapped)
    loaded = torch.load(folder / "big_endian.pt")
    for name, tensor in state.items():
        assert torch.equal(loaded[name], tensor), name
    case("big_endian.pt", state)


def tar(folder, state):
    """The format of 0.1.x, which no installable PyTorch writes any more but all of them read."""
    storages, tensors = io.BytesIO(), io.BytesIO()

    class Pickler(pickle._Pickler):
        def persistent_id(self, value):
            if isinstance(value, torch.Tensor):
                return str(1000 + list(map(id, state.values())).index(id(value)))
            return None

    pickle.dump(len(state), storages, 2)
    classes = {torch.float32: torch.FloatStorage, torch.int64: torch.LongStorage}
    for index, tensor in enumerate(state.values()):
        pickle.dump((index, "cpu", classes[tensor.dtype]), storages, 2)
        data = tensor.contiguous().numpy().tobytes()
        storages.write(struct.pack("<q", tensor.numel()) + data)
    pickle.dump([(500, 0, 1, 4)], storages, 2)
    pickle.dump(len(state) + 1, tensors, 2)
    everything = [(1000 + i, i, t.shape, t.stride(), 0) for i, t in enumerate(state.values())]
    everything.append((1999, 500, (3,), (1,), 1))
    for key, storage, shape, stride, offset in everything:
        pickle.dump((key, storage, torch.FloatTensor), tensors, 2)
        tensors.write(struct.pack("<ii", len(shape), 0))
        tensors.write(struct.pack(f"<{2 * len(shape) + 1}q", *shape, *stride, offset))
    body = io.BytesIO()
    Pickler(body, 2).dump(state)
    with tarfile.open(folder / "tar.pth", "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in (("storages", storages), ("tensors", tensors), ("pickle", body)):
            info = tarfile.TarInfo(name)
            info.size = len(data.getvalue())
            archive.addfile(info, io.BytesIO(data.getvalue()))
    loaded = torch.load(folder / "tar.pth", weights_only=False)
    for name, tensor in state.items():
        assert torch.equal(loaded[name], tensor), name
    case("tar.pth", state, format="PyTorch before 0.1.10")


def safetensors_files(folder, state):
    from safetensors.torch import load_file, save_file

    typed = {k: v for k, v in dtypes(
        ["float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int8", "int16", "int32",
         "int64", "uint8", "uint16", "uint32", "uint64", "bool", "complex64"]).items()}
    save_file({**typed, "empty": torch.zeros(0, 2), "scalar": torch.tensor(3.0)}, folder / "types.safetensors",
              metadata={"format": "pt", "note": "quote \" and ünï"})
    case("types.safetensors", load_file(folder / "types.safetensors"), format="safetensors")
    names = list(state)
    parts = {"model-00001-of-00002.safetensors": names[:2], "model-00002-of-00002.safetensors": names[2:]}
    for file, members in parts.items():
        save_file({k: state[k] for k in members}, folder / file)
    index = {"metadata": {"total_size": 1}, "weight_map": {k: f for f, m in parts.items() for k in m}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))
    case("model.safetensors.index.json", state, format="sharded checkpoint")
    torch.save({k: state[k] for k in names[:3]}, folder / "pytorch_model-1.bin")
    torch.save({k: state[k] for k in names[3:]}, folder / "pytorch_model-2.bin")
    index["weight_map"] = {k: f"pytorch_model-{1 if k in names[:3] else 2}.bin" for k in names}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1))
    case("pytorch_model.bin.index.json", state, format="sharded checkpoint")


def common(folder):
    state = small_state()
    torch.save(state, folder / "state_dict.pt")
    case("state_dict.pt", state)
    torch.save(state, folder / "legacy.pt", _use_new_zipfile_serialization=False)
    case("legacy.pt", state, format="PyTorch before 1.6")
    torch.save(views(), folder / "views.pt")
    case("views.pt", views())
    torch.save(views(), folder / "legacy_views.pt", _use_new_zipfile_serialization=False)
    case("legacy_views.pt", views(), format="PyTorch before 1.6")
    torch.save(quantized(), folder / "quantized.pt")
    case("quantized.pt", quantized())
    net = small_net()
    torch.save(net, folder / "module.pt")
    case("module.pt", net.state_dict(), module=True)
    if torch.__version__ < "2":  # It carries the source of every class, so one such file is enough.
        torch.save({"model": net, "epoch": 3}, folder / "legacy_module.pt", _use_new_zipfile_serialization=False)
        case("legacy_module.pt", net.state_dict(), key="model", format="PyTorch before 1.6", module=True)
    torch.save(objects(state), folder / "objects.pt")
    case("objects.pt", state, key="state_dict")
    dense = filled(2, 3)
    dense[0] = 0
    mixed = collections.OrderedDict(
        dense=filled(3), coo=dense.to_sparse(), csr=dense.to_sparse_csr(), meta=torch.empty(2, device="meta"))
    torch.save(mixed, folder / "sparse.pt")
    case("sparse.pt", mixed, refused={"coo": "sparse", "csr": "sparse", "meta": "meta"})
    protocols = range(6) if torch.__version__ >= "2" else []
    for protocol in protocols:
        name = f"protocol{protocol}.pt"
        torch.save(state, folder / name, pickle_protocol=protocol)
        if protocol > 0:  # At protocol 0 persistent ids become text, which PyTorch can't read either.
            case(name, state)
    arrays = {k: v.numpy() for k, v in state.items()}
    for protocol in protocols:
        name = f"numpy_protocol{protocol}.pkl"
        (folder / name).write_bytes(pickle.dumps(arrays, protocol))
        case(name, arrays, format="pickle")
    (folder / "tensors.pkl").write_bytes(pickle.dumps(state, 2))
    case("tensors.pkl", state, format="pickle")
    return state


def main():
    root, which = pathlib.Path(sys.argv[1]), sys.argv[2]
    folder = root / which
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    state = common(folder)
    names = ["float64", "float32", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool",
             "complex64", "complex128"]
    if which == "newest":
        names += ["uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2",
                  "float8_e5m2fnuz", "float8_e8m0fnu"]
        archives(folder, state)
        tar(folder, state)
        safetensors_files(folder, state)
        training_layouts(folder, state)
        refused = {"integers": "with the other sign"}
        torch.save(signs(), folder / "signs.pt")
        case("signs.pt", signs(), refused=refused)
        torch.save(signs(), folder / "legacy_signs.pt", _use_new_zipfile_serialization=False)
        case("legacy_signs.pt", signs(), refused=refused, format="PyTorch before 1.6")
        torch.serialization.set_crc32_options(False)
        torch.save(state, folder / "no_crc.pt")
        torch.serialization.set_crc32_options(True)
        case("no_crc.pt", state)
    torch.save(dtypes(names), folder / "dtypes.pt")
    case("dtypes.pt", dtypes(names))
    script = torch.jit.script(torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2)).eval())
    torch.jit.save(script, str(folder / "script.pt"))
    case("script.pt", {k: v for k, v in script.state_dict().items()}, format="TorchScript")
    (folder / "expected.json").write_text(json.dumps({"torch": torch.__version__, "cases": CASES}))


main()
