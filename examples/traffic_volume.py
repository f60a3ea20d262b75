"""公路客运量和货运量的 BP 网络回归. Passenger and freight volume by a small BP regression network.

A well-known exercise: from population, motor vehicles and road area of a region, find how many
people and how much freight its roads carry in a year. The 20 years here are made by a formula with
2 % of noise, not taken from statistics. Every fifth year is held out. Inputs and outputs have sizes
of their own, so they are brought to [-1, 1] before and back behind. Run it with
`python examples/traffic_volume.py`.
"""

import sys

import matplotlib.pyplot as plt

import tinygradx as tgx
from tinygradx import nn, optim

PICTURE = sys.argv[1] if len(sys.argv) > 1 else "traffic_volume.png"

tgx.manual_seed(0)
years = tgx.arange(1990, 2010)
t = (years - 1990).float()
population = 20.5 + 0.9 * t + 0.02 * t**2  # in 10,000 people
vehicles = 0.6 * tgx.exp(0.09 * t)  # in 10,000
area = 0.09 + 0.012 * t + 0.0012 * t**2  # of roads, in 10,000 square kilometres
passengers = 240.0 * population + 9000.0 * tgx.tanh(vehicles / 2.0)  # in 10,000 people a year
freight = 900.0 + 4200.0 * vehicles + 3000.0 * area  # in 10,000 tons a year
x = tgx.stack([population, vehicles, area], 1)
y = tgx.stack([passengers, freight], 1) * (1.0 + 0.02 * tgx.randn(20, 2))

held = years % 5 == 2
low, high = x.amin(0), x.amax(0)
y_low, y_high = y[~held].amin(0), y[~held].amax(0)
inputs = 2.0 * (x - low) / (high - low) - 1.0
wanted = 2.0 * (y - y_low) / (y_high - y_low) - 1.0

model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
losses = []
for _ in range(2000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(inputs[~held]), wanted[~held])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

with tgx.no_grad():
    found = (model(inputs) + 1.0) / 2.0 * (y_high - y_low) + y_low
error = ((found - y).abs() / y)[held].mean().item()
print(f"mean error of the held-out years {100 * error:.1f} %")

figure, axes = plt.subplots(1, 3, figsize=(12.0, 3.6), layout="constrained")
for column, (name, unit) in enumerate([("Passengers", "people"), ("Freight", "tons")]):
    ax = axes[column]
    ax.plot(years[~held], y[~held, column], "o", color="gray", label="learned from (made data)")
    ax.plot(years[held], y[held, column], "s", color="tab:orange", label="held out (made data)")
    ax.plot(years, found[:, column], color="tab:blue", label="the network")
    ax.set(title=name, xlabel="year", ylabel=f"10,000 {unit} a year")
    ax.set_xticks(range(1990, 2011, 5))
axes[0].legend()
tgx.plot.loss(losses, log=True, unit="step", label="mean square error", title="Loss", ax=axes[2])
figure.savefig(PICTURE)
