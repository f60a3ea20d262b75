"""Methods that are a function of the catalogue under its own name, and their forms in place.

The table below is all that is written about them. Editors and type checkers, which do not run
it, read `methods.pyi`; `python tests/stubs.py --write` makes that file from the functions.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from tinygradx.ops import (
    activations,
    bell_curve,
    bits,
    broadcasting,
    comparisons,
    copies,
    cumulative,
    diagonals,
    distances,
    elementary,
    exponentials,
    gathering,
    indexing,
    joining,
    linalg,
    masks,
    memory,
    pointwise,
    products,
    rearranging,
    reductions,
    rounding,
    scatter,
    shapes,
    slices,
    sorting,
    special,
    splitting,
    statistics,
    transposing,
    trigonometry,
    unsafe,
    windows,
)
from tinygradx.ops.elementwise import Elementwise
from tinygradx.tensor import conversion
from tinygradx.tensor.writing import Writing

#: The functions of each file that are methods.
METHODS: dict[Any, str] = {
    elementary: "absolute addcdiv angle clamp clip copysign fmax fmin heaviside lerp maximum "
    "minimum mul neg nextafter reciprocal sign square",
    bell_curve: "erf erfc erfinv",
    bits: "bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor "
    "gcd lcm",
    comparisons: "eq ge gt isfinite isinf isnan isneginf isposinf le logical_and logical_not "
    "logical_or logical_xor lt ne signbit",
    exponentials: "exp exp2 expm1 log log1p log2 log10 logaddexp logaddexp2 pow rsqrt sqrt",
    rounding: "ceil floor floor_divide fmod frac remainder round trunc",
    trigonometry: "acos acosh asin asinh atan atan2 atanh cos cosh deg2rad hypot rad2deg sin "
    "sinh tan",
    pointwise: "add addcmul allclose arccos arccosh arcsin arcsinh arctan arctan2 arctanh "
    "clamp_max clamp_min conj conj_physical div divide equal fix float_power frexp greater "
    "greater_equal isclose isreal ldexp less less_equal multiply nan_to_num negative not_equal "
    "positive resolve_conj resolve_neg sgn sub subtract true_divide",
    special: "digamma i0 igamma igammac lgamma logit mvlgamma sinc xlogy",
    activations: "hardshrink relu sigmoid tanh softmax log_softmax prelu",
    reductions: "all amax amin aminmax any argmax argmin count_nonzero logsumexp max mean min "
    "nanmean nansum prod sum",
    cumulative: "cummax cummin cumprod cumsum diff logcumsumexp",
    statistics: "bincount corrcoef cov histc histogram median mode nanmedian nanquantile quantile "
    "std var",
    sorting: "argsort kthvalue msort sort topk unique unique_consecutive",
    distances: "dist norm",
    linalg: "cholesky_inverse cholesky_solve det geqrf logdet matrix_exp ormqr pinverse renorm "
    "slogdet triangular_solve",
    shapes: "flatten ravel reshape reshape_as squeeze unflatten unsqueeze view view_as",
    broadcasting: "broadcast_to expand expand_as sum_to_size",
    joining: "narrow",
    memory: "contiguous",
    transposing: "adjoint moveaxis movedim permute swapaxes swapdims t transpose",
    indexing: "select",
    scatter: "index_put put scatter scatter_add scatter_reduce",
    gathering: "gather take take_along_dim",
    masks: "argwhere masked_fill masked_scatter masked_select nonzero nonzero_static",
    slices: "index_add index_copy index_fill index_reduce index_select select_scatter "
    "slice_scatter",
    splitting: "chunk dsplit hsplit split split_with_sizes tensor_split unbind vsplit",
    rearranging: "flip fliplr flipud repeat repeat_interleave roll rot90 tile",
    copies: "narrow_copy",
    diagonals: "diag diag_embed diagflat diagonal diagonal_scatter trace tril triu",
    windows: "as_strided as_strided_scatter unfold",
    conversion: "bfloat16 byte char data_ptr element_size half is_same_size new_empty "
    "new_empty_strided new_full new_ones new_tensor new_zeros polygamma short storage_offset "
    "stride type type_as where",
    unsafe: "unsafe_chunk unsafe_split",
    products: "addbmm addmm addmv addr baddbmm bmm cross dot ger inner kron matmul matrix_power "
    "mm mv outer vdot",
}
#: Methods whose function has another name.
RENAMED: dict[str, Any] = {
    "abs": elementary.absolute,
    "cholesky": linalg.old_cholesky,
    "inverse": linalg.inv,
    "lu": linalg.old_lu,
    "lu_solve": linalg.old_lu_solve,
    "qr": linalg.old_qr,
    "svd": linalg.old_svd,
}

#: Operations with a form in place: `name_` computes `name` and writes it to the tensor itself.
IN_PLACE = """
abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr arccos arccosh arcsin arcsinh
arctan arctan2 arctanh asin asinh atan atan2 atanh baddbmm bitwise_and bitwise_left_shift
bitwise_not bitwise_or bitwise_right_shift bitwise_xor ceil clamp clamp_max clamp_min clip
conj_physical copysign cos cosh cumprod cumsum deg2rad digamma div divide eq erf erfc erfinv exp
exp2 expm1 fix float_power floor floor_divide fmod frac gcd ge greater greater_equal gt heaviside
hypot i0 igamma igammac index_add index_copy index_fill index_put index_reduce lcm ldexp le lerp
less less_equal lgamma log log10 log1p log2 logical_and logical_not logical_or logical_xor logit lt
masked_fill masked_scatter mul multiply mvlgamma nan_to_num ne neg negative nextafter not_equal
polygamma pow put rad2deg reciprocal relu remainder renorm round rsqrt scatter scatter_add
scatter_reduce sgn sigmoid sign sin sinc sinh sqrt square sub subtract tan tanh tril triu
true_divide trunc xlogy
"""

#: Changes of shape with a form in place.
TURNING = "as_strided squeeze swapaxes swapdims t transpose unsqueeze"


class Methods(Writing):
    """The part of a tensor that calls the catalogue."""

    __slots__ = ()


def _method(function: Any, name: str) -> Any:
    """A method that calls `function` with the tensor in front."""
    if isinstance(function, FunctionType):
        return function  # binds by itself
    call = function
    if isinstance(function, Elementwise) and function.shortest and not function.settings:
        call = function.apply_one

    def method(self: Any, *args: Any, **named: Any) -> Any:
        return call(self, *args, **named)

    return _named(method, name, function, function.__doc__)


def _in_place(function: Any, name: str, how: Any) -> Any:
    """A method that writes what `function` answers, by `how`, to the tensor itself."""
    own = name + "_"

    def method(self: Any, *args: Any, **named: Any) -> Any:
        return how(self, lambda x: function(x, *args, **named), own)

    text = f"`{name}` in place: the tensor becomes `x.{name}(...)`, and is answered."
    return _named(method, own, function, text)


def _named(method: Any, name: str, function: Any, text: str) -> Any:
    """The method with its name and words; its signature is that of the function."""
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = text
    method.__wrapped__ = function
    if getattr(function, "activation", False):  # a method in place has a name of its own
        shown = function.__signature__
        kept = [place for place in shown.parameters.values() if place.name != "inplace"]
        method.__signature__ = shown.replace(parameters=kept)
    return method


def _attach() -> None:
    """Give the class everything that the tables name."""
    for module, names in METHODS.items():
        for name in names.split():
            setattr(Methods, name, _method(getattr(module, name), name))
    for name, function in RENAMED.items():
        setattr(Methods, name, _method(function, name))
    for names, how in ((IN_PLACE, Writing._write), (TURNING, Writing._turn)):
        for name in names.split():
            function = getattr(Methods, name, None)
            if function is not None:
                setattr(Methods, name + "_", _in_place(function, name, how))
    Methods.itemsize = property(conversion.element_size)
    Methods.nbytes = property(conversion.nbytes)


_attach()
