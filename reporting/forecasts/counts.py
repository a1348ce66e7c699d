"""The law of a count: how likely so many items are.

Negative binomial, the usual law of counts that vary more than by pure chance: given by the mean
and the ``excess``, by how much the variance over the mean is more than one, above 0. Exact to about
nine places, without sampling; in plain Python, see the decision record on forecasts.
"""

from math import exp, lgamma, log, log1p

# Terms that change the answer by less than this are left out.
NEGLIGIBLE = 1e-9
# Up to so many items a sum is faster, and exact.
FEW = 40


def at_least(count: int, mean: float, excess: float) -> float:
    """The probability of ``count`` items or more.

    Of a few by their sum; else as an incomplete beta integral, by its continued fraction on the
    side where that is short.
    """
    if count <= 0:
        return 1.0
    spread, more = mean / excess, log1p(excess)
    hit = excess / (1.0 + excess)
    if count <= FEW:
        return _more_than_few(count, spread, more, hit)
    front = exp(
        lgamma(count + spread)
        - lgamma(spread)
        - lgamma(count)
        - spread * more
        + count * (log(excess) - more)
    )
    if hit < (count + 1.0) / (count + spread + 2.0):
        return front * _fraction(count, spread, hit) / count
    return 1.0 - front * _fraction(spread, count, 1.0 - hit) / spread


def _more_than_few(count: int, spread: float, more: float, hit: float) -> float:
    """One less the probabilities of all lesser counts, each from the one before."""
    term = fewer = exp(-spread * more)
    before = spread - 1.0
    for less in range(1, count):
        term *= (before + less) / less * hit
        fewer += term
    return 1.0 - fewer


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta integral, by Lentz's method."""
    c, total = 1.0, a + b
    d = 1.0 / (1.0 - total * x / (a + 1.0))
    found = d
    m = 0.0
    while True:
        m += 1.0
        twice = a + m + m
        step = m * (b - m) * x / ((twice - 1.0) * twice)
        d = 1.0 / (1.0 + step * d)
        c = 1.0 + step / c
        found *= d * c
        step = -(a + m) * (total + m) * x / (twice * (twice + 1.0))
        d = 1.0 / (1.0 + step * d)
        c = 1.0 + step / c
        change = d * c
        found *= change
        if -NEGLIGIBLE < change - 1.0 < NEGLIGIBLE:
            return found
