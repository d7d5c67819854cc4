"""Survival and incidences on checked spells, and how far each spell moves them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clientlab.stats.survival_spells import Spells


class Incidences(NamedTuple):
    """Who was at risk, who left by each cause, survival before, and what they add up to.

    Attributes
    ----------
    at_risk, before : ndarray, shape (times,)
    left, share : ndarray, shape (causes, times)
    """

    at_risk: np.ndarray
    left: np.ndarray
    before: np.ndarray
    share: np.ndarray


def survival_of(at_risk: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Survival after each time, and Greenwood's sum up to it."""
    stay = _staying(at_risk, left)
    some = (left > 0) & (stay > 0)
    greenwood = np.divide(left, at_risk * stay, where=some, out=np.zeros(len(left)))
    kept = np.divide(stay, at_risk, where=some, out=np.where(left > 0, 0.0, 1.0))
    return np.cumprod(kept), np.cumsum(greenwood)


def _staying(at_risk: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Weight of those at risk who did not leave, 0 where it is float noise."""
    stay = at_risk - left
    return np.where(stay > 1e-12 * at_risk.max(), stay, 0.0)


def incidences_of(seen: Spells, codes: np.ndarray, count: int) -> Incidences:
    """At every time, by cause."""
    at_risk = seen.at_risk()
    left = np.array([seen.at_exit(codes == code) for code in range(1, count + 1)])
    left = left.reshape(count, len(seen.time))
    survival, _ = survival_of(at_risk, left.sum(axis=0))
    hazard = np.divide(left, at_risk, where=left > 0, out=np.zeros_like(left))
    before = np.append(1.0, survival[:-1])
    share = np.cumsum(before * hazard, axis=1)
    share[share > 1 - 1e-12] = 1.0  # up to float noise
    return Incidences(at_risk, left, before, share)


def jackknife(seen: Spells, codes: np.ndarray, found: Incidences) -> np.ndarray:
    """Infinitesimal-jackknife standard error of each incidence, shape (causes, times).

    Notes
    -----
    With A the running sum of d / (Y (Y − d)) and D of S·(dₖ/Y)·(A before − 1/Y), the
    influence of a spell on the incidence F of cause k is, while it is at risk,
    D − A₀·F + γ; and once it has ended, φ + γ + (β − A₀)·F. A₀ and γ = A₀·F − D are
    taken at its entry, β and φ at its exit. So the sum of squares over spells needs
    only sums of 1, A₀, γ and their products over those who enter and leave at each time.
    """
    every = found.left.sum(axis=0)
    # Where all who were at risk left, nothing follows: what stands there does not count.
    stay = _staying(found.at_risk, every)
    stay = np.where(stay > 0, stay, np.inf)
    per_head = np.divide(1, found.at_risk, where=every > 0, out=np.zeros_like(every))
    slope = np.cumsum(every * per_head / stay)
    before_slope = np.append(0.0, slope[:-1])  # also A₀ of those who enter before each time
    beta = slope - np.outer(np.arange(len(found.left) + 1) > 0, 1 / stay)
    sums = _Sums(seen, codes, len(found.left) + 1, before_slope)
    variance = np.empty_like(found.share)
    for cause, share in enumerate(found.share):
        step = found.before * found.left[cause] * per_head
        drift = np.cumsum(step * (before_slope - per_head))
        phi = drift - beta * share
        phi[cause + 1] += found.before * per_head
        gamma = before_slope * np.append(0.0, share[:-1]) - np.append(0.0, drift[:-1])
        variance[cause] = sums.of_squares(gamma, drift, share, phi, beta)
    # The root of float noise would be an error of 1e-8; no data has one so small beside F.
    return np.sqrt(np.where(variance > 1e-13 * found.share**2, variance, 0.0))


class _Sums:
    """Sums over spells of products of what belongs to their entry, by exit time and cause."""

    def __init__(self, seen: Spells, codes: np.ndarray, kinds: int, slope: np.ndarray) -> None:
        self.first, self.shape = seen.first, (len(seen.time), kinds)
        self.key = seen.last * kinds + codes
        self.weights = None if seen.weights is None else seen.weights**2
        self.late = bool(seen.first.any())
        self.entered = np.bincount(seen.first, self.weights, self.shape[0])
        self.slope = slope
        self.fixed = self._leaving(), self._leaving(slope), self._leaving(slope, slope)

    def of_squares(
        self,
        gamma: np.ndarray,
        drift: np.ndarray,
        share: np.ndarray,
        phi: np.ndarray,
        beta: np.ndarray,
    ) -> np.ndarray:
        """Sum of squared influences at each time."""
        a = self.slope
        one, of_a, of_aa = self.fixed
        of_g, of_gg, of_ag = (self._leaving(*x) for x in ((gamma,), (gamma, gamma), (a, gamma)))
        # φ + γ + (β − A₀)·F of those who have ended, squared: F is that of the time asked for
        constant = phi**2 * one + 2 * phi * of_g + of_gg
        linear = phi * beta * one - phi * of_a + beta * of_g - of_ag
        square = beta**2 * one - 2 * beta * of_a + of_aa
        constant, linear, square = (
            np.cumsum(part.sum(axis=0)) for part in (constant, linear, square)
        )
        # D − A₀·F + γ of those who are at risk, squared
        active = drift**2 * self._active(1.0, one) + self._active(gamma**2, of_gg)
        active += share**2 * self._active(a * a, of_aa)
        active += 2 * drift * (self._active(gamma, of_g) - share * self._active(a, of_a))
        active -= 2 * share * self._active(a * gamma, of_ag)
        return constant + 2 * share * linear + share**2 * square + active

    def _leaving(self, *of_entry: np.ndarray) -> np.ndarray:
        """Sum over those who leave, shape (causes with 0, times)."""
        if not of_entry:
            values = self.weights
        elif not self.late:
            return np.zeros(self.shape[::-1])
        else:
            values = np.prod(of_entry, axis=0)[self.first]
            values = values if self.weights is None else values * self.weights
        length = self.shape[0] * self.shape[1]
        return np.bincount(self.key, values, length).reshape(self.shape).T

    def _active(self, of_entry: np.ndarray | float, left: np.ndarray) -> np.ndarray:
        """Sum over those who are at risk at each time and stay."""
        return np.cumsum(self.entered * of_entry - left.sum(axis=0))
