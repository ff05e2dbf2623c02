"""The loops, compiled for the processor that this runs on."""

from collections.abc import Callable, Sequence
from ctypes import CFUNCTYPE, c_int64
from typing import Any

from llvmlite import binding, ir

from matcher.text.e5.kernels.passes import write_bend, write_rounded
from matcher.text.e5.kernels.tile import write_product
from matcher.text.e5.kernels.ways import Way


class Loops:
    """
    Three functions of addresses and counts; others may run meanwhile.

    Parameters
    ----------
    way
        How this processor multiplies.
    far, factors
        Of the polynomial by which numbers are bent.
    """

    def __init__(self, way: Way, far: float, factors: Sequence[float]) -> None:
        self.way = way
        module = ir.Module()
        write_product(module, way)
        write_rounded(module, way.lanes)
        write_bend(module, way.lanes, far, factors)
        engine = _compiled(str(module))
        self.product = _function(engine, "product", 10)
        self.rounded = _function(engine, "rounded", 5)
        self.bend = _function(engine, "bend", 2)


def _function(engine: Any, name: str, places: int) -> Callable[..., None]:
    found = CFUNCTYPE(None, *[c_int64] * places)(engine.get_function_address(name))
    found.engine = engine  # type: ignore[attr-defined]  # its code goes when it does
    return found


def _compiled(code: str) -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    target = binding.Target.from_default_triple()
    machine = target.create_target_machine(binding.get_host_cpu_name(), features, opt=3)
    module = binding.parse_assembly(code)
    tuning = binding.create_pipeline_tuning_options(speed_level=3)
    passes = binding.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return engine
