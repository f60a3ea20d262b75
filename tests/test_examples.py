"""The examples and the README say what they print; here they are run."""

import gzip
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import tinygradx as tgx
from tinygradx import data

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


class Line(NamedTuple):
    """The one line that an example prints, and what its numbers must be.

    An example with a `quick` size takes seconds: it is run at that size, and whole where slow tests
    are run. All others are run whole.
    """

    pattern: str
    right: Callable[..., bool] = lambda: True
    quick: Callable[..., bool] | None = None


N = r"(-?\d+\.?\d*(?:e[-+]\d+)?)"
LINES = {
    "autoencoder": Line(
        f"mean square error {N}, by two principal components {N}",
        lambda error, linear: error < 0.75 * linear < 0.045,
        lambda error, linear: error < 0.08 and 0.05 < linear < 0.055,
    ),
    "batchnorm_order": Line(
        f"held-out accuracy: none {N} %, before {N} %, after {N} %",
        lambda none, before, after: none < 30 and before > 92 and after > 92,
        lambda none, before, after: none < 30 and before > 30 and after > 60,
    ),
    "bp_regression": Line(
        f"root mean square error {N} from points with noise {N}", lambda error, noise: error < 0.12
    ),
    "char_rnn": Line(
        f"bits for a character: RNN {N}, LSTM {N}",
        lambda *bits: max(bits) < 0.5,
        lambda *bits: max(bits) < 5.3,
    ),
    "custom_gradient": Line(
        f"loss {N}, built in {N}; gradients at most {N} apart",
        lambda ours, theirs, apart: ours == theirs and apart < 1e-7,
    ),
    "digits": Line(f"held-out accuracy {N} %", lambda accuracy: accuracy >= 97.5),
    "digits_cnn": Line(
        f"held-out accuracy {N} %",
        lambda accuracy: accuracy >= 98.0,
        lambda accuracy: accuracy > 70,
    ),
    "dying_relu": Line(
        f"dead units: relu {N} %, leaky_relu {N} %, relu, standardised inputs {N} %",
        lambda relu, leaky, standardised: relu > 50 > 35 > standardised > leaky == 0,
    ),
    "gpt": Line(
        f"bits for a character: {N} at first, {N} at the end",
        lambda first, last: first > 5 and last < 0.5,
        lambda first, last: last < first - 0.5,
    ),
    "linear_regression": Line(
        r"y = (\d\.\d{4}) x (-\d\.\d{4}), by least squares y = \1 x \2",
        lambda slope, shift: abs(slope - 2) < 0.2 and abs(shift + 1) < 0.2,
    ),
    "logistic_regression": Line(
        f"accuracy {N} %, the best possible {N} %",
        lambda accuracy, best: best == 93.3 and -0.5 < accuracy - best < 0.25,
    ),
    "mnist_cnn": Line(
        r"held-out accuracy (\d+\.\d) % after (\d+) batches of (\d+)",
        lambda accuracy, batches, size: (batches, size) == (30, 50) and accuracy > 85,
        lambda accuracy, batches, size: (batches, size) == (2, 20) and accuracy > 5,
    ),
    "moons": Line(f"loss {N}, accuracy {N} %", lambda loss, accuracy: loss < 0.1 and accuracy > 98),
    "neuron": Line(r"y 0\.4621, dy/dw1 1\.5729, dy/dw2 0\.3932"),
    "overfitting": Line(
        f"error, from the truth: line {N}, 64 \\+ 64 units {N}, weight decay {N}, dropout {N}",
        lambda line, units, decay, dropout: max(decay, dropout) + 0.05 < min(line, units),
    ),
    "own_activation": Line(r"snake 0\.7298, slope 1\.8415, second slope 1\.0806"),
    "perceptron_step": Line(
        "errors of 4: gradient of the step 2, perceptron rule 0, gradient with a surrogate 0"
    ),
    "physics_ode": Line(
        f"largest error {N}", lambda error: error < 2e-3, lambda error: error < 0.2
    ),
    "residual": Line(
        f"loss at the end: plain {N}, residual {N}",
        lambda plain, residual: plain > 2 and residual < 0.3,
    ),
    "text_tfidf": Line(
        r"(\d+) of 12 held-out sentences named rightly, by (\d+) words",
        lambda right, words: right >= 11 and words > 50,
    ),
    "traffic_volume": Line(
        f"mean error of the held-out years {N} %", lambda error: 0.0 < error < 3.0
    ),
    "vae": Line(
        f"nats for a digit: {N} = pixels {N} \\+ code {N}",
        lambda total, pixels, code: total < 25.5 and code > 1 and abs(total - pixels - code) < 0.02,
        lambda total, pixels, code: total < 32 and abs(total - pixels - code) < 0.02,
    ),
    "vanishing_gradients": Line(
        f"left of the gradient after 19 layers: relu {N}, sigmoid {N}",
        lambda relu, sigmoid: 0.2 < relu < 5 and 0 < sigmoid < 1e-6,
    ),
    "xor": Line(f"loss {N}, answers \\[0, 1, 1, 0\\]", lambda loss: 0.001 < loss < 0.01),
}
#: The library of this tree, installed or not; nothing that warns; no window. Several tests run at
#: once, so each takes one core: two threads of OpenBLAS that wait for a core that somebody else has
#: made examples/gpt.py 4 times slower.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "error",
    "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip
#: A block of Python, and the block of text behind it that says what it prints.
SHOWN = re.compile(r"```python\n(.*?)```\s+```text\n(.*?)```", re.DOTALL)
PAGES = ["README.md", "README.zh-CN.md"]
LINKING = ["design", "extend", "pytorch", "speed"]
#: A link on a page: where to, and the heading there.
LINK = re.compile(r"\]\(([^)#]+)#?([^)]*)\)")

compiled = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="too slow without kernels"
)


def run(folder, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        cwd=folder,
        env=os.environ | ENVIRONMENT | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed(name, output):
    """The numbers in the line that an example printed, which must be its only one."""
    found = re.fullmatch(LINES[name].pattern + "\n", output)
    assert found, f"{name}.py printed {output!r}"
    return [float(number) for number in found.groups()]


def look_at(path):
    """A picture: large enough, and not of one colour."""
    from matplotlib.image import imread

    pixels = imread(path)[..., :3]
    assert min(pixels.shape[:2]) > 150 and pixels.shape[1] > 500
    assert 0.03 < pixels.std() < 0.5
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50


def test_every_example_says_what_it_prints():
    assert set(LINES) == {path.stem for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("name", LINES)
def test_an_example_says_how_to_run_it(name):
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    docstring = " ".join(source.split('"""')[1].split())
    assert f"Run it with `python examples/{name}.py" in docstring
    assert f'else "{name}.png"' in source
    assert ("TINYGRADX_QUICK" in source) == (LINES[name].quick is not None)


@compiled
@pytest.mark.parametrize("name", LINES)
def test_example(name, tmp_path):
    if name == "text_tfidf":
        pytest.importorskip("sklearn")
    numbers = printed(name, run(tmp_path, EXAMPLES / f"{name}.py", TINYGRADX_QUICK="1"))
    assert (LINES[name].quick or LINES[name].right)(*numbers), numbers
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.png"]
    look_at(tmp_path / f"{name}.png")


@compiled
@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LINES if LINES[name].quick])
def test_example_at_its_full_size(name, tmp_path):
    numbers = printed(name, run(tmp_path, EXAMPLES / f"{name}.py", "here.png"))
    assert LINES[name].right(*numbers), numbers
    look_at(tmp_path / "here.png")


@compiled
@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("digits", 97.5), ("digits_cnn", 98.5)])
def test_digits_are_read_with_any_seed(name, least, tmp_path):
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    reached = []
    for seed in range(3):
        script = tmp_path / f"seed{seed}.py"
        script.write_text(source.replace("manual_seed(0)", f"manual_seed({seed})"), "utf-8")
        reached += printed(name, run(tmp_path, script, "seed.png"))
    assert len(set(reached)) > 1  # the seed came through
    assert statistics.median(reached) >= least, reached


@compiled
def test_mnist_is_read_from_a_folder(tmp_path):
    """Files as they are published: packed, and with their names."""
    images, labels = (array.numpy() for array in data.digits())
    pixels = np.zeros((200, 28, 28), np.uint8)
    pixels[:, 2:26, 2:26] = 255.0 * np.kron(images[:200].reshape(-1, 8, 8), np.ones((1, 3, 3)))
    for part, place in (("train", slice(0, 150)), ("t10k", slice(150, 200))):
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels.astype(np.uint8))):
            shape = array[place].shape
            header = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
            with gzip.open(tmp_path / f"{part}-{kind}-ubyte.gz", "wb") as file:
                file.write(header + array[place].tobytes())
    script = EXAMPLES / "mnist_cnn.py"
    output = run(tmp_path, script, "folder.png", tmp_path, TINYGRADX_QUICK="1")
    _, batches, size = printed("mnist_cnn", output)
    assert (batches, size) == (2, 20)
    look_at(tmp_path / "folder.png")


@compiled
@pytest.mark.slow
def test_the_small_gpt_learns_as_in_pytorch():
    """The same classes after changing the import lines, from the same weights, on the same data."""
    torch = pytest.importorskip("torch")
    source = (EXAMPLES / "gpt.py").read_text(encoding="utf-8").partition("tgx.manual_seed(0)")[0]
    theirs = source.replace("import tinygradx as tgx", "import torch as tgx")
    theirs = theirs.replace("from tinygradx import data, nn, optim", "from torch import nn, optim")
    ours_space, their_space = {"__name__": "ours"}, {"__name__": "theirs"}
    exec(compile(source, "gpt.py", "exec"), ours_space)
    exec(compile(theirs, "gpt.py with PyTorch", "exec"), their_space)

    tgx.manual_seed(0)
    text = data.Characters(ours_space["SONNET"])
    windows = text.windows(ours_space["LENGTH"])
    ours = ours_space["GPT"](len(text.vocabulary))
    other = their_space["GPT"](len(text.vocabulary))
    weights = {name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()}
    other.load_state_dict(weights)
    batches = [windows[tgx.randint(0, len(windows), (16,))] for _ in range(50)]

    def losses(model, optim, nn, convert):
        optimizer = optim.AdamW(model.parameters(), lr=0.003, weight_decay=0.01)
        found = []
        for x, y in batches:
            optimizer.zero_grad()
            scores = model(convert(x)).flatten(0, 1)
            loss = nn.functional.cross_entropy(scores, convert(y).flatten())
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        return np.array(found)

    mine = losses(ours, tgx.optim, tgx.nn, lambda part: part)
    yours = losses(other, torch.optim, torch.nn, lambda part: torch.tensor(part.numpy()))
    assert mine[-1] < mine[0] - 1.0
    np.testing.assert_allclose(mine, yours, rtol=0, atol=1e-4)


def test_scikit_learn_is_asked_for_in_one_line(tmp_path):
    (tmp_path / "sklearn.py").write_text("raise ImportError('not here')", "utf-8")
    done = subprocess.run(
        [sys.executable, EXAMPLES / "text_tfidf.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | ENVIRONMENT | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )
    assert done.returncode == 1
    assert done.stderr == "text_tfidf.py needs scikit-learn: pip install scikit-learn\n"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_lists_every_example(page):
    listed = re.findall(r"^\| \[`(\w+)\.py`\]\(examples/\1\.py\) \|", text_of(page), re.MULTILINE)
    assert sorted(listed) == sorted(LINES)


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def test_both_pages_list_the_examples_in_the_same_order():
    first, second = (re.findall(r"^\| \[`(\w+)\.py`\]", text_of(p), re.MULTILINE) for p in PAGES)
    assert first == second


def test_the_picture_of_the_readme_is_drawn_by_its_example(tmp_path):
    run(tmp_path, EXAMPLES / "neuron.py", "neuron.dot")
    source = (tmp_path / "neuron.dot").read_text(encoding="utf-8")
    shown = (ROOT / "docs" / "images" / "neuron.svg").read_text(encoding="utf-8")
    numbers = set(re.findall(r"-?\d\.\d{4}\b", source))
    assert len(numbers) > 8
    assert numbers <= set(re.findall(r"-?\d\.\d{4}\b", shown))


@compiled
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_prints_what_stands_below_it(page, tmp_path):
    blocks = SHOWN.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(blocks) == 2
    for number, (code, printed) in enumerate(blocks):
        script = tmp_path / f"block{number}.py"
        script.write_text(code, encoding="utf-8")
        assert run(tmp_path, script) == printed


def test_both_pages_show_the_same_code():
    first, second = (
        re.findall(r"```.*?```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
        for page in PAGES
    )
    assert first == second


@pytest.mark.parametrize(
    "page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{name}.md" for name in LINKING)]
)
def test_links_of_a_page_lead_somewhere(page):
    links = LINK.findall(text_of(page))
    assert links
    for target, place in links:
        if target.startswith("https://"):
            continue
        path = (ROOT / page).parent / target
        assert path.exists(), f"{page} points to {target}, which is not here"
        if place:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            marks = [re.sub(r"[^\w -]", "", heading).lower() for heading in headings]
            assert place in [mark.replace(" ", "-") for mark in marks], f"{page}: no #{place}"


def test_the_weights_of_the_page_on_pytorch_move(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", text_of("docs/pytorch.md"), re.DOTALL)
    (tmp_path / "weights.py").write_text(code, encoding="utf-8")
    assert run(tmp_path, "weights.py") == ""
    assert sorted(tgx.load(tmp_path / "model.safetensors")) == [
        "0.bias", "0.weight", "2.bias", "2.weight",
    ]  # fmt: skip


@pytest.mark.parametrize("page", [*PAGES, "docs/speed.md"])
def test_the_programs_that_a_page_names_are_here(page):
    named = re.findall(r"python ((?:benchmarks|examples)/\w+\.py)", text_of(page))
    assert named
    assert all((ROOT / program).exists() for program in named), named
