"""The law of a count: how likely so many items are, when their mean and variance are known.

Negative binomial, the usual law of counts that vary more than by pure chance. Exact to about nine
places, without sampling; in plain Python, see the decision record on forecasts.
"""

from math import exp, lgamma, log

# A variance is never less than this times the mean: below it the law is not defined.
LEAST_VARIANCE = 1.02
# Terms that change the answer by less than this are left out.
NEGLIGIBLE = 1e-9


def log_probability(count: int, mean: float, variance: float) -> float:
    """The logarithm of the probability of exactly ``count`` items."""
    variance = max(variance, LEAST_VARIANCE * mean)
    excess = variance - mean
    spread = mean * mean / excess
    return (
        lgamma(count + spread)
        - lgamma(spread)
        - lgamma(count + 1)
        + spread * log(mean / variance)
        + count * log(excess / variance)
    )


def at_least(count: int, mean: float, variance: float) -> float:
    """The probability of ``count`` items or more.

    An incomplete beta integral, by its continued fraction on the side where that is short.
    """
    if count <= 0:
        return 1.0
    variance = max(variance, LEAST_VARIANCE * mean)
    excess = variance - mean
    spread, miss, hit = mean * mean / excess, mean / variance, excess / variance
    front = exp(
        lgamma(count + spread)
        - lgamma(spread)
        - lgamma(count)
        + spread * log(miss)
        + count * log(hit)
    )
    if hit < (count + 1.0) / (count + spread + 2.0):
        return front * _fraction(count, spread, hit) / count
    return 1.0 - front * _fraction(spread, count, miss) / spread


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
