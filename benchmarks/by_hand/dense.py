"""Nets of dense layers and embeddings; see `models.dense`."""

import itertools

import torch
from models.dense import CATEGORIES, FILMS, NUMBERS, USERS, VALUES
from torch import nn


def dense_layers(*widths):
    """Linear layers, each followed by a ReLU."""
    pairs = itertools.pairwise(widths)
    return nn.Sequential(*(part for a, b in pairs for part in (nn.Linear(a, b), nn.ReLU())))


def mlp():
    return nn.Sequential(dense_layers(784, 512, 512), nn.Linear(512, 10))


class Ncf(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.film = nn.Embedding(USERS, 20), nn.Embedding(FILMS, 20)
        self.user_factors, self.film_factors = nn.Embedding(USERS, 20), nn.Embedding(FILMS, 20)
        self.hidden = dense_layers(40, 40, 20, 10)
        self.output = nn.Linear(30, 5)

    def forward(self, users, films):
        users, films = users[:, 0], films[:, 0]
        x = self.hidden(torch.cat([self.user(users), self.film(films)], 1))
        factors = self.user_factors(users) * self.film_factors(films)
        return self.output(torch.cat([x, factors], 1))


class WideAndDeep(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Embedding(CATEGORIES * VALUES, 1)
        self.embedding = nn.Embedding(CATEGORIES * VALUES, 32)
        self.hidden = dense_layers(32 * CATEGORIES + NUMBERS, 1024, 512, 256)
        self.output = nn.Linear(CATEGORIES + 256, 1)

    def forward(self, values, numbers):
        deep = torch.cat([self.embedding(values).flatten(1), numbers], 1)
        return self.output(torch.cat([self.wide(values).flatten(1), self.hidden(deep)], 1))
