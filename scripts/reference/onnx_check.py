#!/usr/bin/env python3
"""Runs exported networks with ONNX Runtime and compares them with what continuo computed (called by scripts/onnx-check).

    onnx_check.py FOLDER     FOLDER/NAME-generator.onnx, FOLDER/NAME-plan.onnx, and inputs and results in FOLDER/NAME/
"""

import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

LIMIT = 1e-4


def arrays(folder, network):
    """The inputs and the result by name: NETWORK-NAME-SIZES.f32."""
    found = {}
    for file in folder.glob(f"{network}-*.f32"):
        _, name, *sizes = file.stem.split("-")
        found[name] = np.fromfile(file, dtype="<f4").reshape([int(size) for size in sizes])
    return found


def main():
    folder = Path(sys.argv[1])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    failed = 0
    files = sorted(folder.glob("*.onnx"))
    for file in files:
        name, network = file.stem.rsplit("-", 1)
        onnx.checker.check_model(str(file), full_check=True)
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        given = arrays(folder / name, network)
        expected = given.pop("logits")
        result = session.run(["logits"], given)[0]
        difference = float(np.abs(result - expected).max())
        one = {key: value[:1] for key, value in given.items()}
        times = []
        for _ in range(20):
            began = time.perf_counter()
            session.run(["logits"], one)
            times.append(time.perf_counter() - began)
        verdict = "ok" if difference <= LIMIT else "DIFFERS"
        failed += verdict != "ok"
        print(f"{name:10} {network:10} {verdict:8} largest difference {difference:.2e} of {float(np.abs(expected).max()):.1f}, "
              f"{1000 * sorted(times)[10]:.2f} ms a window in ONNX Runtime")
    print(f"{len(files) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
