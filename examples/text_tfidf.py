"""Text classification: sentences as weights of their words (TF-IDF), and one linear layer.

A word weighs more the fewer sentences have it. scikit-learn counts (`pip install scikit-learn`);
24 sentences on cooking, football and the stars are learned from, and twelve others are named. Run
it with `python examples/text_tfidf.py`; the picture shows the words that speak for each subject.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import data, nn, optim

try:
    from sklearn.feature_extraction.text import TfidfVectorizer
except ImportError:
    sys.exit("text_tfidf.py needs scikit-learn: pip install scikit-learn")

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "text_tfidf.png"
SUBJECTS = {
    "cooking": """\
        Fry the onions in butter until they are golden. | Add salt and pepper to the soup.
        Bake the bread in a hot oven. | Stir the sauce and let it simmer with butter and salt.
        Chop the garlic and the onions. | Whisk the eggs with sugar and flour.
        Serve the soup hot with bread. | Boil the rice in salted water and add butter.""",
    "football": """\
        The striker scored a goal in the last minute. | The keeper saved the penalty.
        Their team won the match after extra time. | The referee showed a red card.
        The coach changed the team before the match. | A late goal won them the cup.
        The fans cheered when the striker scored. | The player passed the ball to the striker.""",
    "stars": """\
        The telescope saw a distant galaxy. | A planet orbits its star in a year.
        The comet came close to the sun. | Stars are born in clouds of gas and dust.
        The moon orbits the planet. | Light from the galaxy took millions of years.
        Astronomers watched the star through a telescope. | Dust hides the centre of our galaxy.""",
}
HELD_OUT = {
    "cooking": """\
        Melt the butter and add the garlic. | Let the soup simmer with salt and pepper.
        Bake the eggs in the oven. | Serve the rice with onions.""",
    "football": """\
        The goal was scored from a penalty. | The team cheered the keeper.
        The referee ended the match. | The coach praised the striker and every player.""",
    "stars": """\
        The telescope followed the comet. | Gas and dust surround the young star.
        The planet has no moon. | The light of a galaxy is faint.""",
}


def sentences(texts):
    """Sentences, and the number of the subject of each."""
    split = [text.replace("\n", "|").split("|") for text in texts.values()]
    labels = [number for number, some in enumerate(split) for _ in some]
    return [sentence for some in split for sentence in some], tgx.tensor(labels)


words = TfidfVectorizer(stop_words="english")
lines, y = sentences(SUBJECTS)
lines_held, y_held = sentences(HELD_OUT)
dataset = data.SparseDataset(words.fit_transform(lines), y)  # a batch of rows becomes dense
x_held = tgx.tensor(words.transform(lines_held).toarray(), dtype=tgx.float32)

tgx.manual_seed(0)
model = nn.Linear(x_held.shape[1], len(SUBJECTS))
optimizer = optim.Adam(model.parameters(), lr=0.05)
for _ in range(60):
    for x, labels in data.DataLoader(dataset, batch_size=8, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

with tgx.no_grad():
    right = (model(x_held).argmax(1) == y_held).sum().item()
print(f"{right} of {len(y_held)} held-out sentences named rightly, by {x_held.shape[1]} words")

figure, axes = plt.subplots(1, 3, figsize=(9.0, 3.4), sharex=True, layout="constrained")
names = words.get_feature_names_out()
for ax, subject, weights in zip(axes, SUBJECTS, model.weight.detach().numpy(), strict=True):
    best = weights.argsort()[-8:]
    ax.barh(names[best], weights[best], color="tab:blue")
    ax.set(title=subject, xlabel="weight")
figure.suptitle("The words that speak most for each subject")
figure.savefig(PICTURE)
