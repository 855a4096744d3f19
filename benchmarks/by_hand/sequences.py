"""Nets on texts and time series; see `models.sequences`."""

import torch
from models.sequences import BERT_WORDS, WORDS
from torch import nn
from torch.nn.functional import relu


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.output = nn.Linear(128, 1)

    def forward(self, x):
        _, (last, _) = self.lstm(self.embedding(x))
        return self.output(last[0])


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(14, 32, batch_first=True, bidirectional=True)
        self.output = nn.Linear(64, 1)

    def forward(self, x):
        _, last = self.gru(x)
        return self.output(torch.cat([last[0], last[1]], 1))


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 128)
        self.windows = nn.ModuleList(nn.Conv1d(128, 100, size) for size in (3, 4, 5))
        self.output = nn.Sequential(nn.Dropout(0.5), nn.Linear(300, 1))

    def forward(self, x):
        x = self.embedding(x).transpose(1, 2)
        return self.output(torch.cat([relu(w(x)).amax(2) for w in self.windows], 1))


class Encoder(nn.Module):
    """Layers of attention over words and places; `before` and `after` are what stands around them."""

    def __init__(self, words, width, layers, activation, before, after):
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.positions = nn.Parameter(0.05 * torch.rand(128, width))
        layer = nn.TransformerEncoderLayer(
            width, 4, 4 * width, dropout=0.1, activation=activation, batch_first=True
        )
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.before, self.after = before, after

    def forward(self, x):
        return self.after(self.layers(self.before(self.embedding(x) + self.positions)))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(1)


class First(nn.Module):
    def forward(self, x):
        return x[:, 0]


def transformer():
    return Encoder(WORDS, 128, 2, "relu", nn.Identity(), nn.Sequential(Mean(), nn.Linear(128, 1)))


def bert_mini():
    before = nn.Sequential(nn.LayerNorm(256, eps=1e-12), nn.Dropout(0.1))
    after = nn.Sequential(First(), nn.Linear(256, 256), nn.Tanh(), nn.Linear(256, 1))
    return Encoder(BERT_WORDS, 256, 4, "gelu", before, after)
