# Written by `python tests/stubs.py --write`, from the functions themselves.

from collections.abc import Sequence
from typing import Any, NoReturn, Self, overload

from tinygradx.ops.cumulative import Cumulated
from tinygradx.ops.linalg.determinants import Slogdet
from tinygradx.ops.linalg.factoring import OldSVDResult, QRResult
from tinygradx.ops.linalg.lu import TriangularSolution
from tinygradx.ops.linalg.reflections import GeqrfResult
from tinygradx.ops.pointwise import Frexp
from tinygradx.ops.reductions import AminmaxResult, MaxResult
from tinygradx.ops.sorting import Sorted
from tinygradx.ops.statistics import Histogram
from tinygradx.tensor.tensor import Tensor
from tinygradx.tensor.writing import Writing

class Methods(Writing):
    """The part of a tensor that calls the catalogue."""

    def abs(self) -> Tensor:
        """The size of x; its slope at 0 is taken to be 0."""

    def abs_(self) -> Self:
        """`abs` in place: the tensor becomes `x.abs(...)`, and is answered."""

    def absolute(self) -> Tensor:
        """The size of x; its slope at 0 is taken to be 0."""

    def absolute_(self) -> Self:
        """`absolute` in place: the tensor becomes `x.absolute(...)`, and is answered."""

    def acos(self) -> Tensor:
        """The angle whose cosine is x."""

    def acos_(self) -> Self:
        """`acos` in place: the tensor becomes `x.acos(...)`, and is answered."""

    def acosh(self) -> Tensor:
        """The inverse of cosh, for x of at least 1."""

    def acosh_(self) -> Self:
        """`acosh` in place: the tensor becomes `x.acosh(...)`, and is answered."""

    def add(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """The sum, `input + alpha * other`."""

    def add_(self, other: Any, *, alpha: Any = 1) -> Self:
        """`add` in place: the tensor becomes `x.add(...)`, and is answered."""

    def addbmm(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """`beta * input + alpha *` the sum of all products of `bmm(batch1, batch2)`: see ..."""

    def addbmm_(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """`addbmm` in place: the tensor becomes `x.addbmm(...)`, and is answered."""

    def addcdiv(self, tensor1: Any, tensor2: Any, value: float = 1.0) -> Tensor:
        """A number plus a quotient, which is first multiplied by `value`."""

    def addcdiv_(self, tensor1: Any, tensor2: Any, value: float = 1.0) -> Self:
        """`addcdiv` in place: the tensor becomes `x.addcdiv(...)`, and is answered."""

    def addcmul(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Tensor:
        """A number plus a product: `input + value * tensor1 * tensor2`."""

    def addcmul_(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Self:
        """`addcmul` in place: the tensor becomes `x.addcmul(...)`, and is answered."""

    def addmm(self, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """`beta * input + alpha * (mat1 @ mat2)` for matrices."""

    def addmm_(self, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """`addmm` in place: the tensor becomes `x.addmm(...)`, and is answered."""

    def addmv(self, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """`beta * input + alpha * (mat @ vec)` for a matrix (n, m) and a vector (m,): see ..."""

    def addmv_(self, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """`addmv` in place: the tensor becomes `x.addmv(...)`, and is answered."""

    def addr(self, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """`beta * input + alpha * outer(vec1, vec2)`: see `addmm`."""

    def addr_(self, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """`addr` in place: the tensor becomes `x.addr(...)`, and is answered."""

    def adjoint(self) -> Tensor:
        """A view with the last two dimensions exchanged (and no conjugate, as all numbers ..."""

    def all(
        self, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """Whether all elements are nonzero."""

    def allclose(
        self, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
    ) -> bool:
        """Whether all numbers of two tensors are close: see `isclose`."""

    def amax(
        self, dim: Any = (), keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The largest element over dimensions; equal ones share the gradient."""

    def amin(
        self, dim: Any = (), keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The smallest element over dimensions; equal ones share the gradient: see `amax`."""

    def aminmax(
        self, *, dim: Any = None, keepdim: bool = False, axis: Any = ..., keepdims: bool = ...
    ) -> AminmaxResult:
        """The smallest and the largest element, as a pair `(min, max)`."""

    def angle(self) -> Tensor:
        """The angle of a real number in the plane: pi for negative ones, 0 for the others."""

    def any(
        self, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """Whether any element is nonzero: see `all`."""

    def arccos(self) -> Tensor:
        """The angle whose cosine is x."""

    def arccos_(self) -> Self:
        """`arccos` in place: the tensor becomes `x.arccos(...)`, and is answered."""

    def arccosh(self) -> Tensor:
        """The inverse of cosh, for x of at least 1."""

    def arccosh_(self) -> Self:
        """`arccosh` in place: the tensor becomes `x.arccosh(...)`, and is answered."""

    def arcsin(self) -> Tensor:
        """The angle whose sine is x."""

    def arcsin_(self) -> Self:
        """`arcsin` in place: the tensor becomes `x.arcsin(...)`, and is answered."""

    def arcsinh(self) -> Tensor:
        """The inverse of sinh."""

    def arcsinh_(self) -> Self:
        """`arcsinh` in place: the tensor becomes `x.arcsinh(...)`, and is answered."""

    def arctan(self) -> Tensor:
        """The angle whose tangent is x."""

    def arctan2(self, other: Any) -> Tensor:
        """The angle of the point (x, y)."""

    def arctan2_(self, other: Any) -> Self:
        """`arctan2` in place: the tensor becomes `x.arctan2(...)`, and is answered."""

    def arctan_(self) -> Self:
        """`arctan` in place: the tensor becomes `x.arctan(...)`, and is answered."""

    def arctanh(self) -> Tensor:
        """The inverse of tanh."""

    def arctanh_(self) -> Self:
        """`arctanh` in place: the tensor becomes `x.arctanh(...)`, and is answered."""

    def argmax(
        self, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The index of the largest element (the first of equal ones), as int64."""

    def argmin(
        self, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The index of the smallest element (the first of equal ones), as int64: see `argmax`."""

    def argsort(
        self, dim: Any = -1, descending: bool = False, stable: bool = False, *, axis: Any = ...
    ) -> Tensor:
        """Where the elements in order come from, along a dimension, as int64: see `sort`."""

    def argwhere(self) -> Tensor:
        """Where the elements are that are not 0, one place a row: see `nonzero`."""

    def as_strided(self, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
        """The elements of a tensor's memory at a start and steps of one's own choice, as a view."""

    def as_strided_(self, size: Any, stride: Any, storage_offset: int | None = None) -> Self:
        """`as_strided` in place: the tensor becomes `x.as_strided(...)`, and is answered."""

    def as_strided_scatter(
        self, src: Any, size: Any, stride: Any, storage_offset: int | None = None
    ) -> Tensor:
        """A copy with other values at a start and steps of one's own choice: see `as_strided`."""

    def asin(self) -> Tensor:
        """The angle whose sine is x."""

    def asin_(self) -> Self:
        """`asin` in place: the tensor becomes `x.asin(...)`, and is answered."""

    def asinh(self) -> Tensor:
        """The inverse of sinh."""

    def asinh_(self) -> Self:
        """`asinh` in place: the tensor becomes `x.asinh(...)`, and is answered."""

    def atan(self) -> Tensor:
        """The angle whose tangent is x."""

    def atan2(self, other: Any) -> Tensor:
        """The angle of the point (x, y)."""

    def atan2_(self, other: Any) -> Self:
        """`atan2` in place: the tensor becomes `x.atan2(...)`, and is answered."""

    def atan_(self) -> Self:
        """`atan` in place: the tensor becomes `x.atan(...)`, and is answered."""

    def atanh(self) -> Tensor:
        """The inverse of tanh."""

    def atanh_(self) -> Self:
        """`atanh` in place: the tensor becomes `x.atanh(...)`, and is answered."""

    def baddbmm(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """`beta * input + alpha * bmm(batch1, batch2)` for stacks of matrices: see `addmm`."""

    def baddbmm_(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """`baddbmm` in place: the tensor becomes `x.baddbmm(...)`, and is answered."""

    def bernoulli(self, p: float | None = None, *, generator: Any = None) -> Tensor:
        """1 with the probability that each element is, 0 otherwise."""

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Tensor:
        """1 with probability p in each place, 0 otherwise; `p` may be a tensor that broadcasts."""

    def bfloat16(self) -> NoReturn:
        """Refused: there is no bfloat16 here."""

    def bincount(self, weights: Any = None, minlength: int = 0) -> Tensor:
        """How often each integer from 0 on is there, or the sum of its weights."""

    def bitwise_and(self, other: Any) -> Tensor:
        """The bits that are set in both; of bools, whether both hold."""

    def bitwise_and_(self, other: Any) -> Self:
        """`bitwise_and` in place: the tensor becomes `x.bitwise_and(...)`, and is answered."""

    def bitwise_left_shift(self, other: Any) -> Tensor:
        """x times two to the power y."""

    def bitwise_left_shift_(self, other: Any) -> Self:
        """`bitwise_left_shift` in place: the tensor becomes `x.bitwise_left_shift(...)`, ..."""

    def bitwise_not(self) -> Tensor:
        """Every bit turned over; of bools, whether it does not hold."""

    def bitwise_not_(self) -> Self:
        """`bitwise_not` in place: the tensor becomes `x.bitwise_not(...)`, and is answered."""

    def bitwise_or(self, other: Any) -> Tensor:
        """The bits that are set in either; of bools, whether either holds."""

    def bitwise_or_(self, other: Any) -> Self:
        """`bitwise_or` in place: the tensor becomes `x.bitwise_or(...)`, and is answered."""

    def bitwise_right_shift(self, other: Any) -> Tensor:
        """x divided by two to the power y, rounded down."""

    def bitwise_right_shift_(self, other: Any) -> Self:
        """`bitwise_right_shift` in place: the tensor becomes `x.bitwise_right_shift(...)`, ..."""

    def bitwise_xor(self, other: Any) -> Tensor:
        """The bits that are set in exactly one; of bools, whether exactly one holds."""

    def bitwise_xor_(self, other: Any) -> Self:
        """`bitwise_xor` in place: the tensor becomes `x.bitwise_xor(...)`, and is answered."""

    def bmm(self, mat2: Any) -> Tensor:
        """The products of two stacks of matrices, pair by pair."""

    def broadcast_to(self, *shape: Any, size: Any = ()) -> Tensor:
        """A view with dimensions of size 1 repeated: see `expand`."""

    def byte(self, memory_format: Any = "preserve_format") -> Tensor:
        """As uint8, cut off towards 0."""

    def cauchy_(self, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
        """Numbers from the Cauchy distribution, which has no mean."""

    def ceil(self) -> Tensor:
        """Rounded up; its slope is 0."""

    def ceil_(self) -> Self:
        """`ceil` in place: the tensor becomes `x.ceil(...)`, and is answered."""

    def char(self, memory_format: Any = "preserve_format") -> Tensor:
        """As int8, cut off towards 0."""

    def cholesky(self, upper: bool = False) -> Tensor:
        """PyTorch's older `cholesky`: see `linalg.cholesky`."""

    def cholesky_inverse(self, upper: bool = False) -> Tensor:
        """The inverse of A, given its Cholesky factor: see `cholesky_solve`."""

    def cholesky_solve(self, L: Any, upper: bool = False) -> Tensor:
        """The solution X of `A X = B`, given the Cholesky factor of A."""

    def chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of a tensor: so many parts of one size along a dimension, the last one smaller."""

    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        """Each value kept between two bounds."""

    def clamp_(self, min: Any = None, max: Any = None) -> Self:
        """`clamp` in place: the tensor becomes `x.clamp(...)`, and is answered."""

    def clamp_max(self, max: Any) -> Tensor:
        """Each value, but at most `max`: `clamp(input, max=max)`, the counterpart of ..."""

    def clamp_max_(self, max: Any) -> Self:
        """`clamp_max` in place: the tensor becomes `x.clamp_max(...)`, and is answered."""

    def clamp_min(self, min: Any) -> Tensor:
        """Each value, but at least `min`: `clamp(input, min=min)`."""

    def clamp_min_(self, min: Any) -> Self:
        """`clamp_min` in place: the tensor becomes `x.clamp_min(...)`, and is answered."""

    def clip(self, min: Any = None, max: Any = None) -> Tensor:
        """Each value kept between two bounds."""

    def clip_(self, min: Any = None, max: Any = None) -> Self:
        """`clip` in place: the tensor becomes `x.clip(...)`, and is answered."""

    def conj(self) -> Tensor:
        """The real part: the tensor itself, since no tensor here is complex."""

    def conj_physical(self) -> Tensor:
        """The real part: the tensor itself, since no tensor here is complex."""

    def conj_physical_(self) -> Self:
        """`conj_physical` in place: the tensor becomes `x.conj_physical(...)`, and is answered."""

    def contiguous(self, *, memory_format: Any = None) -> Tensor:
        """The tensor itself where its elements lie in memory in order, else a copy that does."""

    def copysign(self, other: Any) -> Tensor:
        """The size of x with the sign of y; its slope along x is 0 at 0, along y 0 everywhere."""

    def copysign_(self, other: Any) -> Self:
        """`copysign` in place: the tensor becomes `x.copysign(...)`, and is answered."""

    def corrcoef(self) -> Tensor:
        """The correlation of variables (rows) over observations (columns), from -1 to 1."""

    def cos(self) -> Tensor:
        """The cosine of an angle in radians."""

    def cos_(self) -> Self:
        """`cos` in place: the tensor becomes `x.cos(...)`, and is answered."""

    def cosh(self) -> Tensor:
        """The hyperbolic cosine."""

    def cosh_(self) -> Self:
        """`cosh` in place: the tensor becomes `x.cosh(...)`, and is answered."""

    def count_nonzero(self, dim: Any = None, *, axis: Any = ...) -> Tensor:
        """How many elements differ from 0, as int64; nan does."""

    def cov(self, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Tensor:
        """The covariance of variables (rows) over observations (columns)."""

    def cross(self, other: Any, dim: int | None = None) -> Tensor:
        """The vector product of vectors of three elements."""

    def cummax(self, dim: Any = None, *, axis: Any = ...) -> Cumulated:
        """The largest of all elements up to each one, and where it is."""

    def cummin(self, dim: Any = None, *, axis: Any = ...) -> Cumulated:
        """The smallest of all elements up to each one, and where it is: see `cummax`."""

    def cumprod(self, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Tensor:
        """The products of all elements up to each one, along a dimension."""

    def cumprod_(self, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Self:
        """`cumprod` in place: the tensor becomes `x.cumprod(...)`, and is answered."""

    def cumsum(self, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Tensor:
        """The sums of all elements up to each one, along a dimension."""

    def cumsum_(self, dim: Any = None, *, dtype: Any = None, axis: Any = ...) -> Self:
        """`cumsum` in place: the tensor becomes `x.cumsum(...)`, and is answered."""

    def data_ptr(self) -> int:
        """The address of the first element: equal ones share memory."""

    def deg2rad(self) -> Tensor:
        """An angle in degrees, in radians."""

    def deg2rad_(self) -> Self:
        """`deg2rad` in place: the tensor becomes `x.deg2rad(...)`, and is answered."""

    def det(self) -> Tensor:
        """The determinant of square matrices; its gradient exists for singular ones as well."""

    def diag(self, diagonal: int = 0) -> Tensor:
        """A matrix with a vector on its diagonal; or a copy of the diagonal of a matrix."""

    def diag_embed(self, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
        """Matrices of zeros with the last dimension on their diagonals."""

    def diagflat(self, offset: int = 0) -> Tensor:
        """A matrix with all elements of a tensor on its diagonal."""

    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
        """The diagonals of matrices, as the last dimension of a view."""

    def diagonal_scatter(self, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
        """A copy with other values on the diagonals of two dimensions."""

    def diff(
        self, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None, *, axis: Any = ...
    ) -> Tensor:
        """The differences of neighbours along a dimension."""

    def digamma(self) -> Tensor:
        """The slope of the logarithm of the gamma function; nan at -1, -2 ..."""

    def digamma_(self) -> Self:
        """`digamma` in place: the tensor becomes `x.digamma(...)`, and is answered."""

    def dist(self, other: Any, p: Any = 2) -> Tensor:
        """The p-norm of the difference of two tensors, which broadcast."""

    def div(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """The quotient, rounded if asked for."""

    def div_(self, other: Any, *, rounding_mode: str | None = None) -> Self:
        """`div` in place: the tensor becomes `x.div(...)`, and is answered."""

    def divide(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """The quotient, rounded if asked for."""

    def divide_(self, other: Any, *, rounding_mode: str | None = None) -> Self:
        """`divide` in place: the tensor becomes `x.divide(...)`, and is answered."""

    def dot(self, tensor: Any) -> Tensor:
        """The inner product of two vectors of one length."""

    def dsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of a tensor one behind another, along dim 2: see `hsplit`."""

    def element_size(self) -> int:
        """How many bytes an element takes."""

    def eq(self, other: Any) -> Tensor:
        """Whether both are equal; nan equals nothing."""

    def eq_(self, other: Any) -> Self:
        """`eq` in place: the tensor becomes `x.eq(...)`, and is answered."""

    def equal(self, other: Any) -> bool:
        """Whether two tensors have the same shape and the same elements."""

    def erf(self) -> Tensor:
        """The error function."""

    def erf_(self) -> Self:
        """`erf` in place: the tensor becomes `x.erf(...)`, and is answered."""

    def erfc(self) -> Tensor:
        """One minus the error function, exact far out."""

    def erfc_(self) -> Self:
        """`erfc` in place: the tensor becomes `x.erfc(...)`, and is answered."""

    def erfinv(self) -> Tensor:
        """The x' whose erf is x, for x between -1 and 1."""

    def erfinv_(self) -> Self:
        """`erfinv` in place: the tensor becomes `x.erfinv(...)`, and is answered."""

    def exp(self) -> Tensor:
        """e to the power x."""

    def exp2(self) -> Tensor:
        """Two to the power x."""

    def exp2_(self) -> Self:
        """`exp2` in place: the tensor becomes `x.exp2(...)`, and is answered."""

    def exp_(self) -> Self:
        """`exp` in place: the tensor becomes `x.exp(...)`, and is answered."""

    def expand(self, *shape: Any, size: Any = ()) -> Tensor:
        """A view with dimensions of size 1 repeated; -1 keeps a size."""

    def expand_as(self, other: Any) -> Tensor:
        """A view with dimensions of size 1 repeated to the shape of another tensor."""

    def expm1(self) -> Tensor:
        """e to the power x, minus one, exact near 0."""

    def expm1_(self) -> Self:
        """`expm1` in place: the tensor becomes `x.expm1(...)`, and is answered."""

    def exponential_(self, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
        """Waiting times between events that come at the rate `lambd`."""

    def fix(self) -> Tensor:
        """Rounded towards 0; its slope is 0."""

    def fix_(self) -> Self:
        """`fix` in place: the tensor becomes `x.fix(...)`, and is answered."""

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        """A run of dimensions made one."""

    def flip(self, *order: Any, dims: Any = ()) -> Tensor:
        """A copy with the elements in reverse order along some dimensions."""

    def fliplr(self) -> Tensor:
        """A copy with left and right exchanged: reversed along dim 1."""

    def flipud(self) -> Tensor:
        """A copy with top and bottom exchanged: reversed along dim 0."""

    def float_power(self, exponent: Any) -> Tensor:
        """x to the power y, computed in float64."""

    def float_power_(self, exponent: Any) -> Self:
        """`float_power` in place: the tensor becomes `x.float_power(...)`, and is answered."""

    def floor(self) -> Tensor:
        """Rounded down; its slope is 0."""

    def floor_(self) -> Self:
        """`floor` in place: the tensor becomes `x.floor(...)`, and is answered."""

    def floor_divide(self, other: Any) -> Tensor:
        """The quotient rounded down; its slope is 0."""

    def floor_divide_(self, other: Any) -> Self:
        """`floor_divide` in place: the tensor becomes `x.floor_divide(...)`, and is answered."""

    def fmax(self, other: Any) -> Tensor:
        """The larger one, and where one is nan the other; where both are equal the slope is x's."""

    def fmin(self, other: Any) -> Tensor:
        """The smaller one, and where one is nan the other; where both are equal the slope ..."""

    def fmod(self, other: Any) -> Tensor:
        """What is left of a division, with the sign of the dividend (C's `fmod`)."""

    def fmod_(self, other: Any) -> Self:
        """`fmod` in place: the tensor becomes `x.fmod(...)`, and is answered."""

    def frac(self) -> Tensor:
        """The part behind the point, with the sign of x."""

    def frac_(self) -> Self:
        """`frac` in place: the tensor becomes `x.frac(...)`, and is answered."""

    def frexp(self) -> Frexp:
        """Mantissa and exponent: `input == mantissa * 2**exponent`."""

    def gather(self, dim: int, index: Any, *, sparse_grad: bool = False) -> Tensor:
        """Elements along a dimension, by an index for each of them."""

    def gcd(self, other: Any) -> Tensor:
        """The greatest common divisor, never negative; of 0 and 0 it is 0."""

    def gcd_(self, other: Any) -> Self:
        """`gcd` in place: the tensor becomes `x.gcd(...)`, and is answered."""

    def ge(self, other: Any) -> Tensor:
        """Whether the first is greater or equal."""

    def ge_(self, other: Any) -> Self:
        """`ge` in place: the tensor becomes `x.ge(...)`, and is answered."""

    def geometric_(self, p: float, *, generator: Any = None) -> Tensor:
        """How many trials it takes until the first success, each succeeding with probability p."""

    def geqrf(self) -> GeqrfResult:
        """The factors of QR in LAPACK's packing: see `linalg.qr`, which answers Q and R."""

    def ger(self, vec2: Any) -> Tensor:
        """Every product of an element of one vector and an element of another."""

    def greater(self, other: Any) -> Tensor:
        """Whether the first is greater."""

    def greater_(self, other: Any) -> Self:
        """`greater` in place: the tensor becomes `x.greater(...)`, and is answered."""

    def greater_equal(self, other: Any) -> Tensor:
        """Whether the first is greater or equal."""

    def greater_equal_(self, other: Any) -> Self:
        """`greater_equal` in place: the tensor becomes `x.greater_equal(...)`, and is answered."""

    def gt(self, other: Any) -> Tensor:
        """Whether the first is greater."""

    def gt_(self, other: Any) -> Self:
        """`gt` in place: the tensor becomes `x.gt(...)`, and is answered."""

    def half(self) -> NoReturn:
        """Refused: there is no float16 here."""

    def hardshrink(self, lambd: float = 0.5) -> Tensor:
        """Nothing between the bounds, the value outside; slope 0 on the bounds."""

    def heaviside(self, values: Any) -> Tensor:
        """0 for negative numbers and nan, 1 for positive ones, and at 0 the number given for it."""

    def heaviside_(self, values: Any) -> Self:
        """`heaviside` in place: the tensor becomes `x.heaviside(...)`, and is answered."""

    def histc(self, bins: int = 100, min: Any = 0, max: Any = 0) -> Tensor:
        """How many elements fall into each of equal intervals."""

    def histogram(
        self,
        bins: Any,
        *,
        range: Sequence[float] | None = None,
        weight: Any = None,
        density: bool = False,
    ) -> Histogram:
        """How many elements fall into each interval."""

    def hsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of a tensor side by side: along dim 1, or 0 if there is but one."""

    def hypot(self, other: Any) -> Tensor:
        """The long side of a right triangle, without overflow on the way; slope 0 at the origin."""

    def hypot_(self, other: Any) -> Self:
        """`hypot` in place: the tensor becomes `x.hypot(...)`, and is answered."""

    def i0(self) -> Tensor:
        """The modified Bessel function of the first kind and order 0."""

    def i0_(self) -> Self:
        """`i0` in place: the tensor becomes `x.i0(...)`, and is answered."""

    def igamma(self, other: Any) -> Tensor:
        """The lower share of the gamma function's integral: that of t**(a - 1) e**-t from 0 ..."""

    def igamma_(self, other: Any) -> Self:
        """`igamma` in place: the tensor becomes `x.igamma(...)`, and is answered."""

    def igammac(self, other: Any) -> Tensor:
        """The upper share of the gamma function's integral: that of t**(a - 1) e**-t from x on."""

    def igammac_(self, other: Any) -> Self:
        """`igammac` in place: the tensor becomes `x.igammac(...)`, and is answered."""

    def index_add(self, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Tensor:
        """A copy with slices added along a dimension, by a vector of indices."""

    def index_add_(self, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Self:
        """`index_add` in place: the tensor becomes `x.index_add(...)`, and is answered."""

    def index_copy(self, dim: int, index: Any, source: Any) -> Tensor:
        """A copy with slices written along a dimension, by a vector of indices."""

    def index_copy_(self, dim: int, index: Any, source: Any) -> Self:
        """`index_copy` in place: the tensor becomes `x.index_copy(...)`, and is answered."""

    def index_fill(self, dim: int, index: Any, value: Any) -> Tensor:
        """A copy with one value in whole slices along a dimension."""

    def index_fill_(self, dim: int, index: Any, value: Any) -> Self:
        """`index_fill` in place: the tensor becomes `x.index_fill(...)`, and is answered."""

    def index_put(self, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Tensor:
        """A copy with values written at `input[indices]`, or added there."""

    def index_put_(self, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Self:
        """`index_put` in place: the tensor becomes `x.index_put(...)`, and is answered."""

    def index_reduce(
        self, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
    ) -> Tensor:
        """A copy in which slices that meet, by a vector of indices, become one."""

    def index_reduce_(
        self, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
    ) -> Self:
        """`index_reduce` in place: the tensor becomes `x.index_reduce(...)`, and is answered."""

    def index_select(self, dim: int, index: Any) -> Tensor:
        """Slices along a dimension, by a vector of indices: a copy."""

    def inner(self, other: Any) -> Tensor:
        """The inner products of all rows of one tensor with all rows of another."""

    def inverse(self) -> Tensor:
        """The inverse of square matrices."""

    def is_same_size(self, other: Any) -> bool:
        """Whether two tensors have one shape."""

    def isclose(
        self, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
    ) -> Tensor:
        """Whether two numbers differ by no more than `atol + rtol * |other|`."""

    def isfinite(self) -> Tensor:
        """Whether it is neither infinite nor nan."""

    def isinf(self) -> Tensor:
        """Whether it is infinite."""

    def isnan(self) -> Tensor:
        """Whether it is nan."""

    def isneginf(self) -> Tensor:
        """Whether it is negative infinity."""

    def isposinf(self) -> Tensor:
        """Whether it is positive infinity."""

    def isreal(self) -> Tensor:
        """Whether each element is a real number, which it always is."""

    @property
    def itemsize(self) -> int:
        """How many bytes an element takes."""

    def kron(self, other: Any) -> Tensor:
        """The Kronecker product: every element of the first times the whole of the second."""

    def kthvalue(
        self, k: int, dim: Any = -1, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Sorted:
        """The k-th smallest element along a dimension, and where it is."""

    def lcm(self, other: Any) -> Tensor:
        """The least common multiple, never negative; of 0 and anything it is 0."""

    def lcm_(self, other: Any) -> Self:
        """`lcm` in place: the tensor becomes `x.lcm(...)`, and is answered."""

    def ldexp(self, other: Any) -> Tensor:
        """x times two to the power y."""

    def ldexp_(self, other: Any) -> Self:
        """`ldexp` in place: the tensor becomes `x.ldexp(...)`, and is answered."""

    def le(self, other: Any) -> Tensor:
        """Whether the first is less or equal."""

    def le_(self, other: Any) -> Self:
        """`le` in place: the tensor becomes `x.le(...)`, and is answered."""

    def lerp(self, end: Any, weight: Any) -> Tensor:
        """A point on the way between two numbers: `input` at weight 0, `end` at weight 1."""

    def lerp_(self, end: Any, weight: Any) -> Self:
        """`lerp` in place: the tensor becomes `x.lerp(...)`, and is answered."""

    def less(self, other: Any) -> Tensor:
        """Whether the first is less."""

    def less_(self, other: Any) -> Self:
        """`less` in place: the tensor becomes `x.less(...)`, and is answered."""

    def less_equal(self, other: Any) -> Tensor:
        """Whether the first is less or equal."""

    def less_equal_(self, other: Any) -> Self:
        """`less_equal` in place: the tensor becomes `x.less_equal(...)`, and is answered."""

    def lgamma(self) -> Tensor:
        """The logarithm of the size of the gamma function; infinite at 0, -1, -2 ..."""

    def lgamma_(self) -> Self:
        """`lgamma` in place: the tensor becomes `x.lgamma(...)`, and is answered."""

    def log(self) -> Tensor:
        """The natural logarithm."""

    def log10(self) -> Tensor:
        """The logarithm to base 10."""

    def log10_(self) -> Self:
        """`log10` in place: the tensor becomes `x.log10(...)`, and is answered."""

    def log1p(self) -> Tensor:
        """The logarithm of 1 + x, exact near 0."""

    def log1p_(self) -> Self:
        """`log1p` in place: the tensor becomes `x.log1p(...)`, and is answered."""

    def log2(self) -> Tensor:
        """The logarithm to base 2."""

    def log2_(self) -> Self:
        """`log2` in place: the tensor becomes `x.log2(...)`, and is answered."""

    def log_(self) -> Self:
        """`log` in place: the tensor becomes `x.log(...)`, and is answered."""

    def log_normal_(self, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
        """Numbers whose logarithms are normal, of this mean and standard deviation."""

    def log_softmax(self, dim: int | None = None, dtype: Any = None, *, axis: Any = ...) -> Tensor:
        """The logarithm of softmax, without underflow on the way."""

    def logaddexp(self, other: Any) -> Tensor:
        """The logarithm of a sum of exponentials."""

    def logaddexp2(self, other: Any) -> Tensor:
        """The logarithm to base 2 of a sum of powers of 2."""

    def logcumsumexp(self, dim: Any = None, *, axis: Any = ...) -> Tensor:
        """log(sum(exp(x))) of all elements up to each one, without overflow on the way."""

    def logdet(self) -> Tensor:
        """The logarithm of the determinant: -inf for a singular matrix, nan for a negative one."""

    def logical_and(self, other: Any) -> Tensor:
        """Whether both are nonzero."""

    def logical_and_(self, other: Any) -> Self:
        """`logical_and` in place: the tensor becomes `x.logical_and(...)`, and is answered."""

    def logical_not(self) -> Tensor:
        """Whether it is zero."""

    def logical_not_(self) -> Self:
        """`logical_not` in place: the tensor becomes `x.logical_not(...)`, and is answered."""

    def logical_or(self, other: Any) -> Tensor:
        """Whether either is nonzero."""

    def logical_or_(self, other: Any) -> Self:
        """`logical_or` in place: the tensor becomes `x.logical_or(...)`, and is answered."""

    def logical_xor(self, other: Any) -> Tensor:
        """Whether exactly one is nonzero."""

    def logical_xor_(self, other: Any) -> Self:
        """`logical_xor` in place: the tensor becomes `x.logical_xor(...)`, and is answered."""

    def logit(self, eps: float | None = None) -> Tensor:
        """The logarithm of a probability over the rest: the inverse of sigmoid."""

    def logit_(self, eps: float | None = None) -> Self:
        """`logit` in place: the tensor becomes `x.logit(...)`, and is answered."""

    def logsumexp(
        self, dim: Any = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """log(sum(exp(x))) over dimensions, without overflow on the way."""

    def lt(self, other: Any) -> Tensor:
        """Whether the first is less."""

    def lt_(self, other: Any) -> Self:
        """`lt` in place: the tensor becomes `x.lt(...)`, and is answered."""

    def lu(self, pivot: bool = True, get_infos: bool = False) -> Any:
        """PyTorch's older `lu`: see `linalg.lu_factor`, or with `get_infos` ..."""

    def lu_solve(self, LU_data: Any, LU_pivots: Any) -> Tensor:
        """PyTorch's older `lu_solve`, with its arguments in another order: see ..."""

    def masked_fill(self, mask: Any, value: Any) -> Tensor:
        """One value where a mask holds, the input elsewhere."""

    def masked_fill_(self, mask: Any, value: Any) -> Self:
        """`masked_fill` in place: the tensor becomes `x.masked_fill(...)`, and is answered."""

    def masked_scatter(self, mask: Any, source: Any) -> Tensor:
        """The elements of a source, in order, where a mask holds; the input elsewhere."""

    def masked_scatter_(self, mask: Any, source: Any) -> Self:
        """`masked_scatter` in place: the tensor becomes `x.masked_scatter(...)`, and is ..."""

    def masked_select(self, mask: Any) -> Tensor:
        """The elements where a mask holds, as a vector."""

    def matmul(self, other: Any) -> Tensor:
        """The product of two tensors, as Python's `@`."""

    def matrix_exp(self) -> Tensor:
        """The exponential of square matrices: the sum of `A^k / k!`."""

    def matrix_power(self, n: int) -> Tensor:
        """A square matrix times itself, n times in all, by repeated squaring."""

    @overload
    def max(
        self, dim: None = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The largest element of all; along a dimension, with its index; or of two tensors."""

    @overload
    def max(
        self, dim: int, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> MaxResult:
        """The largest element of all; along a dimension, with its index; or of two tensors."""

    @overload
    def max(self, other: Tensor, /) -> Tensor:
        """The largest element of all; along a dimension, with its index; or of two tensors."""

    def maximum(self, other: Any) -> Tensor:
        """The larger one, nan if either is; where both are equal each gets half of the slope."""

    def mean(
        self,
        dim: Any = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The mean of elements; of floats only, as in PyTorch."""

    @overload
    def median(
        self, dim: None = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The element in the middle, the lower one of two; nan where there is one."""

    @overload
    def median(
        self, dim: int, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Sorted:
        """The element in the middle, the lower one of two; nan where there is one."""

    @overload
    def min(
        self, dim: None = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The smallest element: see `max`."""

    @overload
    def min(
        self, dim: int, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> MaxResult:
        """The smallest element: see `max`."""

    @overload
    def min(self, other: Tensor, /) -> Tensor:
        """The smallest element: see `max`."""

    def minimum(self, other: Any) -> Tensor:
        """The smaller one, nan if either is; where both are equal each gets half of the slope."""

    def mm(self, mat2: Any) -> Tensor:
        """The product of two matrices."""

    def mode(
        self, dim: Any = -1, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Sorted:
        """The most frequent element along a dimension, the smallest of several, and where ..."""

    def moveaxis(self, source: Any, destination: Any) -> Tensor:
        """A view with some dimensions moved, under NumPy's name: see `movedim`."""

    def movedim(self, source: Any, destination: Any) -> Tensor:
        """A view with some dimensions moved to other places; the others keep their order."""

    def msort(self) -> Tensor:
        """The elements in order along the first dimension, without their places."""

    def mul(self, other: Any) -> Tensor:
        """The product."""

    def mul_(self, other: Any) -> Self:
        """`mul` in place: the tensor becomes `x.mul(...)`, and is answered."""

    def multinomial(
        self, num_samples: int, replacement: bool = False, *, generator: Any = None
    ) -> Tensor:
        """Indices drawn in proportion to weights, row by row."""

    def multiply(self, other: Any) -> Tensor:
        """The product."""

    def multiply_(self, other: Any) -> Self:
        """`multiply` in place: the tensor becomes `x.multiply(...)`, and is answered."""

    def mv(self, vec: Any) -> Tensor:
        """The product of a matrix (n, m) and a vector (m,)."""

    def mvlgamma(self, p: int) -> Tensor:
        """The logarithm of the gamma function of several dimensions."""

    def mvlgamma_(self, p: int) -> Self:
        """`mvlgamma` in place: the tensor becomes `x.mvlgamma(...)`, and is answered."""

    def nan_to_num(
        self, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
    ) -> Tensor:
        """Numbers in the place of nan and of infinities."""

    def nan_to_num_(
        self, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
    ) -> Self:
        """`nan_to_num` in place: the tensor becomes `x.nan_to_num(...)`, and is answered."""

    def nanmean(
        self,
        dim: Any = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The mean of the elements that are not nan; nan where all of them are."""

    @overload
    def nanmedian(
        self, dim: None = None, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Tensor:
        """The element in the middle of those that are not nan: see `median`."""

    @overload
    def nanmedian(
        self, dim: int, keepdim: bool = False, *, axis: Any = ..., keepdims: bool = ...
    ) -> Sorted:
        """The element in the middle of those that are not nan: see `median`."""

    def nanquantile(
        self,
        q: Any,
        dim: Any = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """`quantile` of those elements that are not nan; nan where all of them are."""

    def nansum(
        self,
        dim: Any = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The sum of elements, where nan counts as 0 and gets no gradient."""

    def narrow(self, dim: int, start: int, length: int) -> Tensor:
        """A run of slices along a dimension, as a view."""

    def narrow_copy(self, dim: int, start: int, length: int) -> Tensor:
        """What `narrow` answers, copied into memory of its own."""

    @property
    def nbytes(self) -> int:
        """How many bytes all elements take."""

    def ne(self, other: Any) -> Tensor:
        """Whether both differ; nan differs from everything."""

    def ne_(self, other: Any) -> Self:
        """`ne` in place: the tensor becomes `x.ne(...)`, and is answered."""

    def neg(self) -> Tensor:
        """The opposite."""

    def neg_(self) -> Self:
        """`neg` in place: the tensor becomes `x.neg(...)`, and is answered."""

    def negative(self) -> Tensor:
        """The opposite."""

    def negative_(self) -> Self:
        """`negative` in place: the tensor becomes `x.negative(...)`, and is answered."""

    def new_empty(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        """A tensor whose values do not matter yet, in the dtype of another unless one is given."""

    def new_empty_strided(
        self,
        size: Any,
        stride: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        """A tensor whose values do not matter yet, and whose elements lie in memory by ..."""

    def new_full(
        self,
        size: Any,
        fill_value: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        """One value in a given shape, in the dtype of another tensor unless one is given."""

    def new_ones(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        """Ones of a given shape, in the dtype of another tensor unless one is given."""

    def new_tensor(
        self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        """A copy of data as a tensor, in the dtype of another tensor unless one is given."""

    def new_zeros(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Tensor:
        """Zeros of a given shape, in the dtype of another tensor unless one is given."""

    def nextafter(self, other: Any) -> Tensor:
        """The number next to x towards y: one step of the dtype; its slope along x is 1."""

    def nextafter_(self, other: Any) -> Self:
        """`nextafter` in place: the tensor becomes `x.nextafter(...)`, and is answered."""

    def nonzero(self, *, as_tuple: bool = False) -> Any:
        """Where the elements are that are not 0."""

    def nonzero_static(self, *, size: int, fill_value: int = -1) -> Tensor:
        """Where the first elements are that are not 0: always `size` rows, the last ones filled."""

    def norm(
        self,
        p: Any = "fro",
        dim: Any = None,
        keepdim: bool = False,
        dtype: Any = None,
        *,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The norm of all elements as one vector, or along dimensions."""

    def not_equal(self, other: Any) -> Tensor:
        """Whether both differ; nan differs from everything."""

    def not_equal_(self, other: Any) -> Self:
        """`not_equal` in place: the tensor becomes `x.not_equal(...)`, and is answered."""

    def ormqr(self, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Tensor:
        """A product of reflections times a matrix: `Q other`, without making Q."""

    def outer(self, vec2: Any) -> Tensor:
        """Every product of an element of one vector and an element of another."""

    def permute(self, *order: Any, dims: Any = ()) -> Tensor:
        """A view with the dimensions in another order."""

    def pinverse(self, rcond: float = 1e-15) -> Tensor:
        """PyTorch's older pseudo-inverse, with a lower bound for singular values: see ..."""

    def polygamma(self, n: int) -> Tensor:
        """The n-th derivative of the digamma function: `tinygradx.polygamma(n, input)`."""

    def polygamma_(self, n: int) -> Self:
        """`polygamma` in place: the tensor becomes `x.polygamma(...)`, and is answered."""

    def positive(self) -> Tensor:
        """The tensor itself: `+x`."""

    def pow(self, exponent: Any) -> Tensor:
        """x to the power y."""

    def pow_(self, exponent: Any) -> Self:
        """`pow` in place: the tensor becomes `x.pow(...)`, and is answered."""

    def prelu(self, weight: Any) -> Tensor:
        """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852."""

    def prod(
        self,
        dim: Any = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The product of elements."""

    def put(self, index: Any, source: Any, accumulate: bool = False) -> Tensor:
        """A copy with elements written by their number, as if the tensor had one dimension."""

    def put_(self, index: Any, source: Any, accumulate: bool = False) -> Self:
        """`put` in place: the tensor becomes `x.put(...)`, and is answered."""

    def qr(self, some: bool = True) -> QRResult:
        """PyTorch's older `qr`: `some=False` is mode="complete". See `linalg.qr`."""

    def quantile(
        self,
        q: Any,
        dim: Any = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The value that a share q of all elements lies below; nan where there is one."""

    def rad2deg(self) -> Tensor:
        """An angle in radians, in degrees."""

    def rad2deg_(self) -> Self:
        """`rad2deg` in place: the tensor becomes `x.rad2deg(...)`, and is answered."""

    def random_(self, from_: Any = 0, to: Any = None, *, generator: Any = None) -> Tensor:
        """Whole numbers from `from_` to `to - 1`; `random_(to)` begins at 0."""

    def ravel(self) -> Tensor:
        """All elements in one dimension; a view where the memory allows it."""

    def reciprocal(self) -> Tensor:
        """One over x."""

    def reciprocal_(self) -> Self:
        """`reciprocal` in place: the tensor becomes `x.reciprocal(...)`, and is answered."""

    def relu(self) -> Tensor:
        """Nothing below 0, the value above; slope 0 at 0. Nair & Hinton (2010)."""

    def relu_(self) -> Self:
        """`relu` in place: the tensor becomes `x.relu(...)`, and is answered."""

    def remainder(self, other: Any) -> Tensor:
        """What is left of a division, with the sign of the divisor (Python's `%`)."""

    def remainder_(self, other: Any) -> Self:
        """`remainder` in place: the tensor becomes `x.remainder(...)`, and is answered."""

    def renorm(self, p: float, dim: int, maxnorm: float) -> Tensor:
        """Parts along a dimension, scaled down where their norm is larger than `maxnorm`."""

    def renorm_(self, p: float, dim: int, maxnorm: float) -> Self:
        """`renorm` in place: the tensor becomes `x.renorm(...)`, and is answered."""

    def repeat(self, *counts: Any, repeats: Any = ()) -> Tensor:
        """A copy laid side by side so many times along each dimension."""

    def repeat_interleave(
        self, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
    ) -> Tensor:
        """A copy with every slice so many times in a row."""

    def reshape(self, *size: Any, shape: Any = ()) -> Tensor:
        """The same elements under another shape; one size may be -1."""

    def reshape_as(self, other: Any) -> Tensor:
        """The same elements under the shape of another tensor: `x.reshape(other.shape)`."""

    def resolve_conj(self) -> Tensor:
        """The real part: the tensor itself, since no tensor here is complex."""

    def resolve_neg(self) -> Tensor:
        """The real part: the tensor itself, since no tensor here is complex."""

    def roll(self, shifts: Any, dims: Any = None) -> Tensor:
        """A copy with the elements moved along dimensions; what leaves at one end enters at ..."""

    def rot90(self, k: int = 1, dims: Any = (0, 1)) -> Tensor:
        """A copy turned by so many quarters, from the first of two dimensions towards the ..."""

    def round(self, *, decimals: int = 0) -> Tensor:
        """The nearest whole number, halves to the even one; its slope is 0."""

    def round_(self, *, decimals: int = 0) -> Self:
        """`round` in place: the tensor becomes `x.round(...)`, and is answered."""

    def rsqrt(self) -> Tensor:
        """One over the square root."""

    def rsqrt_(self) -> Self:
        """`rsqrt` in place: the tensor becomes `x.rsqrt(...)`, and is answered."""

    def scatter(
        self, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> Tensor:
        """A copy with values written along a dimension, by an index for each of them."""

    def scatter_(
        self, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None
    ) -> Self:
        """`scatter` in place: the tensor becomes `x.scatter(...)`, and is answered."""

    def scatter_add(self, dim: int, index: Any, src: Any) -> Tensor:
        """A copy with values added along a dimension, by an index for each of them."""

    def scatter_add_(self, dim: int, index: Any, src: Any) -> Self:
        """`scatter_add` in place: the tensor becomes `x.scatter_add(...)`, and is answered."""

    def scatter_reduce(
        self, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
    ) -> Tensor:
        """A copy in which values that meet at an element, by an index for each, become one."""

    def scatter_reduce_(
        self, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
    ) -> Self:
        """`scatter_reduce` in place: the tensor becomes `x.scatter_reduce(...)`, and is ..."""

    def select(self, dim: int, index: int) -> Tensor:
        """One slice along a dimension, as a view without that dimension."""

    def select_scatter(self, src: Any, dim: int, index: int) -> Tensor:
        """A copy with another slice at one index along a dimension."""

    def sgn(self) -> Tensor:
        """-1, 0 or 1, and 0 of nan, as in PyTorch; its slope is 0 everywhere."""

    def sgn_(self) -> Self:
        """`sgn` in place: the tensor becomes `x.sgn(...)`, and is answered."""

    def short(self, memory_format: Any = "preserve_format") -> Tensor:
        """As int16, cut off towards 0."""

    def sigmoid(self) -> Tensor:
        """The logistic curve, from 0 to 1. Both tails keep their digits."""

    def sigmoid_(self) -> Self:
        """`sigmoid` in place: the tensor becomes `x.sigmoid(...)`, and is answered."""

    def sign(self) -> Tensor:
        """-1, 0 or 1, and 0 of nan, as in PyTorch; its slope is 0 everywhere."""

    def sign_(self) -> Self:
        """`sign` in place: the tensor becomes `x.sign(...)`, and is answered."""

    def signbit(self) -> Tensor:
        """Whether its sign is set, which it is for -0.0 as well."""

    def sin(self) -> Tensor:
        """The sine of an angle in radians."""

    def sin_(self) -> Self:
        """`sin` in place: the tensor becomes `x.sin(...)`, and is answered."""

    def sinc(self) -> Tensor:
        """The sine of pi x over pi x, 1 at 0, exactly 0 at 1, 2, 3 ..."""

    def sinc_(self) -> Self:
        """`sinc` in place: the tensor becomes `x.sinc(...)`, and is answered."""

    def sinh(self) -> Tensor:
        """The hyperbolic sine."""

    def sinh_(self) -> Self:
        """`sinh` in place: the tensor becomes `x.sinh(...)`, and is answered."""

    def slice_scatter(
        self,
        src: Any,
        dim: int = 0,
        start: int | None = None,
        end: int | None = None,
        step: int = 1,
    ) -> Tensor:
        """A copy with other slices from `start` to `end` along a dimension."""

    def slogdet(self) -> Slogdet:
        """The sign of the determinant, and the logarithm of its size."""

    def softmax(self, dim: int | None = None, dtype: Any = None, *, axis: Any = ...) -> Tensor:
        """Positive numbers that sum to 1, larger where x is. Bridle (1990)."""

    def sort(
        self, dim: Any = -1, descending: bool = False, stable: bool = False, *, axis: Any = ...
    ) -> Sorted:
        """The elements in order along a dimension, and where they were."""

    def split(self, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Views of a tensor, one behind another along a dimension."""

    def split_with_sizes(self, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
        """Views of a tensor of the given sizes along a dimension: see `split`."""

    def sqrt(self) -> Tensor:
        """The square root; its slope at 0 is infinite."""

    def sqrt_(self) -> Self:
        """`sqrt` in place: the tensor becomes `x.sqrt(...)`, and is answered."""

    def square(self) -> Tensor:
        """x times itself."""

    def square_(self) -> Self:
        """`square` in place: the tensor becomes `x.square(...)`, and is answered."""

    def squeeze(self, dim: Any = None) -> Tensor:
        """A view without dimensions of size 1: all of them, or those named."""

    def squeeze_(self, dim: Any = None) -> Self:
        """`squeeze` in place: the tensor becomes `x.squeeze(...)`, and is answered."""

    def std(
        self,
        dim: Any = None,
        unbiased: Any = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The standard deviation: the root of the variance. Where it is 0 its gradient is 0."""

    def storage_offset(self) -> int:
        """How many elements of memory lie in front of a view."""

    def stride(self, dim: int | None = None) -> Any:
        """How many elements of memory lie between neighbours along each dimension, or along one."""

    def sub(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """The difference, `input - alpha * other`."""

    def sub_(self, other: Any, *, alpha: Any = 1) -> Self:
        """`sub` in place: the tensor becomes `x.sub(...)`, and is answered."""

    def subtract(self, other: Any, *, alpha: Any = 1) -> Tensor:
        """The difference, `input - alpha * other`."""

    def subtract_(self, other: Any, *, alpha: Any = 1) -> Self:
        """`subtract` in place: the tensor becomes `x.subtract(...)`, and is answered."""

    def sum(
        self,
        dim: Any = None,
        keepdim: bool = False,
        *,
        dtype: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The sum of elements."""

    def sum_to_size(self, *size: Any) -> Tensor:
        """The sum over everything by which the tensor is larger than a shape that ..."""

    def svd(self, some: bool = True, compute_uv: bool = True) -> OldSVDResult:
        """PyTorch's older `svd`, which answers V instead of its transpose: see `linalg.svd`."""

    def swapaxes(self, axis0: int, axis1: int) -> Tensor:
        """A view with two dimensions exchanged, under NumPy's name: see `transpose`."""

    def swapaxes_(self, axis0: int, axis1: int) -> Self:
        """`swapaxes` in place: the tensor becomes `x.swapaxes(...)`, and is answered."""

    def swapdims(self, dim0: int, dim1: int) -> Tensor:
        """A view with two dimensions exchanged: see `transpose`."""

    def swapdims_(self, dim0: int, dim1: int) -> Self:
        """`swapdims` in place: the tensor becomes `x.swapdims(...)`, and is answered."""

    def t(self) -> Tensor:
        """A matrix with rows and columns exchanged, as a view; less than two dimensions stay."""

    def t_(self) -> Self:
        """`t` in place: the tensor becomes `x.t(...)`, and is answered."""

    def take(self, index: Any) -> Tensor:
        """Elements by their number, as if the tensor had one dimension."""

    def take_along_dim(self, indices: Any, dim: int | None = None) -> Tensor:
        """Elements along a dimension by an index for each, which broadcasts: as `argsort` ..."""

    def tan(self) -> Tensor:
        """The tangent of an angle in radians."""

    def tan_(self) -> Self:
        """`tan` in place: the tensor becomes `x.tan(...)`, and is answered."""

    def tanh(self) -> Tensor:
        """The hyperbolic tangent, from -1 to 1."""

    def tanh_(self) -> Self:
        """`tanh` in place: the tensor becomes `x.tanh(...)`, and is answered."""

    def tensor_split(
        self, indices_or_sections: Any, dim: int = 0, *, indices: Any = None, sections: Any = None
    ) -> tuple[Tensor, ...]:
        """Views of a tensor: so many parts as equal as can be, or parts that begin at given ..."""

    def tile(self, *counts: Any, dims: Any = ()) -> Tensor:
        """A copy laid side by side; fewer numbers than dimensions are meant for the last ones."""

    def topk(
        self, k: int, dim: Any = -1, largest: bool = True, sorted: bool = True, *, axis: Any = ...
    ) -> Sorted:
        """The k largest elements along a dimension, the largest first, and where they are."""

    def trace(self) -> Tensor:
        """The sum of the diagonal of a matrix; of integers as int64."""

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """A view with two dimensions exchanged; also called `swapaxes` and `swapdims`."""

    def transpose_(self, dim0: int, dim1: int) -> Self:
        """`transpose` in place: the tensor becomes `x.transpose(...)`, and is answered."""

    def triangular_solve(
        self, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
    ) -> TriangularSolution:
        """PyTorch's older triangular solver: see `linalg.solve_triangular`."""

    def tril(self, diagonal: int = 0) -> Tensor:
        """Matrices with zeros above a diagonal."""

    def tril_(self, diagonal: int = 0) -> Self:
        """`tril` in place: the tensor becomes `x.tril(...)`, and is answered."""

    def triu(self, diagonal: int = 0) -> Tensor:
        """Matrices with zeros below a diagonal: see `tril`."""

    def triu_(self, diagonal: int = 0) -> Self:
        """`triu` in place: the tensor becomes `x.triu(...)`, and is answered."""

    def true_divide(self, other: Any, *, rounding_mode: str | None = None) -> Tensor:
        """The quotient, rounded if asked for."""

    def true_divide_(self, other: Any, *, rounding_mode: str | None = None) -> Self:
        """`true_divide` in place: the tensor becomes `x.true_divide(...)`, and is answered."""

    def trunc(self) -> Tensor:
        """Rounded towards 0; its slope is 0."""

    def trunc_(self) -> Self:
        """`trunc` in place: the tensor becomes `x.trunc(...)`, and is answered."""

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of a tensor's type; or the tensor in another dtype."""

    def type_as(self, other: Any) -> Tensor:
        """The same values in the dtype of another tensor."""

    def unbind(self, dim: int = 0) -> tuple[Tensor, ...]:
        """Every slice along a dimension, as views without it."""

    def unflatten(self, dim: int, sizes: Any) -> Tensor:
        """A dimension made several, as a view where the memory allows it."""

    def unfold(self, dimension: int, size: int, step: int) -> Tensor:
        """Windows that slide along a dimension, as a view."""

    def unique(
        self,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: Any = None,
        *,
        axis: Any = ...,
    ) -> Any:
        """The different elements, in order; or the different slices along a dimension."""

    def unique_consecutive(
        self,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: Any = None,
        *,
        axis: Any = ...,
    ) -> Tensor:
        """The elements, each run of equal ones once; or slices along a dimension."""

    def unsafe_chunk(self, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
        """Copies of the parts that `chunk` answers."""

    def unsafe_split(self, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Copies of the parts that `split` answers."""

    def unsqueeze(self, dim: int) -> Tensor:
        """A view with a dimension of size 1 put in."""

    def unsqueeze_(self, dim: int) -> Self:
        """`unsqueeze` in place: the tensor becomes `x.unsqueeze(...)`, and is answered."""

    def var(
        self,
        dim: Any = None,
        unbiased: Any = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
        axis: Any = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The variance: the sum of the square distances from the mean, over n - correction."""

    def vdot(self, other: Any) -> Tensor:
        """The inner product of two vectors of one length; of real numbers the same as `dot`."""

    def view(self, *shape: Any, size: Any = (), dtype: Any = None) -> Tensor:
        """The same elements under another shape, never copied; one size may be -1."""

    def view_as(self, other: Any) -> Tensor:
        """A view under the shape of another tensor: `x.view(other.shape)`."""

    def vsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """Views of a tensor one below another, along dim 0: see `hsplit`."""

    def where(self, condition: Any, other: Any) -> Tensor:
        """The tensor's elements where a condition holds, those of another elsewhere."""

    def xlogy(self, other: Any) -> Tensor:
        """x times the logarithm of y, and 0 where x is 0, unless y is nan."""

    def xlogy_(self, other: Any) -> Self:
        """`xlogy` in place: the tensor becomes `x.xlogy(...)`, and is answered."""
