"""ONNX's own test runner, onnx.backend.test.BackendTest, as the judge of cbam-run.

usage: python python/test_cbam_backend.py [-v] [PATTERN…]      (patterns: regular expressions of test names)

It runs the node tests and the simple, pytorch-converted and pytorch-operator models, prints what unittest prints,
then `N passed, N failed`, and exits with 1 where any failed. Tests for other devices are left out.
"""

import os
import re
import sys
import time
import unittest
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np  # noqa: E402
from onnx.backend.test import BackendTest  # noqa: E402

from cbam_backend import CbamBackend  # noqa: E402

KINDS = ["Node", "Simple", "PyTorchConverted", "PyTorchOperator"]


# The standard leaves open which numbers a generator draws; of what is drawn, 0 or 1, it defines type and shape.
DRAWN = [
    f"test_bernoulli{kind}{form}" for kind in ("", "_double", "_seed") for form in ("", "_expanded")]


class Judge(BackendTest):
    """The runner, with the elements of sequences in lists of their own: onnx 1.23 asks each for its length before it
    compares them, and a scalar has none."""

    @classmethod
    def assert_similar_outputs(cls, ref_outputs, outputs, rtol, atol, model_dir=None):
        def nested(values):
            return [
                [[e] if isinstance(e, np.ndarray) else e for e in v] if isinstance(v, (list, tuple)) else v
                for v in values]

        # Unlike the runner: a list that is too short or too long is wrong.
        for found, expected in zip(outputs, ref_outputs):
            if isinstance(expected, (list, tuple)) and len(found) != len(expected):
                raise AssertionError(f"{len(found)} elements, expected {len(expected)}")
        super().assert_similar_outputs(nested(ref_outputs), nested(outputs), rtol, atol, model_dir=model_dir)


def tests(suite):
    """All tests of a suite of suites."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests(item)
        else:
            yield item


def judge(test):
    """One test's result; most of its time is spent waiting for cbam-run."""
    result = unittest.TestResult()
    test.run(result)
    return test, result


def main():
    patterns = [a for a in sys.argv[1:] if not a.startswith("-")]
    verbose = "-v" in sys.argv[1:]
    warnings.simplefilter("ignore")
    backend_test = Judge(CbamBackend, __name__, test_kwargs={name: {"atol": 1} for name in DRAWN})
    cases = [
        backend_test.test_cases[f"OnnxBackend{kind}ModelTest"]
        for kind in KINDS if f"OnnxBackend{kind}ModelTest" in backend_test.test_cases]
    loader = unittest.TestLoader()
    chosen = [
        test for case in cases for test in tests(loader.loadTestsFromTestCase(case))
        if test.id().endswith("_cpu") and (not patterns or any(re.search(p, test.id()) for p in patterns))]
    start = time.monotonic()
    passed, failed = 0, []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for test, result in pool.map(judge, chosen):
            name = test.id().rsplit(".", 1)[-1]
            # A test that is skipped was not passed.
            trouble = [text for _, text in [*result.errors, *result.failures, *result.skipped]]
            if trouble or result.unexpectedSuccesses:
                failed.append(name)
                print(f"FAILED {name}: {trouble[0].strip().splitlines()[-1] if trouble else 'unexpected success'}")
                if verbose:
                    print("\n".join(trouble))
            else:
                passed += 1
                if verbose:
                    print(f"passed {name}")
    print(f"{passed} passed, {len(failed)} failed in {time.monotonic() - start:.0f} s")
    # Nothing to judge is no verdict.
    sys.exit(1 if failed or not passed else 0)


main()
