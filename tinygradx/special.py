"""Special functions under PyTorch's names: `tinygradx.special`.

>>> import tinygradx as tgx
>>> tgx.special.ndtr(tgx.tensor([0.0, 1.0]))
tensor([0.5000, 0.8413])
"""

from tinygradx.ops.activations import log_softmax, softmax
from tinygradx.ops.activations import sigmoid as expit
from tinygradx.ops.bell_curve import erf, erfc, erfinv, ndtr
from tinygradx.ops.exponentials import exp2, expm1, log1p
from tinygradx.ops.reductions import logsumexp
from tinygradx.ops.rounding import round
from tinygradx.ops.special import (
    bessel_j0,
    bessel_j1,
    digamma,
    entr,
    erfcx,
    gammainc,
    gammaincc,
    gammaln,
    i0,
    i0e,
    i1,
    i1e,
    log_ndtr,
    logit,
    modified_bessel_i0,
    modified_bessel_i1,
    modified_bessel_k0,
    modified_bessel_k1,
    multigammaln,
    ndtri,
    polygamma,
    psi,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    sinc,
    spherical_bessel_j0,
    xlog1py,
    xlogy,
    zeta,
)

__all__ = [
    "bessel_j0", "bessel_j1", "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit",
    "expm1", "gammainc", "gammaincc", "gammaln", "i0", "i0e", "i1", "i1e", "log1p", "log_ndtr",
    "log_softmax", "logit", "logsumexp", "modified_bessel_i0", "modified_bessel_i1",
    "modified_bessel_k0", "modified_bessel_k1", "multigammaln", "ndtr", "ndtri", "polygamma", "psi",
    "round", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "sinc", "softmax",
    "spherical_bessel_j0", "xlog1py", "xlogy", "zeta",
]  # fmt: skip
