"""Makes statistics.json: golden values for src-main/statistics.ts from SciPy and statsmodels.

    pip install scipy statsmodels
    python3 test/parity/statistics.py > test/parity/golden/statistics.json

Neither library has Newcombe's paired interval, so it is put together here from SciPy's Wilson
limits, as the length of a vector under the correlation matrix of the pair. The test also holds
the formula to the published examples.
"""

import json

import numpy as np
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar


def wilson(successes, trials):
    limits = binomtest(successes, trials).proportion_ci(confidence_level=0.95, method='wilson')
    return float(limits.low), float(limits.high)


def exact_p(only_baseline, only_edited):
    return float(mcnemar([[0, only_baseline], [only_edited, 0]], exact=True).pvalue)


def length(a, b, correlation):
    vector = np.array([a, -b])
    # Opposite ends move together: a larger correlation makes the difference shorter.
    return float(np.sqrt(vector @ np.array([[1, correlation], [correlation, 1]]) @ vector))


def newcombe(both, only_edited, only_baseline, neither):
    table = np.array([[both, only_edited], [only_baseline, neither]], dtype=float)
    n = int(table.sum())
    edited, baseline = both + only_edited, both + only_baseline
    margins = np.concatenate([table.sum(axis=0), table.sum(axis=1)])
    phi = 0.0
    if margins.all():
        determinant = table[0, 0] * table[1, 1] - table[0, 1] * table[1, 0]
        if determinant > 0:
            determinant = max(0.0, determinant - n / 2)
        phi = determinant / np.sqrt(margins.prod())
    (l1, u1), (l2, u2) = wilson(edited, n), wilson(baseline, n)
    p1, p2 = edited / n, baseline / n
    low = p1 - p2 - length(p1 - l1, u2 - p2, phi)
    high = p1 - p2 + length(u1 - p1, p2 - l2, phi)
    return max(-1.0, low), min(1.0, high)


PROPORTIONS = [(0, 1), (1, 1), (0, 10), (1, 10), (3, 10), (9, 10), (10, 10), (37, 100), (499, 1000)]
DISCORDANT = [(0, 1), (0, 5), (0, 6), (1, 1), (1, 7), (2, 12), (5, 5), (6, 16), (40, 60), (0, 1000)]
PAIRS = [
    (0, 10, 0, 0), (0, 0, 10, 0), (10, 0, 0, 0), (0, 0, 0, 10), (3, 0, 0, 7), (3, 6, 0, 1),
    (2, 7, 1, 0), (0, 4, 5, 1), (1, 2, 2, 5), (20, 12, 2, 16), (14, 5, 0, 22), (59, 6, 16, 80),
    (1, 1, 7, 12), (212, 144, 256, 707),
]

print(json.dumps({
    'wilson': [{'counts': c, 'interval': wilson(*c)} for c in PROPORTIONS],
    'mcnemar': [{'counts': c, 'pValue': exact_p(*c)} for c in DISCORDANT],
    'newcombePaired': [{'counts': c, 'interval': newcombe(*c)} for c in PAIRS],
}, indent=1))
