"""A gradient of your own: softmax and cross entropy in one operation, as with `tf.custom_gradient`.

Written out as exp, sum and log, float32 loses the gradient when one score is 52 above another, and
the loss at 89, where exp overflows. As one operation, with the gradient `softmax - one_hot` that
calculus gives for the whole, both are right everywhere. Run it with
`python examples/custom_gradient.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx.nn.functional import cross_entropy, one_hot

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "custom_gradient.png"


@tgx.custom_gradient
def softmax_cross_entropy(scores, labels):
    return (scores.logsumexp(1) - scores.gather(1, labels[:, None]).squeeze(1)).mean()


@softmax_cross_entropy.pull
def _(g, scores, labels):
    return g * (scores.softmax(1) - one_hot(labels, scores.shape[1])) / len(labels), None


def written_out(scores, labels):
    chances = scores.exp() / scores.exp().sum(1, keepdim=True)
    return -chances.gather(1, labels[:, None]).log().mean()


def value_and_gradient(loss, scores, labels):
    scores = scores.clone().requires_grad_()
    value = loss(scores, labels)
    value.backward()
    return value.item(), scores.grad


tgx.manual_seed(0)
scores, labels = 3.0 * tgx.randn(64, 10), tgx.randint(0, 10, (64,))
ours, our_gradient = value_and_gradient(softmax_cross_entropy, scores, labels)
theirs, their_gradient = value_and_gradient(cross_entropy, scores, labels)
apart = (our_gradient - their_gradient).abs().max().item()
print(f"loss {ours:.4f}, built in {theirs:.4f}; gradients at most {apart:.0e} apart")

# One sample of two classes: the score of the wrong class rises, that of the right one stays 0.
wrong, label = tgx.linspace(0.0, 120.0, 241), tgx.tensor([1])
pairs = [tgx.tensor([[score, 0.0]]) for score in wrong.tolist()]
figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
for loss, style in ((softmax_cross_entropy, "-"), (written_out, "k--")):
    points = [value_and_gradient(loss, pair, label) for pair in pairs]
    axes[0].plot(wrong, [value for value, _ in points], style, label=loss.__name__)
    axes[1].plot(wrong, [slope[0, 0].item() for _, slope in points], style, label=loss.__name__)
axes[0].set(xlabel="score of the wrong class, above the right one", ylabel="loss", title="Loss")
axes[1].set(xlabel="score of the wrong class, above the right one", ylabel="gradient")
axes[1].set(title="Gradient: 1 at most")
axes[0].legend(title="where a line ends: inf or nan")
figure.savefig(PICTURE)
