# Written by `python tests/stubs.py --write`, from the functions themselves.

from collections.abc import Callable, Sequence
from typing import Any

from tinygradx.nn.embedding import embedding as embedding
from tinygradx.nn.embedding_bag import embedding_bag as embedding_bag
from tinygradx.tensor.tensor import Tensor

def adaptive_avg_pool1d(input: Any, output_size: Any) -> Tensor:
    """The means of as many cells as asked for, of sequences: see `adaptive_avg_pool2d`."""

def adaptive_avg_pool2d(input: Any, output_size: Any) -> Tensor:
    """The means of as many cells as asked for, whatever the size of the images is."""

def adaptive_avg_pool3d(input: Any, output_size: Any) -> Tensor:
    """The means of as many cells as asked for, of volumes: see `adaptive_avg_pool2d`."""

def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Tensor:
    """The largest of as many cells as asked for, of sequences: see `adaptive_max_pool2d`."""

def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of as many cells as asked for, whatever the size of the images is."""

def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Tensor:
    """The largest of as many cells as asked for, of volumes: see `adaptive_max_pool2d`."""

def affine_grid(theta: Any, size: Any, align_corners: bool | None = None) -> Tensor:
    """The grid of an affine map, for `grid_sample`: `theta @ (x, y, 1)` at every pixel."""

def alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Each element at random the value of a SELU far below 0; mean 0 and variance 1 stay."""

def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of every window of sequences (N, C, L): see `avg_pool2d`."""

def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window of images."""

def avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of every window of volumes (N, C, D, H, W): see `avg_pool2d`."""

def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Each channel moved and stretched to mean 0 and variance 1 over the batch."""

def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """`x1ᵀ W x2 + b` for every output, over the last dimension of both inputs."""

def binary_cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The cross entropy of probabilities: ``-(t * log(p) + (1 - t) * log(1 - p))``."""

def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Tensor:
    """The cross entropy of scores: that of the probabilities 1 / (1 + exp(-input))."""

def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """ELU whose slope is continuous for every alpha. Barron (2017), arXiv:1704.07483."""

def celu_(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`celu`, written to the memory of its input, which is answered."""

def channel_shuffle(input: Any, groups: int) -> Tensor:
    """Channels dealt out in turn from so many groups of them."""

def conv1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Convolution of sequences: see `conv2d`, whose pairs are single numbers here."""

def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Convolution of images: every output the weighted sum of the window below it, and a bias."""

def conv3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Convolution of volumes: see `conv2d`, whose pairs are triples here."""

def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Transposed convolution of sequences: see `conv_transpose2d`."""

def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Transposed convolution: every element spreads over a window of the output."""

def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """Transposed convolution of volumes: see `conv_transpose2d`."""

def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """Pairs of vectors: in one direction where alike, else at an angle."""

def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """The cosine of the angle between vectors: `x1·x2 / (max(|x1|, eps) * max(|x2|, eps))`."""

def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross entropy of class scores against the right classes, or their probabilities."""

def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """How unlikely a text is, over all its alignments with a sequence."""

def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element 0 with probability p, and divided by 1 - p otherwise, so that the mean stays."""

def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of sequences 0 with probability p, and divided by 1 - p otherwise."""

def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of images 0 with probability p, or divided by 1 - p: see `dropout1d`."""

def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each channel of volumes 0 with probability p, or divided by 1 - p: see `dropout1d`."""

def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """An exponential below 0, the value above. Clevert et al. (2015), arXiv:1511.07289."""

def elu_(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`elu`, written to the memory of its input, which is answered."""

def feature_alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels."""

def fold(
    input: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Tensor:
    """Columns added up to images where their patches lie: `torch.nn.functional.fold`, or col2im."""

def fractional_max_pool2d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Any:
    """The largest element of windows that lie at random, as many as are asked for."""

def fractional_max_pool3d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
) -> Tensor:
    """`fractional_max_pool2d` of volumes (N, C, D, H, W)."""

def gaussian_nll_loss(
    input: Any,
    target: Any,
    var: Any,
    full: bool = False,
    eps: float = 1e-06,
    reduction: str = "mean",
) -> Tensor:
    """How improbable a target is, if it is drawn around the input with a variance."""

def gelu(input: Any, approximate: str = "none") -> Tensor:
    """The Gaussian error linear unit, `x * Phi(x)`. Hendrycks & Gimpel (2016), arXiv:1606.08415."""

def gelu_tanh(input: Any, inplace: bool = False) -> Tensor:
    """GELU with tanh in place of the error function, as the first GPT computed it."""

def glu(input: Any, dim: int = -1) -> Tensor:
    """The gated linear unit: the first half times the sigmoid of the second. arXiv:1612.08083."""

def grid_sample(
    input: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Images read at points of a grid, which may lie between pixels; the gradient goes to both."""

def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-05
) -> Tensor:
    """Each sample's channels in groups, every group with mean 0 and variance 1."""

def gumbel_softmax(
    logits: Any, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """Draw one class of each row, so that gradients reach the logits."""

def hardshrink(input: Any, lambd: float = 0.5, inplace: bool = False) -> Tensor:
    """Nothing between the bounds, the value outside; slope 0 on the bounds."""

def hardsigmoid(input: Any, inplace: bool = False) -> Tensor:
    """A sigmoid of three straight pieces; slope 0 at the kinks. Courbariaux et al. (2015)."""

def hardswish(input: Any, inplace: bool = False) -> Tensor:
    """x times hardsigmoid(x). Howard et al. (2019), arXiv:1905.02244."""

def hardtanh(
    input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Cut off at both ends; slope 0 at the kinks."""

def hardtanh_(
    input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """`hardtanh`, written to the memory of its input, which is answered."""

def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, reduction: str = "mean"
) -> Tensor:
    """Distances of pairs: small where both are alike, at least `margin` where they are not."""

def huber_loss(
    input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None
) -> Tensor:
    """Squared for small differences, linear beyond delta. Huber (1964)."""

def identity(input: Any, inplace: bool = False) -> Tensor:
    """The value itself: what a last linear layer uses."""

def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """Each channel of each sample moved and stretched to mean 0 and variance 1."""

def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Images in another size."""

def kl_div(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """How far a distribution is from another: `target * (log(target) - input)`."""

def l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Tensor:
    """The mean absolute error, ``abs(input - target)``; its slope at 0 is 0."""

def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-05
) -> Tensor:
    """Each sample moved and stretched to mean 0 and variance 1 over its last dimensions."""

def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """A small slope below 0, so that no unit dies; that slope at 0, too. Maas et al. (2013)."""

def leaky_relu_(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`leaky_relu`, written to the memory of its input, which is answered."""

def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`input @ weight.T + bias`."""

def local_response_norm(
    input: Any, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Each element divided by what its neighbours in other channels are: `x / (k + α * ..."""

def log_softmax(
    input: Any, dim: int | None = None, dtype: Any = None, *, axis: Any = ...
) -> Tensor:
    """The logarithm of softmax, without underflow on the way."""

def logsigmoid(input: Any, inplace: bool = False) -> Tensor:
    """The logarithm of the sigmoid, without underflow on the way."""

def lp_pool1d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of every window of sequences (N, C, L): see `lp_pool2d`."""

def lp_pool2d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """`(sum of x**p)**(1/p)` of every window of images."""

def lp_pool3d(
    input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of every window of volumes (N, C, D, H, W): see `lp_pool2d`."""

def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """Two scores in the right order: `max(0, margin - target * (input1 - input2))`."""

def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The largest element of every window of sequences (N, C, L): see `max_pool2d`."""

def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window of images."""

def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The largest element of every window of volumes (N, C, D, H, W): see `max_pool2d`."""

def max_unpool1d(
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Elements put back where they were the largest of sequences: see `max_unpool2d`."""

def max_unpool2d(
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Elements put back where they were the largest, zeros elsewhere."""

def max_unpool3d(
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Elements put back where they were the largest of volumes: see `max_unpool2d`."""

def maxout(input: Any, pieces: int, dim: int = -1) -> Tensor:
    """The largest of each group of `pieces` values. Goodfellow et al. (2013), arXiv:1302.4389."""

def mish(input: Any, inplace: bool = False) -> Tensor:
    """x times the tanh of its softplus. Misra (2019), arXiv:1908.08681."""

def mse_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Tensor:
    """The mean squared error, ``(input - target) ** 2``."""

def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Any, Any]:
    """What `nn.MultiheadAttention` computes, with its weights as arguments."""

def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The score of the right class ahead of every other: hinges, summed over the others."""

def multilabel_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The scores of all right classes ahead of all others by 1: hinges, summed over the pairs."""

def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean"
) -> Tensor:
    """The cross entropy of scores of several classes, each of which is right or not."""

def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log likelihood: ``-input[target]``, from the logarithms of probabilities."""

def normalize(
    input: Any, p: Any = 2.0, dim: Any = 1, eps: float = 1e-12, out: None = None
) -> Tensor:
    """Vectors over their length: `x / max(norm(x), eps)`."""

def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """A 1 at the index of each class, in a new last dimension of zeros."""

def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: Any = None) -> Tensor:
    """A border around a tensor."""

def pairwise_distance(
    x1: Any, x2: Any, p: Any = 2.0, eps: float = 1e-06, keepdim: bool = False
) -> Tensor:
    """How far each vector is from its partner: the p-norm of `x1 - x2 + eps`."""

def pdist(input: Any, p: Any = 2) -> Tensor:
    """How far every two vectors of a set are apart."""

def pixel_shuffle(input: Any, upscale_factor: int) -> Tensor:
    """Channels made pixels: (..., C * r * r, H, W) to (..., C, H * r, W * r)."""

def pixel_unshuffle(input: Any, downscale_factor: int) -> Tensor:
    """Pixels made channels: (..., C, H * r, W * r) to (..., C * r * r, H, W)."""

def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-08,
    reduction: str = "mean",
) -> Tensor:
    """How improbable a count is, if the input says what is to be expected of it."""

def prelu(input: Any, weight: Any) -> Tensor:
    """A leaky ReLU whose slope below 0 is learned. He et al. (2015), arXiv:1502.01852."""

def relu(input: Any, inplace: bool = False) -> Tensor:
    """Nothing below 0, the value above; slope 0 at 0. Nair & Hinton (2010)."""

def relu6(input: Any, inplace: bool = False) -> Tensor:
    """ReLU that stops at 6; slope 0 at both kinks. Howard et al. (2017), arXiv:1704.04861."""

def relu_(input: Any, inplace: bool = False) -> Tensor:
    """`relu`, written to the memory of its input, which is answered."""

def rms_norm(
    input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None
) -> Tensor:
    """Each sample divided by the root of its mean square over its last dimensions."""

def rrelu(
    input: Any,
    lower: float = 0.125,
    upper: float = 0.3333333333333333,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """x above 0; below, x times a slope that is drawn for each element. Xu et al. (2015)."""

def rrelu_(
    input: Any,
    lower: float = 0.125,
    upper: float = 0.3333333333333333,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """`rrelu`, written to the memory of its input, which is answered."""

def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Means of values, weighed by how well their keys fit each query."""

def selu(input: Any, inplace: bool = False) -> Tensor:
    """ELU scaled so that layers keep mean 0 and variance 1. Klambauer et al. (2017)."""

def selu_(input: Any, inplace: bool = False) -> Tensor:
    """`selu`, written to the memory of its input, which is answered."""

def sigmoid(input: Any, inplace: bool = False) -> Tensor:
    """The logistic curve, from 0 to 1. Both tails keep their digits."""

def silu(input: Any, inplace: bool = False) -> Tensor:
    """x times its sigmoid, which is swish with beta 1. Hendrycks & Gimpel (2016)."""

def smooth_l1_loss(
    input: Any,
    target: Any,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """The absolute error with its corner rounded off. Girshick (2015), arXiv:1504.08083."""

def soft_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    """The cross entropy of scores against 1 and -1: ``log(1 + exp(-target * input))``."""

def softmax(input: Any, dim: int | None = None, dtype: Any = None, *, axis: Any = ...) -> Tensor:
    """Positive numbers that sum to 1, larger where x is. Bridle (1990)."""

def softmin(input: Any, dim: int | None = None, dtype: Any = None, *, axis: Any = ...) -> Tensor:
    """Softmax of -x: larger where x is small."""

def softplus(
    input: Any, beta: float = 1.0, threshold: float = 20.0, inplace: bool = False
) -> Tensor:
    """A smooth ramp, written so that no end overflows. Dugas et al. (2001)."""

def softshrink(input: Any, lambd: float = 0.5, inplace: bool = False) -> Tensor:
    """The value pulled towards 0 by lambd; slope 0 on the bounds."""

def softsign(input: Any, inplace: bool = False) -> Tensor:
    """A sigmoid that reaches its ends slowly. Bergstra et al. (2009)."""

def squareplus(input: Any, b: float = 4.0, inplace: bool = False) -> Tensor:
    """A smooth ramp without exponentials. Barron (2021), arXiv:2112.11687."""

def step(input: Any, surrogate: str | None = None) -> Tensor:
    """Heaviside's step: 1 from 0 on, 0 below."""

def step_sigmoid(input: Any, inplace: bool = False) -> Tensor:
    """The step, with the slope of the sigmoid on the way back."""

def step_straight_through(input: Any, inplace: bool = False) -> Tensor:
    """The step, with the slope of the identity on [-1, 1] on the way back."""

def swish(input: Any, beta: float = 1.0, inplace: bool = False) -> Tensor:
    """x times the sigmoid of beta x. Ramachandran et al. (2017), arXiv:1710.05941."""

def tanh(input: Any, inplace: bool = False) -> Tensor:
    """The hyperbolic tangent, from -1 to 1."""

def tanhshrink(input: Any, inplace: bool = False) -> Tensor:
    """What tanh takes away; x**3 / 3 near 0, to the last digit."""

def threshold(
    input: Any, threshold: float = 0.0, value: float = 0.0, inplace: bool = False
) -> Tensor:
    """The value above a threshold, a fixed one up to it; slope 0 at the threshold."""

def threshold_(
    input: Any, threshold: float = 0.0, value: float = 0.0, inplace: bool = False
) -> Tensor:
    """`threshold`, written to the memory of its input, which is answered."""

def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-06,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """Nearer to what is alike than to what is not: `max(0, margin + near - far)`."""

def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance of one's own."""

def unfold(
    input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Patches of images as columns: `torch.nn.functional.unfold`, also called im2col."""

def upsample(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """PyTorch's former name of `interpolate`."""

def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with `mode="bilinear"` and `align_corners=True`."""

def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with `mode="nearest"`."""
