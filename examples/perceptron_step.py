"""A perceptron with the step function, and why it cannot learn by gradients.

The slope of the step is 0 wherever it has one, so every gradient behind it is 0 and the weights
stay as they are. Rosenblatt's rule (1958), which asks for no slope, learns AND; so does the
gradient if the way back takes the slope of a sigmoid instead, a surrogate. Run it with
`python examples/perceptron_step.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "perceptron_step.png"
STEPS, RATE = 30, 0.3

x = tgx.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])  # last: bias
y = tgx.tensor([0.0, 0.0, 0.0, 1.0])


def by_the_rule(w):
    """Add what was missed and take away what was wrong: w += rate * sum of (y - answer) x."""
    return RATE * (y - tgx.step(x @ w)) @ x


def by_the_gradient(w, surrogate=None):
    w = w.clone().requires_grad_()
    loss = ((tgx.step(x @ w, surrogate=surrogate) - y) ** 2).sum()
    loss.backward()
    return -RATE * w.grad


WAYS = {
    "gradient of the step": by_the_gradient,
    "perceptron rule": by_the_rule,
    "gradient with a surrogate": lambda w: by_the_gradient(w, "sigmoid"),
}
wrong = {way: [] for way in WAYS}
for way, change in WAYS.items():
    w = tgx.tensor([-0.5, 0.8, 0.3])
    for _ in range(STEPS):
        wrong[way].append((tgx.step(x @ w) != y).sum().item())
        w = w + change(w)
print("errors of 4: " + ", ".join(f"{way} {errors[-1]}" for way, errors in wrong.items()))


def slope(z, surrogate=None):
    z = z.clone().requires_grad_()
    tgx.step(z, surrogate=surrogate).sum().backward()
    return z.grad


figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
z = tgx.linspace(-4.0, 4.0, 401)
axes[0].step(z, tgx.step(z), color="gray", where="post", label="the step")
axes[0].plot(z, slope(z), "k:", linewidth=2, label="its slope")
axes[0].plot(z, slope(z, "sigmoid"), "--", color="tab:orange", linewidth=2, label="the surrogate")
axes[0].set(xlabel="weighted sum of the inputs", title="The step, and two slopes")
axes[0].legend()
for (way, errors), style in zip(wrong.items(), ("k:", "-", "--"), strict=True):
    axes[1].step(range(STEPS), errors, style, where="post", linewidth=2, label=way)
axes[1].set(xlabel="round", ylabel="wrong answers of 4", title="Learning AND", yticks=range(5))
axes[1].legend()
figure.savefig(PICTURE)
