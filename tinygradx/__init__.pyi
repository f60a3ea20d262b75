# Written by `python tests/stubs.py --write`, from the functions themselves.

import builtins
from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np

from tinygradx import accelerator as accelerator
from tinygradx import autograd as autograd
from tinygradx import backends as backends
from tinygradx import compare as compare
from tinygradx import cuda as cuda
from tinygradx import data as data
from tinygradx import distributions as distributions
from tinygradx import draw as draw
from tinygradx import errors as errors
from tinygradx import func as func
from tinygradx import linalg as linalg
from tinygradx import micrograd as micrograd
from tinygradx import nn as nn
from tinygradx import optim as optim
from tinygradx import plot as plot
from tinygradx import random as random
from tinygradx import serialization as serialization
from tinygradx import signal as signal
from tinygradx import sklearn as sklearn
from tinygradx import special as special
from tinygradx import train as train
from tinygradx import utils as utils
from tinygradx.autograd.checking import gradcheck as gradcheck
from tinygradx.autograd.checking import gradgradcheck as gradgradcheck
from tinygradx.compare.activations import compare_activations as compare_activations
from tinygradx.draw.dot import draw_dot as draw_dot
from tinygradx.draw.tree import print_graph as print_graph
from tinygradx.func import vmap as vmap
from tinygradx.graph.record import enable_grad as enable_grad
from tinygradx.graph.record import inference_mode as inference_mode
from tinygradx.graph.record import is_grad_enabled as is_grad_enabled
from tinygradx.graph.record import no_grad as no_grad
from tinygradx.graph.record import set_grad_enabled as set_grad_enabled
from tinygradx.ops.activation_table import Activations
from tinygradx.ops.cumulative import Cumulated
from tinygradx.ops.device import device as device
from tinygradx.ops.elementwise import Elementwise
from tinygradx.ops.histograms import Histogramdd
from tinygradx.ops.linalg.determinants import Slogdet
from tinygradx.ops.linalg.factoring import OldSVDResult, QRResult
from tinygradx.ops.linalg.lu import LUResult, TriangularSolution
from tinygradx.ops.linalg.reflections import GeqrfResult
from tinygradx.ops.pointwise import Frexp
from tinygradx.ops.random import Generator as Generator
from tinygradx.ops.random import default_generator as default_generator
from tinygradx.ops.reductions import AminmaxResult, MaxResult
from tinygradx.ops.rowwise import Rowwise
from tinygradx.ops.sorting import Sorted
from tinygradx.ops.statistics import Histogram
from tinygradx.random import get_rng_state as get_rng_state
from tinygradx.random import initial_seed as initial_seed
from tinygradx.random import seed as seed
from tinygradx.random import set_rng_state as set_rng_state
from tinygradx.serialization import load as load
from tinygradx.serialization import save as save
from tinygradx.tensor.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from tinygradx.tensor.anomaly import is_anomaly_enabled as is_anomaly_enabled
from tinygradx.tensor.chance import bernoulli as bernoulli
from tinygradx.tensor.chance import multinomial as multinomial
from tinygradx.tensor.chance import normal as normal
from tinygradx.tensor.chance import poisson as poisson
from tinygradx.tensor.chance import rand_like as rand_like
from tinygradx.tensor.chance import randint_like as randint_like
from tinygradx.tensor.chance import randn_like as randn_like
from tinygradx.tensor.creation import as_tensor as as_tensor
from tinygradx.tensor.creation import asarray as asarray
from tinygradx.tensor.creation import empty as empty
from tinygradx.tensor.creation import empty_like as empty_like
from tinygradx.tensor.creation import eye as eye
from tinygradx.tensor.creation import from_numpy as from_numpy
from tinygradx.tensor.creation import frombuffer as frombuffer
from tinygradx.tensor.creation import full as full
from tinygradx.tensor.creation import full_like as full_like
from tinygradx.tensor.creation import ones as ones
from tinygradx.tensor.creation import ones_like as ones_like
from tinygradx.tensor.creation import rand as rand
from tinygradx.tensor.creation import randint as randint
from tinygradx.tensor.creation import randn as randn
from tinygradx.tensor.creation import randperm as randperm
from tinygradx.tensor.creation import scalar_tensor as scalar_tensor
from tinygradx.tensor.creation import tensor as tensor
from tinygradx.tensor.creation import zeros as zeros
from tinygradx.tensor.creation import zeros_like as zeros_like
from tinygradx.tensor.custom_gradient import custom_gradient as custom_gradient
from tinygradx.tensor.kinds import BoolTensor as BoolTensor
from tinygradx.tensor.kinds import ByteTensor as ByteTensor
from tinygradx.tensor.kinds import CharTensor as CharTensor
from tinygradx.tensor.kinds import DoubleTensor as DoubleTensor
from tinygradx.tensor.kinds import FloatTensor as FloatTensor
from tinygradx.tensor.kinds import IntTensor as IntTensor
from tinygradx.tensor.kinds import LongTensor as LongTensor
from tinygradx.tensor.kinds import ShortTensor as ShortTensor
from tinygradx.tensor.kinds import Size as Size
from tinygradx.tensor.kinds import can_cast as can_cast
from tinygradx.tensor.kinds import finfo as finfo
from tinygradx.tensor.kinds import get_num_threads as get_num_threads
from tinygradx.tensor.kinds import iinfo as iinfo
from tinygradx.tensor.kinds import is_complex as is_complex
from tinygradx.tensor.kinds import is_floating_point as is_floating_point
from tinygradx.tensor.kinds import is_nonzero as is_nonzero
from tinygradx.tensor.kinds import is_tensor as is_tensor
from tinygradx.tensor.kinds import promote_types as promote_types
from tinygradx.tensor.kinds import result_type as result_type
from tinygradx.tensor.kinds import set_num_threads as set_num_threads
from tinygradx.tensor.kinds import typename as typename
from tinygradx.tensor.numpy_interface import from_dlpack as from_dlpack
from tinygradx.tensor.printing import set_printoptions as set_printoptions
from tinygradx.tensor.sequences import arange as arange
from tinygradx.tensor.sequences import linspace as linspace
from tinygradx.tensor.sequences import logspace as logspace
from tinygradx.tensor.sequences import range as range
from tinygradx.tensor.strides import empty_permuted as empty_permuted
from tinygradx.tensor.strides import empty_strided as empty_strided
from tinygradx.tensor.tensor import Tensor as Tensor

activations: Activations
bool: np.dtype[Any]
channels_last: str
channels_last_3d: str
contiguous_format: str
double: np.dtype[Any]
e: builtins.float
float: np.dtype[Any]
float32: np.dtype[Any]
float64: np.dtype[Any]
inf: builtins.float
int: np.dtype[Any]
int16: np.dtype[Any]
int32: np.dtype[Any]
int64: np.dtype[Any]
int8: np.dtype[Any]
long: np.dtype[Any]
nan: builtins.float
pi: builtins.float
preserve_format: str
short: np.dtype[Any]
strided: str
uint8: np.dtype[Any]
__version__: str

def abs(input: Any) -> Tensor:
    """The size of x; its slope at 0 is taken to be 0."""

def abs_(input: Any) -> Tensor:
    """`abs` in place: the tensor becomes `x.abs(...)`, and is answered."""

def absolute(input: Any) -> Tensor:
    """The size of x; its slope at 0 is taken to be 0."""

def acos(input: Any) -> Tensor:
    """The angle whose cosine is x."""

def acos_(input: Any) -> Tensor:
    """`acos` in place: the tensor becomes `x.acos(...)`, and is answered."""

def acosh(input: Any) -> Tensor:
    """The inverse of cosh, for x of at least 1."""

def acosh_(input: Any) -> Tensor:
    """`acosh` in place: the tensor becomes `x.acosh(...)`, and is answered."""

def activation(textbook: str, **options: Any) -> Callable[[Callable[..., Any]], Elementwise]:
    """Register the function below as an activation."""

def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """The sum, `input + alpha * other`."""

def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`beta * input + alpha *` the sum of all products of `bmm(batch1, batch2)`: see `addmm`."""

def addcdiv(input: Any, tensor1: Any, tensor2: Any, value: builtins.float = 1.0) -> Tensor:
    """A number plus a quotient, which is first multiplied by `value`."""

def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Tensor:
    """A number plus a product: `input + value * tensor1 * tensor2`."""

def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`beta * input + alpha * (mat1 @ mat2)` for matrices."""

def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`beta * input + alpha * (mat @ vec)` for a matrix (n, m) and a vector (m,): see `addmm`."""

def addmv_(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`addmv` in place: the tensor becomes `x.addmv(...)`, and is answered."""

def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`beta * input + alpha * outer(vec1, vec2)`: see `addmm`."""

def adjoint(input: Any) -> Tensor:
    """A view with the last two dimensions exchanged (and no conjugate, as all numbers are real)."""

def alias_copy(input: Any) -> Tensor:
    """A copy in memory of its own: see `clone`."""

def all(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """Whether all elements are nonzero."""

def allclose(
    input: Any,
    other: Any,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> builtins.bool:
    """Whether all numbers of two tensors are close: see `isclose`."""

def amax(
    input: Any,
    dim: Any = (),
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The largest element over dimensions; equal ones share the gradient."""

def amin(
    input: Any,
    dim: Any = (),
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The smallest element over dimensions; equal ones share the gradient: see `amax`."""

def aminmax(
    input: Any,
    *,
    dim: Any = None,
    keepdim: builtins.bool = False,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> AminmaxResult:
    """The smallest and the largest element, as a pair `(min, max)`."""

def angle(input: Any) -> Tensor:
    """The angle of a real number in the plane: pi for negative ones, 0 for the others."""

def any(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """Whether any element is nonzero: see `all`."""

def arccos(input: Any) -> Tensor:
    """The angle whose cosine is x."""

def arccos_(input: Any) -> Tensor:
    """`arccos` in place: the tensor becomes `x.arccos(...)`, and is answered."""

def arccosh(input: Any) -> Tensor:
    """The inverse of cosh, for x of at least 1."""

def arccosh_(input: Any) -> Tensor:
    """`arccosh` in place: the tensor becomes `x.arccosh(...)`, and is answered."""

def arcsin(input: Any) -> Tensor:
    """The angle whose sine is x."""

def arcsin_(input: Any) -> Tensor:
    """`arcsin` in place: the tensor becomes `x.arcsin(...)`, and is answered."""

def arcsinh(input: Any) -> Tensor:
    """The inverse of sinh."""

def arcsinh_(input: Any) -> Tensor:
    """`arcsinh` in place: the tensor becomes `x.arcsinh(...)`, and is answered."""

def arctan(input: Any) -> Tensor:
    """The angle whose tangent is x."""

def arctan2(input: Any, other: Any) -> Tensor:
    """The angle of the point (x, y)."""

def arctan_(input: Any) -> Tensor:
    """`arctan` in place: the tensor becomes `x.arctan(...)`, and is answered."""

def arctanh(input: Any) -> Tensor:
    """The inverse of tanh."""

def arctanh_(input: Any) -> Tensor:
    """`arctanh` in place: the tensor becomes `x.arctanh(...)`, and is answered."""

def argmax(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The index of the largest element (the first of equal ones), as int64."""

def argmin(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The index of the smallest element (the first of equal ones), as int64: see `argmax`."""

def argsort(
    input: Any,
    dim: Any = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = False,
    *,
    axis: Any = ...,
) -> Tensor:
    """Where the elements in order come from, along a dimension, as int64: see `sort`."""

def argwhere(input: Any) -> Tensor:
    """Where the elements are that are not 0, one place a row: see `nonzero`."""

def as_strided(
    input: Any, size: Any, stride: Any, storage_offset: builtins.int | None = None
) -> Tensor:
    """The elements of a tensor's memory at a start and steps of one's own choice, as a view."""

def as_strided_(
    input: Any, size: Any, stride: Any, storage_offset: builtins.int | None = None
) -> Tensor:
    """`as_strided` in place: the tensor becomes `x.as_strided(...)`, and is answered."""

def as_strided_copy(
    input: Any, size: Any, stride: Any, storage_offset: builtins.int | None = None
) -> Tensor:
    """What `as_strided` answers, copied into memory of its own."""

def as_strided_scatter(
    input: Any, src: Any, size: Any, stride: Any, storage_offset: builtins.int | None = None
) -> Tensor:
    """A copy with other values at a start and steps of one's own choice: see `as_strided`."""

def asin(input: Any) -> Tensor:
    """The angle whose sine is x."""

def asin_(input: Any) -> Tensor:
    """`asin` in place: the tensor becomes `x.asin(...)`, and is answered."""

def asinh(input: Any) -> Tensor:
    """The inverse of sinh."""

def asinh_(input: Any) -> Tensor:
    """`asinh` in place: the tensor becomes `x.asinh(...)`, and is answered."""

def atan(input: Any) -> Tensor:
    """The angle whose tangent is x."""

def atan2(input: Any, other: Any) -> Tensor:
    """The angle of the point (x, y)."""

def atan_(input: Any) -> Tensor:
    """`atan` in place: the tensor becomes `x.atan(...)`, and is answered."""

def atanh(input: Any) -> Tensor:
    """The inverse of tanh."""

def atanh_(input: Any) -> Tensor:
    """`atanh` in place: the tensor becomes `x.atanh(...)`, and is answered."""

def atleast_1d(*tensors: Any) -> Any:
    """A number as a tensor of one dimension; others as they are."""

def atleast_2d(*tensors: Any) -> Tensor:
    """A number or a vector as a matrix of one row; others as they are: see `atleast_1d`."""

def atleast_3d(*tensors: Any) -> Tensor:
    """A vector of n as (1, n, 1), a matrix (n, m) as (n, m, 1); others as they are."""

def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """`beta * input + alpha * bmm(batch1, batch2)` for stacks of matrices: see `addmm`."""

def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """`x1ᵀ W x2 + b` for every output, over the last dimension of both inputs."""

def bincount(input: Any, weights: Any = None, minlength: builtins.int = 0) -> Tensor:
    """How often each integer from 0 on is there, or the sum of its weights."""

def bitwise_and(input: Any, other: Any) -> Tensor:
    """The bits that are set in both; of bools, whether both hold."""

def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """x times two to the power y."""

def bitwise_not(input: Any) -> Tensor:
    """Every bit turned over; of bools, whether it does not hold."""

def bitwise_or(input: Any, other: Any) -> Tensor:
    """The bits that are set in either; of bools, whether either holds."""

def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """x divided by two to the power y, rounded down."""

def bitwise_xor(input: Any, other: Any) -> Tensor:
    """The bits that are set in exactly one; of bools, whether exactly one holds."""

def block_diag(*tensors: Any) -> Tensor:
    """Matrices along the diagonal of one matrix, with zeros beside them."""

def bmm(input: Any, mat2: Any) -> Tensor:
    """The products of two stacks of matrices, pair by pair."""

def broadcast_shapes(*shapes: Any) -> tuple[builtins.int, ...]:
    """The shape that tensors of these shapes broadcast to."""

def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """Views of the tensors in the one shape that they broadcast to."""

def broadcast_to(input: Any, *shape: Any, size: Any = ()) -> Tensor:
    """A view with dimensions of size 1 repeated: see `expand`."""

def bucketize(
    input: Any, boundaries: Any, *, out_int32: builtins.bool = False, right: builtins.bool = False
) -> Tensor:
    """Which of the intervals between sorted boundaries each value falls into."""

def cartesian_prod(*tensors: Any) -> Tensor:
    """Every way to take one element of each vector: one way a row."""

def cat(tensors: Sequence[Any], dim: builtins.int = 0) -> Tensor:
    """Tensors one after another along a dimension; also called `concat` and `concatenate`."""

def cdist(x1: Any, x2: Any, p: Any = 2.0, compute_mode: str | None = None) -> Tensor:
    """How far every vector of one set is from every vector of another."""

def ceil(input: Any) -> Tensor:
    """Rounded up; its slope is 0."""

def ceil_(input: Any) -> Tensor:
    """`ceil` in place: the tensor becomes `x.ceil(...)`, and is answered."""

def celu(input: Any, alpha: builtins.float = 1.0, inplace: builtins.bool = False) -> Tensor:
    """ELU whose slope is continuous for every alpha. Barron (2017), arXiv:1704.07483."""

def celu_(input: Any, alpha: builtins.float = 1.0, inplace: builtins.bool = False) -> Tensor:
    """`celu`, written to the memory of its input, which is answered."""

def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices, in the order that takes the fewest multiplications."""

def cholesky(input: Any, upper: builtins.bool = False) -> Tensor:
    """PyTorch's older `cholesky`: see `linalg.cholesky`."""

def cholesky_inverse(L: Any, upper: builtins.bool = False) -> Tensor:
    """The inverse of A, given its Cholesky factor: see `cholesky_solve`."""

def cholesky_solve(B: Any, L: Any, upper: builtins.bool = False) -> Tensor:
    """The solution X of `A X = B`, given the Cholesky factor of A."""

def chunk(input: Any, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor: so many parts of one size along a dimension, the last one smaller."""

def clamp(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """Each value kept between two bounds."""

def clamp_(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """`clamp` in place: the tensor becomes `x.clamp(...)`, and is answered."""

def clamp_max(input: Any, max: Any) -> Tensor:
    """Each value, but at most `max`: `clamp(input, max=max)`, the counterpart of `clamp_min`."""

def clamp_max_(input: Any, max: Any) -> Tensor:
    """`clamp_max` in place: the tensor becomes `x.clamp_max(...)`, and is answered."""

def clamp_min(input: Any, min: Any) -> Tensor:
    """Each value, but at least `min`: `clamp(input, min=min)`."""

def clamp_min_(input: Any, min: Any) -> Tensor:
    """`clamp_min` in place: the tensor becomes `x.clamp_min(...)`, and is answered."""

def clip(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """Each value kept between two bounds."""

def clip_(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """`clip` in place: the tensor becomes `x.clip(...)`, and is answered."""

def clone(input: Any, *, memory_format: Any = None) -> Tensor:
    """A copy in memory of its own, through which gradients flow."""

def column_stack(tensors: Sequence[Any]) -> Tensor:
    """Tensors side by side, along dim 1; vectors are columns."""

def combinations(
    input: Any, r: builtins.int = 2, with_replacement: builtins.bool = False
) -> Tensor:
    """Every way to take r elements of a vector, in order: one way a row."""

def concat(tensors: Sequence[Any], dim: builtins.int = 0) -> Tensor:
    """Tensors one after another along a dimension: see `cat`."""

def concatenate(tensors: Sequence[Any], dim: builtins.int = 0) -> Tensor:
    """Tensors one after another along a dimension, under NumPy's name: see `cat`."""

def conj(input: Any) -> Tensor:
    """The real part: the tensor itself, since no tensor here is complex."""

def conj_physical(input: Any) -> Tensor:
    """The real part: the tensor itself, since no tensor here is complex."""

def conj_physical_(input: Any) -> Tensor:
    """`conj_physical` in place: the tensor becomes `x.conj_physical(...)`, and is answered."""

def copysign(input: Any, other: Any) -> Tensor:
    """The size of x with the sign of y; its slope along x is 0 at 0, along y 0 everywhere."""

def corrcoef(input: Any) -> Tensor:
    """The correlation of variables (rows) over observations (columns), from -1 to 1."""

def cos(input: Any) -> Tensor:
    """The cosine of an angle in radians."""

def cos_(input: Any) -> Tensor:
    """`cos` in place: the tensor becomes `x.cos(...)`, and is answered."""

def cosh(input: Any) -> Tensor:
    """The hyperbolic cosine."""

def cosh_(input: Any) -> Tensor:
    """`cosh` in place: the tensor becomes `x.cosh(...)`, and is answered."""

def cosine_similarity(
    x1: Any, x2: Any, dim: builtins.int = 1, eps: builtins.float = 1e-08
) -> Tensor:
    """The cosine of the angle between vectors: `x1·x2 / (max(|x1|, eps) * max(|x2|, eps))`."""

def count_nonzero(input: Any, dim: Any = None, *, axis: Any = ...) -> Tensor:
    """How many elements differ from 0, as int64; nan does."""

def cov(
    input: Any, *, correction: builtins.int = 1, fweights: Any = None, aweights: Any = None
) -> Tensor:
    """The covariance of variables (rows) over observations (columns)."""

def cross(input: Any, other: Any, dim: builtins.int | None = None) -> Tensor:
    """The vector product of vectors of three elements."""

def cummax(input: Any, dim: Any = None, *, axis: Any = ...) -> Cumulated:
    """The largest of all elements up to each one, and where it is."""

def cummin(input: Any, dim: Any = None, *, axis: Any = ...) -> Cumulated:
    """The smallest of all elements up to each one, and where it is: see `cummax`."""

def cumprod(input: Any, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Tensor:
    """The products of all elements up to each one, along a dimension."""

def cumsum(input: Any, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Tensor:
    """The sums of all elements up to each one, along a dimension."""

def cumulative_trapezoid(
    y: Any, x: Any = None, *, dx: Any = None, dim: builtins.int = -1, axis: Any = ...
) -> Tensor:
    """The areas under a curve up to each point but the first, by the trapezoidal rule."""

def deg2rad(input: Any) -> Tensor:
    """An angle in degrees, in radians."""

def deg2rad_(input: Any) -> Tensor:
    """`deg2rad` in place: the tensor becomes `x.deg2rad(...)`, and is answered."""

def det(A: Any) -> Tensor:
    """The determinant of square matrices; its gradient exists for singular ones as well."""

def diag(input: Any, diagonal: builtins.int = 0) -> Tensor:
    """A matrix with a vector on its diagonal; or a copy of the diagonal of a matrix."""

def diag_embed(
    input: Any, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1
) -> Tensor:
    """Matrices of zeros with the last dimension on their diagonals."""

def diagflat(input: Any, offset: builtins.int = 0) -> Tensor:
    """A matrix with all elements of a tensor on its diagonal."""

def diagonal(
    input: Any, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Tensor:
    """The diagonals of matrices, as the last dimension of a view."""

def diagonal_copy(
    input: Any, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Tensor:
    """What `diagonal` answers, copied into memory of its own."""

def diagonal_scatter(
    input: Any, src: Any, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Tensor:
    """A copy with other values on the diagonals of two dimensions."""

def diff(
    input: Any,
    n: builtins.int = 1,
    dim: builtins.int = -1,
    prepend: Any = None,
    append: Any = None,
    *,
    axis: Any = ...,
) -> Tensor:
    """The differences of neighbours along a dimension."""

def digamma(input: Any) -> Tensor:
    """The slope of the logarithm of the gamma function; nan at -1, -2 ..."""

def dist(input: Any, other: Any, p: Any = 2) -> Tensor:
    """The p-norm of the difference of two tensors, which broadcast."""

def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """The quotient, rounded if asked for."""

def divide(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """The quotient, rounded if asked for."""

def dot(input: Any, tensor: Any) -> Tensor:
    """The inner product of two vectors of one length."""

def dsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views of a tensor one behind another, along dim 2: see `hsplit`."""

def dstack(tensors: Sequence[Any]) -> Tensor:
    """Tensors one behind another, along dim 2; see `atleast_3d` for those of fewer dimensions."""

def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products over dimensions named by letters."""

def elu(input: Any, alpha: builtins.float = 1.0, inplace: builtins.bool = False) -> Tensor:
    """An exponential below 0, the value above. Clevert et al. (2015), arXiv:1511.07289."""

def eq(input: Any, other: Any) -> Tensor:
    """Whether both are equal; nan equals nothing."""

def equal(input: Any, other: Any) -> builtins.bool:
    """Whether two tensors have the same shape and the same elements."""

def erf(input: Any) -> Tensor:
    """The error function."""

def erf_(input: Any) -> Tensor:
    """`erf` in place: the tensor becomes `x.erf(...)`, and is answered."""

def erfc(input: Any) -> Tensor:
    """One minus the error function, exact far out."""

def erfc_(input: Any) -> Tensor:
    """`erfc` in place: the tensor becomes `x.erfc(...)`, and is answered."""

def erfinv(input: Any) -> Tensor:
    """The x' whose erf is x, for x between -1 and 1."""

def exp(input: Any) -> Tensor:
    """e to the power x."""

def exp2(input: Any) -> Tensor:
    """Two to the power x."""

def exp2_(input: Any) -> Tensor:
    """`exp2` in place: the tensor becomes `x.exp2(...)`, and is answered."""

def exp_(input: Any) -> Tensor:
    """`exp` in place: the tensor becomes `x.exp(...)`, and is answered."""

def expand(input: Any, *shape: Any, size: Any = ()) -> Tensor:
    """A view with dimensions of size 1 repeated; -1 keeps a size."""

def expand_copy(input: Any, *shape: Any, size: Any = ()) -> Tensor:
    """What `expand` answers, copied into memory of its own."""

def expm1(input: Any) -> Tensor:
    """e to the power x, minus one, exact near 0."""

def expm1_(input: Any) -> Tensor:
    """`expm1` in place: the tensor becomes `x.expm1(...)`, and is answered."""

def fix(input: Any) -> Tensor:
    """Rounded towards 0; its slope is 0."""

def fix_(input: Any) -> Tensor:
    """`fix` in place: the tensor becomes `x.fix(...)`, and is answered."""

def flatten(input: Any, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
    """A run of dimensions made one."""

def flip(input: Any, *order: Any, dims: Any = ()) -> Tensor:
    """A copy with the elements in reverse order along some dimensions."""

def fliplr(input: Any) -> Tensor:
    """A copy with left and right exchanged: reversed along dim 1."""

def flipud(input: Any) -> Tensor:
    """A copy with top and bottom exchanged: reversed along dim 0."""

def float_power(input: Any, exponent: Any) -> Tensor:
    """x to the power y, computed in float64."""

def floor(input: Any) -> Tensor:
    """Rounded down; its slope is 0."""

def floor_(input: Any) -> Tensor:
    """`floor` in place: the tensor becomes `x.floor(...)`, and is answered."""

def floor_divide(input: Any, other: Any) -> Tensor:
    """The quotient rounded down; its slope is 0."""

def fmax(input: Any, other: Any) -> Tensor:
    """The larger one, and where one is nan the other; where both are equal the slope is x's."""

def fmin(input: Any, other: Any) -> Tensor:
    """The smaller one, and where one is nan the other; where both are equal the slope is x's."""

def fmod(input: Any, other: Any) -> Tensor:
    """What is left of a division, with the sign of the dividend (C's `fmod`)."""

def frac(input: Any) -> Tensor:
    """The part behind the point, with the sign of x."""

def frac_(input: Any) -> Tensor:
    """`frac` in place: the tensor becomes `x.frac(...)`, and is answered."""

def frexp(input: Any) -> Frexp:
    """Mantissa and exponent: `input == mantissa * 2**exponent`."""

def gather(
    input: Any, dim: builtins.int, index: Any, *, sparse_grad: builtins.bool = False
) -> Tensor:
    """Elements along a dimension, by an index for each of them."""

def gcd(input: Any, other: Any) -> Tensor:
    """The greatest common divisor, never negative; of 0 and 0 it is 0."""

def gcd_(input: Any, other: Any) -> Tensor:
    """`gcd` in place: the tensor becomes `x.gcd(...)`, and is answered."""

def ge(input: Any, other: Any) -> Tensor:
    """Whether the first is greater or equal."""

def gelu(input: Any, approximate: str = "none") -> Tensor:
    """The Gaussian error linear unit, `x * Phi(x)`. Hendrycks & Gimpel (2016), arXiv:1606.08415."""

def geqrf(input: Any) -> GeqrfResult:
    """The factors of QR in LAPACK's packing: see `linalg.qr`, which answers Q and R."""

def ger(input: Any, vec2: Any) -> Tensor:
    """Every product of an element of one vector and an element of another."""

def get_default_dtype() -> np.dtype[Any]:
    """The dtype of tensors made from Python floats, float32 unless it was set."""

def glu(input: Any, dim: builtins.int = -1) -> Tensor:
    """The gated linear unit: the first half times the sigmoid of the second. arXiv:1612.08083."""

def gradient(
    input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: builtins.int = 1
) -> tuple[Tensor, ...]:
    """The derivative of a function along each dimension, from its values at points."""

def greater(input: Any, other: Any) -> Tensor:
    """Whether the first is greater."""

def greater_equal(input: Any, other: Any) -> Tensor:
    """Whether the first is greater or equal."""

def gt(input: Any, other: Any) -> Tensor:
    """Whether the first is greater."""

def hardshrink(input: Any, lambd: builtins.float = 0.5, inplace: builtins.bool = False) -> Tensor:
    """Nothing between the bounds, the value outside; slope 0 on the bounds."""

def hardsigmoid(input: Any, inplace: builtins.bool = False) -> Tensor:
    """A sigmoid of three straight pieces; slope 0 at the kinks. Courbariaux et al. (2015)."""

def hardswish(input: Any, inplace: builtins.bool = False) -> Tensor:
    """x times hardsigmoid(x). Howard et al. (2019), arXiv:1905.02244."""

def hardtanh(
    input: Any,
    min_val: builtins.float = -1.0,
    max_val: builtins.float = 1.0,
    inplace: builtins.bool = False,
) -> Tensor:
    """Cut off at both ends; slope 0 at the kinks."""

def heaviside(input: Any, values: Any) -> Tensor:
    """0 for negative numbers and nan, 1 for positive ones, and at 0 the number given for it."""

def histc(input: Any, bins: builtins.int = 100, min: Any = 0, max: Any = 0) -> Tensor:
    """How many elements fall into each of equal intervals."""

def histogram(
    input: Any,
    bins: Any,
    *,
    range: Sequence[builtins.float] | None = None,
    weight: Any = None,
    density: builtins.bool = False,
) -> Histogram:
    """How many elements fall into each interval."""

def histogramdd(
    input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: builtins.bool = False
) -> Histogramdd:
    """How many points lie in each box of a grid."""

def hsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views of a tensor side by side: along dim 1, or 0 if there is but one."""

def hstack(tensors: Sequence[Any]) -> Tensor:
    """Tensors side by side: along dim 1, or 0 for those of one dimension."""

def hypot(input: Any, other: Any) -> Tensor:
    """The long side of a right triangle, without overflow on the way; slope 0 at the origin."""

def i0(input: Any) -> Tensor:
    """The modified Bessel function of the first kind and order 0."""

def i0_(input: Any) -> Tensor:
    """`i0` in place: the tensor becomes `x.i0(...)`, and is answered."""

def identity(input: Any, inplace: builtins.bool = False) -> Tensor:
    """The value itself: what a last linear layer uses."""

def igamma(input: Any, other: Any) -> Tensor:
    """The lower share of the gamma function's integral: that of t**(a - 1) e**-t from 0 to x."""

def igammac(input: Any, other: Any) -> Tensor:
    """The upper share of the gamma function's integral: that of t**(a - 1) e**-t from x on."""

def index_add(input: Any, dim: builtins.int, index: Any, source: Any, *, alpha: Any = 1) -> Tensor:
    """A copy with slices added along a dimension, by a vector of indices."""

def index_copy(input: Any, dim: builtins.int, index: Any, source: Any) -> Tensor:
    """A copy with slices written along a dimension, by a vector of indices."""

def index_fill(input: Any, dim: builtins.int, index: Any, value: Any) -> Tensor:
    """A copy with one value in whole slices along a dimension."""

def index_put(
    input: Any, indices: Sequence[Any], values: Any, accumulate: builtins.bool = False
) -> Tensor:
    """A copy with values written at `input[indices]`, or added there."""

def index_put_(
    input: Any, indices: Sequence[Any], values: Any, accumulate: builtins.bool = False
) -> Tensor:
    """`index_put` in place: the tensor becomes `x.index_put(...)`, and is answered."""

def index_reduce(
    input: Any,
    dim: builtins.int,
    index: Any,
    source: Any,
    reduce: str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """A copy in which slices that meet, by a vector of indices, become one."""

def index_select(input: Any, dim: builtins.int, index: Any) -> Tensor:
    """Slices along a dimension, by a vector of indices: a copy."""

def inner(input: Any, other: Any) -> Tensor:
    """The inner products of all rows of one tensor with all rows of another."""

def inverse(A: Any) -> Tensor:
    """The inverse of square matrices."""

def is_same_size(input: Any, other: Any) -> builtins.bool:
    """Whether two tensors have one shape."""

def isclose(
    input: Any,
    other: Any,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> Tensor:
    """Whether two numbers differ by no more than `atol + rtol * |other|`."""

def isfinite(input: Any) -> Tensor:
    """Whether it is neither infinite nor nan."""

def isin(
    elements: Any,
    test_elements: Any,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
) -> Tensor:
    """Whether each element is among the test elements, as bools."""

def isinf(input: Any) -> Tensor:
    """Whether it is infinite."""

def isnan(input: Any) -> Tensor:
    """Whether it is nan."""

def isneginf(input: Any) -> Tensor:
    """Whether it is negative infinity."""

def isposinf(input: Any) -> Tensor:
    """Whether it is positive infinity."""

def isreal(input: Any) -> Tensor:
    """Whether each element is a real number, which it always is."""

def kron(input: Any, other: Any) -> Tensor:
    """The Kronecker product: every element of the first times the whole of the second."""

def kthvalue(
    input: Any,
    k: builtins.int,
    dim: Any = -1,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Sorted:
    """The k-th smallest element along a dimension, and where it is."""

def lcm(input: Any, other: Any) -> Tensor:
    """The least common multiple, never negative; of 0 and anything it is 0."""

def lcm_(input: Any, other: Any) -> Tensor:
    """`lcm` in place: the tensor becomes `x.lcm(...)`, and is answered."""

def ldexp(input: Any, other: Any) -> Tensor:
    """x times two to the power y."""

def ldexp_(input: Any, other: Any) -> Tensor:
    """`ldexp` in place: the tensor becomes `x.ldexp(...)`, and is answered."""

def le(input: Any, other: Any) -> Tensor:
    """Whether the first is less or equal."""

def leaky_relu(
    input: Any, negative_slope: builtins.float = 0.01, inplace: builtins.bool = False
) -> Tensor:
    """A small slope below 0, so that no unit dies; that slope at 0, too. Maas et al. (2013)."""

def lerp(input: Any, end: Any, weight: Any) -> Tensor:
    """A point on the way between two numbers: `input` at weight 0, `end` at weight 1."""

def less(input: Any, other: Any) -> Tensor:
    """Whether the first is less."""

def less_equal(input: Any, other: Any) -> Tensor:
    """Whether the first is less or equal."""

def lgamma(input: Any) -> Tensor:
    """The logarithm of the size of the gamma function; infinite at 0, -1, -2 ..."""

def log(input: Any) -> Tensor:
    """The natural logarithm."""

def log10(input: Any) -> Tensor:
    """The logarithm to base 10."""

def log10_(input: Any) -> Tensor:
    """`log10` in place: the tensor becomes `x.log10(...)`, and is answered."""

def log1p(input: Any) -> Tensor:
    """The logarithm of 1 + x, exact near 0."""

def log1p_(input: Any) -> Tensor:
    """`log1p` in place: the tensor becomes `x.log1p(...)`, and is answered."""

def log2(input: Any) -> Tensor:
    """The logarithm to base 2."""

def log2_(input: Any) -> Tensor:
    """`log2` in place: the tensor becomes `x.log2(...)`, and is answered."""

def log_(input: Any) -> Tensor:
    """`log` in place: the tensor becomes `x.log(...)`, and is answered."""

def log_softmax(
    input: Any, dim: builtins.int | None = None, dtype: Any = None, *, axis: Any = ...
) -> Tensor:
    """The logarithm of softmax, without underflow on the way."""

def logaddexp(input: Any, other: Any) -> Tensor:
    """The logarithm of a sum of exponentials."""

def logaddexp2(input: Any, other: Any) -> Tensor:
    """The logarithm to base 2 of a sum of powers of 2."""

def logcumsumexp(input: Any, dim: Any = None, *, axis: Any = ...) -> Tensor:
    """log(sum(exp(x))) of all elements up to each one, without overflow on the way."""

def logdet(A: Any) -> Tensor:
    """The logarithm of the determinant: -inf for a singular matrix, nan for a negative one."""

def logical_and(input: Any, other: Any) -> Tensor:
    """Whether both are nonzero."""

def logical_not(input: Any) -> Tensor:
    """Whether it is zero."""

def logical_or(input: Any, other: Any) -> Tensor:
    """Whether either is nonzero."""

def logical_xor(input: Any, other: Any) -> Tensor:
    """Whether exactly one is nonzero."""

def logit(input: Any, eps: builtins.float | None = None) -> Tensor:
    """The logarithm of a probability over the rest: the inverse of sigmoid."""

def logit_(input: Any, eps: builtins.float | None = None) -> Tensor:
    """`logit` in place: the tensor becomes `x.logit(...)`, and is answered."""

def logsigmoid(input: Any, inplace: builtins.bool = False) -> Tensor:
    """The logarithm of the sigmoid, without underflow on the way."""

def logsumexp(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """log(sum(exp(x))) over dimensions, without overflow on the way."""

def lt(input: Any, other: Any) -> Tensor:
    """Whether the first is less."""

def lu(A: Any, pivot: builtins.bool = True, get_infos: builtins.bool = False) -> Any:
    """PyTorch's older `lu`: see `linalg.lu_factor`, or with `get_infos` `linalg.lu_factor_ex`."""

def lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """PyTorch's older `lu_solve`, with its arguments in another order: see `linalg.lu_solve`."""

def lu_unpack(
    LU_data: Any,
    LU_pivots: Any,
    unpack_data: builtins.bool = True,
    unpack_pivots: builtins.bool = True,
) -> LUResult:
    """P, L and U from what `lu_factor` answers."""

def manual_seed(seed: builtins.int) -> Generator:
    """Begin the random numbers anew: the same seed gives the same numbers."""

def masked_fill(input: Any, mask: Any, value: Any) -> Tensor:
    """One value where a mask holds, the input elsewhere."""

def masked_scatter(input: Any, mask: Any, source: Any) -> Tensor:
    """The elements of a source, in order, where a mask holds; the input elsewhere."""

def masked_select(input: Any, mask: Any) -> Tensor:
    """The elements where a mask holds, as a vector."""

def matmul(input: Any, other: Any) -> Tensor:
    """The product of two tensors, as Python's `@`."""

def matrix_exp(A: Any) -> Tensor:
    """The exponential of square matrices: the sum of `A^k / k!`."""

def matrix_power(input: Any, n: builtins.int) -> Tensor:
    """A square matrix times itself, n times in all, by repeated squaring."""

@overload
def max(
    input: Any,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The largest element of all; along a dimension, with its index; or of two tensors."""

@overload
def max(
    input: Any,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> MaxResult:
    """The largest element of all; along a dimension, with its index; or of two tensors."""

@overload
def max(input: Any, other: Tensor, /) -> Tensor:
    """The largest element of all; along a dimension, with its index; or of two tensors."""

def maximum(input: Any, other: Any) -> Tensor:
    """The larger one, nan if either is; where both are equal each gets half of the slope."""

def maxout(input: Any, pieces: builtins.int, dim: builtins.int = -1) -> Tensor:
    """The largest of each group of `pieces` values. Goodfellow et al. (2013), arXiv:1302.4389."""

def mean(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The mean of elements; of floats only, as in PyTorch."""

@overload
def median(
    input: Any,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The element in the middle, the lower one of two; nan where there is one."""

@overload
def median(
    input: Any,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Sorted:
    """The element in the middle, the lower one of two; nan where there is one."""

def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of a grid: each vector repeated along all other ones, as views."""

@overload
def min(
    input: Any,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The smallest element: see `max`."""

@overload
def min(
    input: Any,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> MaxResult:
    """The smallest element: see `max`."""

@overload
def min(input: Any, other: Tensor, /) -> Tensor:
    """The smallest element: see `max`."""

def minimum(input: Any, other: Any) -> Tensor:
    """The smaller one, nan if either is; where both are equal each gets half of the slope."""

def mish(input: Any, inplace: builtins.bool = False) -> Tensor:
    """x times the tanh of its softplus. Misra (2019), arXiv:1908.08681."""

def mm(input: Any, mat2: Any) -> Tensor:
    """The product of two matrices."""

def mode(
    input: Any,
    dim: Any = -1,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Sorted:
    """The most frequent element along a dimension, the smallest of several, and where it is ..."""

def moveaxis(input: Any, source: Any, destination: Any) -> Tensor:
    """A view with some dimensions moved, under NumPy's name: see `movedim`."""

def movedim(input: Any, source: Any, destination: Any) -> Tensor:
    """A view with some dimensions moved to other places; the others keep their order."""

def msort(input: Any) -> Tensor:
    """The elements in order along the first dimension, without their places."""

def mul(input: Any, other: Any) -> Tensor:
    """The product."""

def multiply(input: Any, other: Any) -> Tensor:
    """The product."""

def mv(input: Any, vec: Any) -> Tensor:
    """The product of a matrix (n, m) and a vector (m,)."""

def mvlgamma(input: Any, p: builtins.int) -> Tensor:
    """The logarithm of the gamma function of several dimensions."""

def nan_to_num(
    input: Any,
    nan: builtins.float = 0.0,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
) -> Tensor:
    """Numbers in the place of nan and of infinities."""

def nan_to_num_(
    input: Any,
    nan: builtins.float = 0.0,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
) -> Tensor:
    """`nan_to_num` in place: the tensor becomes `x.nan_to_num(...)`, and is answered."""

def nanmean(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The mean of the elements that are not nan; nan where all of them are."""

@overload
def nanmedian(
    input: Any,
    dim: None = None,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The element in the middle of those that are not nan: see `median`."""

@overload
def nanmedian(
    input: Any,
    dim: builtins.int,
    keepdim: builtins.bool = False,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Sorted:
    """The element in the middle of those that are not nan: see `median`."""

def nanquantile(
    input: Any,
    q: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """`quantile` of those elements that are not nan; nan where all of them are."""

def nansum(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The sum of elements, where nan counts as 0 and gets no gradient."""

def narrow(input: Any, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
    """A run of slices along a dimension, as a view."""

def narrow_copy(input: Any, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
    """What `narrow` answers, copied into memory of its own."""

def ne(input: Any, other: Any) -> Tensor:
    """Whether both differ; nan differs from everything."""

def neg(input: Any) -> Tensor:
    """The opposite."""

def neg_(input: Any) -> Tensor:
    """`neg` in place: the tensor becomes `x.neg(...)`, and is answered."""

def negative(input: Any) -> Tensor:
    """The opposite."""

def negative_(input: Any) -> Tensor:
    """`negative` in place: the tensor becomes `x.negative(...)`, and is answered."""

def nextafter(input: Any, other: Any) -> Tensor:
    """The number next to x towards y: one step of the dtype; its slope along x is 1."""

def nonzero(input: Any, *, as_tuple: builtins.bool = False) -> Any:
    """Where the elements are that are not 0."""

def nonzero_static(input: Any, *, size: builtins.int, fill_value: builtins.int = -1) -> Tensor:
    """Where the first elements are that are not 0: always `size` rows, the last ones filled."""

def norm(
    input: Any,
    p: Any = "fro",
    dim: Any = None,
    keepdim: builtins.bool = False,
    dtype: Any = None,
    *,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The norm of all elements as one vector, or along dimensions."""

def not_equal(input: Any, other: Any) -> Tensor:
    """Whether both differ; nan differs from everything."""

def numel(input: Any) -> builtins.int:
    """How many elements a tensor has."""

def ormqr(
    input: Any, tau: Any, other: Any, left: builtins.bool = True, transpose: builtins.bool = False
) -> Tensor:
    """A product of reflections times a matrix: `Q other`, without making Q."""

def outer(input: Any, vec2: Any) -> Tensor:
    """Every product of an element of one vector and an element of another."""

def pca_lowrank(
    A: Any, q: builtins.int | None = None, center: builtins.bool = True, niter: builtins.int = 2
) -> OldSVDResult:
    """The principal components of samples: the directions along which they vary most."""

def pdist(input: Any, p: Any = 2) -> Tensor:
    """How far every two vectors of a set are apart."""

def permute(input: Any, *order: Any, dims: Any = ()) -> Tensor:
    """A view with the dimensions in another order."""

def permute_copy(input: Any, *order: Any, dims: Any = ()) -> Tensor:
    """What `permute` answers, copied into memory of its own."""

def pinverse(input: Any, rcond: builtins.float = 1e-15) -> Tensor:
    """PyTorch's older pseudo-inverse, with a lower bound for singular values: see `linalg.pinv`."""

def polygamma(n: builtins.int, input: Any) -> Tensor:
    """The n-th slope of `digamma`, the logarithmic slope of the gamma function."""

def positive(input: Any) -> Tensor:
    """The tensor itself: `+x`."""

def pow(input: Any, exponent: Any) -> Tensor:
    """x to the power y."""

def prelu(input: Any, weight: Any) -> Tensor:
    """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852."""

def prod(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The product of elements."""

def put(input: Any, index: Any, source: Any, accumulate: builtins.bool = False) -> Tensor:
    """A copy with elements written by their number, as if the tensor had one dimension."""

def qr(input: Any, some: builtins.bool = True) -> QRResult:
    """PyTorch's older `qr`: `some=False` is mode="complete". See `linalg.qr`."""

def quantile(
    input: Any,
    q: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The value that a share q of all elements lies below; nan where there is one."""

def rad2deg(input: Any) -> Tensor:
    """An angle in radians, in degrees."""

def rad2deg_(input: Any) -> Tensor:
    """`rad2deg` in place: the tensor becomes `x.rad2deg(...)`, and is answered."""

def ravel(input: Any) -> Tensor:
    """All elements in one dimension; a view where the memory allows it."""

def real(input: Any) -> Tensor:
    """The real part: the tensor itself, since no tensor here is complex."""

def reciprocal(input: Any) -> Tensor:
    """One over x."""

def reciprocal_(input: Any) -> Tensor:
    """`reciprocal` in place: the tensor becomes `x.reciprocal(...)`, and is answered."""

def relu(input: Any, inplace: builtins.bool = False) -> Tensor:
    """Nothing below 0, the value above; slope 0 at 0. Nair & Hinton (2010)."""

def relu6(input: Any, inplace: builtins.bool = False) -> Tensor:
    """ReLU that stops at 6; slope 0 at both kinks. Howard et al. (2017), arXiv:1704.04861."""

def relu_(input: Any, inplace: builtins.bool = False) -> Tensor:
    """`relu` in place: the tensor becomes `x.relu(...)`, and is answered."""

def remainder(input: Any, other: Any) -> Tensor:
    """What is left of a division, with the sign of the divisor (Python's `%`)."""

def renorm(input: Any, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
    """Parts along a dimension, scaled down where their norm is larger than `maxnorm`."""

def repeat_interleave(
    input: Any,
    repeats: Any = None,
    dim: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
) -> Tensor:
    """A copy with every slice so many times in a row."""

def reshape(input: Any, *size: Any, shape: Any = ()) -> Tensor:
    """The same elements under another shape; one size may be -1."""

def resolve_conj(input: Any) -> Tensor:
    """The real part: the tensor itself, since no tensor here is complex."""

def resolve_neg(input: Any) -> Tensor:
    """The real part: the tensor itself, since no tensor here is complex."""

def roll(input: Any, shifts: Any, dims: Any = None) -> Tensor:
    """A copy with the elements moved along dimensions; what leaves at one end enters at the ..."""

def rot90(input: Any, k: builtins.int = 1, dims: Any = (0, 1)) -> Tensor:
    """A copy turned by so many quarters, from the first of two dimensions towards the second."""

def round(input: Any, *, decimals: builtins.int = 0) -> Tensor:
    """The nearest whole number, halves to the even one; its slope is 0."""

def round_(input: Any, *, decimals: builtins.int = 0) -> Tensor:
    """`round` in place: the tensor becomes `x.round(...)`, and is answered."""

def row_activation(textbook: str, **options: Any) -> Callable[[Callable[..., Any]], Rowwise]:
    """Register the function below as an activation along one dimension; see `Rowwise`."""

def row_stack(tensors: Sequence[Any]) -> Tensor:
    """Tensors one below another: see `vstack`."""

def rrelu(
    input: Any,
    lower: builtins.float = 0.125,
    upper: builtins.float = 0.3333333333333333,
    training: builtins.bool = False,
    inplace: builtins.bool = False,
) -> Tensor:
    """x above 0; below, x times a slope that is drawn for each element. Xu et al. (2015)."""

def rrelu_(
    input: Any,
    lower: builtins.float = 0.125,
    upper: builtins.float = 0.3333333333333333,
    training: builtins.bool = False,
    inplace: builtins.bool = False,
) -> Tensor:
    """`rrelu`, written to the memory of its input, which is answered."""

def rsqrt(input: Any) -> Tensor:
    """One over the square root."""

def rsqrt_(input: Any) -> Tensor:
    """`rsqrt` in place: the tensor becomes `x.rsqrt(...)`, and is answered."""

def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """The difference the other way round, `other - alpha * input`."""

def scatter(
    input: Any,
    dim: builtins.int,
    index: Any,
    src: Any = None,
    *,
    value: Any = None,
    reduce: Any = None,
) -> Tensor:
    """A copy with values written along a dimension, by an index for each of them."""

def scatter_add(input: Any, dim: builtins.int, index: Any, src: Any) -> Tensor:
    """A copy with values added along a dimension, by an index for each of them."""

def scatter_reduce(
    input: Any,
    dim: builtins.int,
    index: Any,
    src: Any,
    reduce: str,
    *,
    include_self: builtins.bool = True,
) -> Tensor:
    """A copy in which values that meet at an element, by an index for each, become one."""

def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Tensor:
    """Where values would be inserted so that sorted rows stay sorted."""

def select(input: Any, dim: builtins.int, index: builtins.int) -> Tensor:
    """One slice along a dimension, as a view without that dimension."""

def select_scatter(input: Any, src: Any, dim: builtins.int, index: builtins.int) -> Tensor:
    """A copy with another slice at one index along a dimension."""

def selu(input: Any, inplace: builtins.bool = False) -> Tensor:
    """ELU scaled so that layers keep mean 0 and variance 1. Klambauer et al. (2017)."""

def selu_(input: Any, inplace: builtins.bool = False) -> Tensor:
    """`selu`, written to the memory of its input, which is answered."""

def set_default_dtype(dtype: Any) -> None:
    """Set the dtype of tensors made from Python floats."""

def sgn(input: Any) -> Tensor:
    """-1, 0 or 1, and 0 of nan, as in PyTorch; its slope is 0 everywhere."""

def sigmoid(input: Any, inplace: builtins.bool = False) -> Tensor:
    """The logistic curve, from 0 to 1. Both tails keep their digits."""

def sigmoid_(input: Any, inplace: builtins.bool = False) -> Tensor:
    """`sigmoid` in place: the tensor becomes `x.sigmoid(...)`, and is answered."""

def sign(input: Any) -> Tensor:
    """-1, 0 or 1, and 0 of nan, as in PyTorch; its slope is 0 everywhere."""

def signbit(input: Any) -> Tensor:
    """Whether its sign is set, which it is for -0.0 as well."""

def silu(input: Any, inplace: builtins.bool = False) -> Tensor:
    """x times its sigmoid, which is swish with beta 1. Hendrycks & Gimpel (2016)."""

def sin(input: Any) -> Tensor:
    """The sine of an angle in radians."""

def sin_(input: Any) -> Tensor:
    """`sin` in place: the tensor becomes `x.sin(...)`, and is answered."""

def sinc(input: Any) -> Tensor:
    """The sine of pi x over pi x, 1 at 0, exactly 0 at 1, 2, 3 ..."""

def sinc_(input: Any) -> Tensor:
    """`sinc` in place: the tensor becomes `x.sinc(...)`, and is answered."""

def sinh(input: Any) -> Tensor:
    """The hyperbolic sine."""

def sinh_(input: Any) -> Tensor:
    """`sinh` in place: the tensor becomes `x.sinh(...)`, and is answered."""

def slice_scatter(
    input: Any,
    src: Any,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
) -> Tensor:
    """A copy with other slices from `start` to `end` along a dimension."""

def slogdet(A: Any) -> Slogdet:
    """The sign of the determinant, and the logarithm of its size."""

def softmax(
    input: Any, dim: builtins.int | None = None, dtype: Any = None, *, axis: Any = ...
) -> Tensor:
    """Positive numbers that sum to 1, larger where x is. Bridle (1990)."""

def softmin(
    input: Any, dim: builtins.int | None = None, dtype: Any = None, *, axis: Any = ...
) -> Tensor:
    """Softmax of -x: larger where x is small."""

def softplus(
    input: Any,
    beta: builtins.float = 1.0,
    threshold: builtins.float = 20.0,
    inplace: builtins.bool = False,
) -> Tensor:
    """A smooth ramp, written so that no end overflows. Dugas et al. (2001)."""

def softshrink(input: Any, lambd: builtins.float = 0.5, inplace: builtins.bool = False) -> Tensor:
    """The value pulled towards 0 by lambd; slope 0 on the bounds."""

def softsign(input: Any, inplace: builtins.bool = False) -> Tensor:
    """A sigmoid that reaches its ends slowly. Bergstra et al. (2009)."""

def sort(
    input: Any,
    dim: Any = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = False,
    *,
    axis: Any = ...,
) -> Sorted:
    """The elements in order along a dimension, and where they were."""

def split(tensor: Any, split_size_or_sections: Any, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """Views of a tensor, one behind another along a dimension."""

def split_with_sizes(
    input: Any, split_sizes: Sequence[builtins.int], dim: builtins.int = 0
) -> tuple[Tensor, ...]:
    """Views of a tensor of the given sizes along a dimension: see `split`."""

def split_with_sizes_copy(
    input: Any, split_sizes: Sequence[builtins.int], dim: builtins.int = 0
) -> tuple[Tensor, ...]:
    """What `split_with_sizes` answers, copied into memory of its own."""

def sqrt(input: Any) -> Tensor:
    """The square root; its slope at 0 is infinite."""

def sqrt_(input: Any) -> Tensor:
    """`sqrt` in place: the tensor becomes `x.sqrt(...)`, and is answered."""

def square(input: Any) -> Tensor:
    """x times itself."""

def square_(input: Any) -> Tensor:
    """`square` in place: the tensor becomes `x.square(...)`, and is answered."""

def squareplus(input: Any, b: builtins.float = 4.0, inplace: builtins.bool = False) -> Tensor:
    """A smooth ramp without exponentials. Barron (2021), arXiv:2112.11687."""

def squeeze(input: Any, dim: Any = None) -> Tensor:
    """A view without dimensions of size 1: all of them, or those named."""

def squeeze_copy(input: Any, dim: Any = None) -> Tensor:
    """What `squeeze` answers, copied into memory of its own."""

def stack(tensors: Sequence[Any], dim: builtins.int = 0) -> Tensor:
    """Tensors of one shape along a new dimension."""

def std(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The standard deviation: the root of the variance. Where it is 0 its gradient is 0."""

def std_mean(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean, as a pair: see `std`."""

def step(input: Any, surrogate: str | None = None) -> Tensor:
    """Heaviside's step: 1 from 0 on, 0 below."""

def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """The difference, `input - alpha * other`."""

def subtract(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """The difference, `input - alpha * other`."""

def sum(
    input: Any,
    dim: Any = None,
    keepdim: builtins.bool = False,
    *,
    dtype: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The sum of elements."""

def svd(input: Any, some: builtins.bool = True, compute_uv: builtins.bool = True) -> OldSVDResult:
    """PyTorch's older `svd`, which answers V instead of its transpose: see `linalg.svd`."""

def svd_lowrank(
    A: Any, q: builtins.int | None = 6, niter: builtins.int | None = 2, M: Any = None
) -> OldSVDResult:
    """The largest singular values and their vectors, of a matrix whose rank is low."""

def swapaxes(input: Any, axis0: builtins.int, axis1: builtins.int) -> Tensor:
    """A view with two dimensions exchanged, under NumPy's name: see `transpose`."""

def swapdims(input: Any, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """A view with two dimensions exchanged: see `transpose`."""

def swish(input: Any, beta: builtins.float = 1.0, inplace: builtins.bool = False) -> Tensor:
    """x times the sigmoid of beta x. Ramachandran et al. (2017), arXiv:1710.05941."""

def t(input: Any) -> Tensor:
    """A matrix with rows and columns exchanged, as a view; less than two dimensions stay."""

def t_copy(input: Any) -> Tensor:
    """What `t` answers, copied into memory of its own."""

def take(input: Any, index: Any) -> Tensor:
    """Elements by their number, as if the tensor had one dimension."""

def take_along_dim(input: Any, indices: Any, dim: builtins.int | None = None) -> Tensor:
    """Elements along a dimension by an index for each, which broadcasts: as `argsort` ..."""

def tan(input: Any) -> Tensor:
    """The tangent of an angle in radians."""

def tan_(input: Any) -> Tensor:
    """`tan` in place: the tensor becomes `x.tan(...)`, and is answered."""

def tanh(input: Any, inplace: builtins.bool = False) -> Tensor:
    """The hyperbolic tangent, from -1 to 1."""

def tanh_(input: Any, inplace: builtins.bool = False) -> Tensor:
    """`tanh` in place: the tensor becomes `x.tanh(...)`, and is answered."""

def tanhshrink(input: Any, inplace: builtins.bool = False) -> Tensor:
    """What tanh takes away; x**3 / 3 near 0, to the last digit."""

def tensor_split(
    input: Any,
    indices_or_sections: Any,
    dim: builtins.int = 0,
    *,
    indices: Any = None,
    sections: Any = None,
) -> tuple[Tensor, ...]:
    """Views of a tensor: so many parts as equal as can be, or parts that begin at given places."""

def tensordot(a: Any, b: Any, dims: Any = 2, out: None = None) -> Tensor:
    """The sum of products over chosen dimensions of two tensors."""

def threshold(
    input: Any,
    threshold: builtins.float = 0.0,
    value: builtins.float = 0.0,
    inplace: builtins.bool = False,
) -> Tensor:
    """The value above a threshold, a fixed one up to it; slope 0 at the threshold."""

def threshold_(
    input: Any,
    threshold: builtins.float = 0.0,
    value: builtins.float = 0.0,
    inplace: builtins.bool = False,
) -> Tensor:
    """`threshold`, written to the memory of its input, which is answered."""

def tile(input: Any, *counts: Any, dims: Any = ()) -> Tensor:
    """A copy laid side by side; fewer numbers than dimensions are meant for the last ones."""

def topk(
    input: Any,
    k: builtins.int,
    dim: Any = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
    *,
    axis: Any = ...,
) -> Sorted:
    """The k largest elements along a dimension, the largest first, and where they are."""

def trace(input: Any) -> Tensor:
    """The sum of the diagonal of a matrix; of integers as int64."""

def transpose(input: Any, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """A view with two dimensions exchanged; also called `swapaxes` and `swapdims`."""

def transpose_copy(input: Any, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """What `transpose` answers, copied into memory of its own."""

def trapezoid(
    y: Any, x: Any = None, *, dx: Any = None, dim: builtins.int = -1, axis: Any = ...
) -> Tensor:
    """The area under a curve, by the trapezoidal rule."""

def trapz(
    y: Any, x: Any = None, *, dx: Any = None, dim: builtins.int = -1, axis: Any = ...
) -> Tensor:
    """The area under a curve, by the trapezoidal rule."""

def triangular_solve(
    b: Any,
    A: Any,
    upper: builtins.bool = True,
    transpose: builtins.bool = False,
    unitriangular: builtins.bool = False,
) -> TriangularSolution:
    """PyTorch's older triangular solver: see `linalg.solve_triangular`."""

def tril(input: Any, diagonal: builtins.int = 0) -> Tensor:
    """Matrices with zeros above a diagonal."""

def tril_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Where the elements on and below a diagonal are: their rows, and their columns."""

def triu(input: Any, diagonal: builtins.int = 0) -> Tensor:
    """Matrices with zeros below a diagonal: see `tril`."""

def triu_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Where the elements on and above a diagonal are: see `tril_indices`."""

def true_divide(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """The quotient, rounded if asked for."""

def trunc(input: Any) -> Tensor:
    """Rounded towards 0; its slope is 0."""

def trunc_(input: Any) -> Tensor:
    """`trunc` in place: the tensor becomes `x.trunc(...)`, and is answered."""

def unbind(input: Any, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """Every slice along a dimension, as views without it."""

def unbind_copy(input: Any, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """What `unbind` answers, copied into memory of its own."""

def unflatten(input: Any, dim: builtins.int, sizes: Any) -> Tensor:
    """A dimension made several, as a view where the memory allows it."""

def unfold_copy(
    input: Any, dimension: builtins.int, size: builtins.int, step: builtins.int
) -> Tensor:
    """What `unfold` answers, copied into memory of its own."""

def unique(
    input: Any,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: Any = None,
    *,
    axis: Any = ...,
) -> Any:
    """The different elements, in order; or the different slices along a dimension."""

def unique_consecutive(
    input: Any,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: Any = None,
    *,
    axis: Any = ...,
) -> Tensor:
    """The elements, each run of equal ones once; or slices along a dimension."""

def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The place in every dimension, of elements by their number."""

def unsafe_chunk(input: Any, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """Copies of the parts that `chunk` answers."""

def unsafe_split(input: Any, split_size: Any, dim: builtins.int = 0) -> tuple[Tensor, ...]:
    """Copies of the parts that `split` answers."""

def unsqueeze(input: Any, dim: builtins.int) -> Tensor:
    """A view with a dimension of size 1 put in."""

def unsqueeze_copy(input: Any, dim: builtins.int) -> Tensor:
    """What `unsqueeze` answers, copied into memory of its own."""

def vander(x: Any, N: builtins.int | None = None, increasing: builtins.bool = False) -> Tensor:
    """The powers of a vector's elements, one element a row: Vandermonde's matrix."""

def var(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> Tensor:
    """The variance: the sum of the square distances from the mean, over n - correction."""

def var_mean(
    input: Any,
    dim: Any = None,
    unbiased: Any = None,
    keepdim: builtins.bool = False,
    *,
    correction: Any = None,
    axis: Any = ...,
    keepdims: builtins.bool = ...,
) -> tuple[Tensor, Tensor]:
    """The variance and the mean, as a pair: see `var`."""

def vdot(input: Any, other: Any) -> Tensor:
    """The inner product of two vectors of one length; of real numbers the same as `dot`."""

def view_copy(input: Any, *shape: Any, size: Any = (), dtype: Any = None) -> Tensor:
    """What `view` answers, copied into memory of its own."""

def vsplit(input: Any, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Views of a tensor one below another, along dim 0: see `hsplit`."""

def vstack(tensors: Sequence[Any]) -> Tensor:
    """Tensors one below another, along dim 0; vectors are rows. Also called `row_stack`."""

def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere."""

def xlogy(input: Any, other: Any) -> Tensor:
    """x times the logarithm of y, and 0 where x is 0, unless y is nan."""

def xlogy_(input: Any, other: Any) -> Tensor:
    """`xlogy` in place: the tensor becomes `x.xlogy(...)`, and is answered."""
