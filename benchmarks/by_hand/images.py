"""Convolution nets; see `models.small_images` and `models.large_images`."""

import torch
from models.large_images import INCEPTIONS, SEPARABLE
from torch import nn
from torch.nn.functional import relu


def lenet():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64 * 5 * 5, 10)),
    )


def normalised(channels, filters, size, stride=1, groups=1):
    """A convolution without bias and its batch normalisation."""
    convolution = nn.Conv2d(channels, filters, size, stride, size // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters))


class ResidualBlock(nn.Module):
    """What the branch gives, added to the input or its projection."""

    def __init__(self, branch, shortcut):
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x):
        return relu(self.branch(x) + self.shortcut(x))


def classifier(channels, classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def resnet20():
    blocks, channels = [], 16
    for filters in (16, 32, 64):
        for block in range(3):
            stride = 2 if block == 0 and filters > 16 else 1
            branch = nn.Sequential(
                normalised(channels, filters, 3, stride),
                nn.ReLU(),
                normalised(filters, filters, 3),
            )
            shortcut = nn.Conv2d(channels, filters, 1, stride) if stride == 2 else nn.Identity()
            blocks.append(ResidualBlock(branch, shortcut))
            channels = filters
    return nn.Sequential(normalised(3, 16, 3), nn.ReLU(), *blocks, classifier(64, 10))


def resnet50():
    parts, channels = [normalised(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            stride = 2 if block == 0 and filters > 64 else 1
            branch = nn.Sequential(
                *(normalised(channels, filters, 1), nn.ReLU()),
                *(normalised(filters, filters, 3, stride), nn.ReLU()),
                normalised(filters, 4 * filters, 1),
            )
            shortcut = nn.Identity() if block else normalised(channels, 4 * filters, 1, stride)
            parts.append(ResidualBlock(branch, shortcut))
            channels = 4 * filters
    return nn.Sequential(*parts, classifier(2048, 1000))


def vgg16():
    parts, channels = [], 3
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            parts += [normalised(channels, filters, 3), nn.ReLU()]
            channels = filters
        parts.append(nn.MaxPool2d(2))
    dense = (nn.Flatten(), nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))
    return nn.Sequential(*parts, *dense)


def convolved(channels, filters, size, stride=1):
    return nn.Sequential(nn.Conv2d(channels, filters, size, stride, size // 2), nn.ReLU())


class Inception(nn.Module):
    def __init__(self, channels, one, before3, three, before5, five, after_pool):
        super().__init__()
        self.branches = nn.ModuleList(
            [
                convolved(channels, one, 1),
                nn.Sequential(convolved(channels, before3, 1), convolved(before3, three, 3)),
                nn.Sequential(convolved(channels, before5, 1), convolved(before5, five, 5)),
                nn.Sequential(nn.MaxPool2d(3, 1, 1), convolved(channels, after_pool, 1)),
            ]
        )

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def inception():
    parts = [convolved(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    parts += [convolved(64, 64, 1), convolved(64, 192, 3), nn.MaxPool2d(3, 2, 1)]
    channels = 192
    for filters in INCEPTIONS:
        if filters is None:
            parts.append(nn.MaxPool2d(3, 2, 1))
        else:
            parts.append(Inception(channels, *filters))
            one, _, three, _, five, after_pool = filters
            channels = one + three + five + after_pool
    pool, flatten, dense = classifier(1024, 1000)
    return nn.Sequential(*parts, pool, flatten, nn.Dropout(0.4), dense)


def mobilenet():
    parts, channels = [normalised(3, 32, 3, 2), nn.ReLU()], 32
    for filters, stride in SEPARABLE:
        parts += [normalised(channels, channels, 3, stride, groups=channels), nn.ReLU()]
        parts += [normalised(channels, filters, 1), nn.ReLU()]
        channels = filters
    return nn.Sequential(*parts, classifier(1024, 1000))


def cnn3d():
    parts, channels = [], 1
    for filters in (16, 32, 64):
        parts += [nn.Conv3d(channels, filters, 3, padding=1), nn.ReLU()]
        parts += [nn.MaxPool3d(2), nn.BatchNorm3d(filters)]
        channels = filters
    pool = (nn.AdaptiveAvgPool3d(1), nn.Flatten())
    return nn.Sequential(*parts, *pool, nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))


def autoencoder():
    def up():
        return nn.ConvTranspose2d(32, 32, 3, 2, padding=1, output_padding=1)

    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(up(), nn.ReLU(), up(), nn.ReLU()),
        nn.Conv2d(32, 1, 3, padding=1),
    )
