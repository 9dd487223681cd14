"""Least-squares lines through many practices' months at once, each practice through the months it has."""

from __future__ import annotations

import numpy as np

from stepwell.population.prescribing.evaluation.model import Floats

_BLOCK = 512
_UNSEEN = 1e8  # variance of a missing month, against 1 of a month that was seen: as good as not there
_SMALLEST = 1e-11


def lines(values: Floats, terms: Floats, correlation: Floats | None = None) -> Floats:
    """Coefficients of ``terms`` (months, terms) for every row of ``values`` (practices, months; NaN: missing). Shape (practices, terms).

    Generalised least squares with the months' ``correlation``; ordinary without.
    """
    correlation = np.eye(len(terms)) if correlation is None else correlation
    size = np.sqrt((terms**2).sum(axis=0))
    scaled = terms / size
    found = np.zeros((len(values), terms.shape[1]))
    seen = ~np.isnan(values)
    whole = seen.all(axis=1)
    weighted = np.linalg.solve(correlation, scaled)
    found[whole] = values[whole] @ np.linalg.solve(scaled.T @ weighted, weighted.T).T
    some = np.flatnonzero(~whole)
    for start in range(0, len(some), _BLOCK):
        rows = some[start : start + _BLOCK]
        here = seen[rows]
        spread = correlation[None] + np.where(here, 0, _UNSEEN)[:, :, None] * np.eye(len(terms))
        weighted = (
            np.linalg.solve(spread, np.broadcast_to(scaled, (len(rows), *scaled.shape))) * here[:, :, None]
        )
        square = weighted.transpose(0, 2, 1) @ scaled
        right = weighted.transpose(0, 2, 1) @ np.nan_to_num(values[rows])[:, :, None]
        found[rows] = (np.linalg.pinv(square, rcond=_SMALLEST, hermitian=True) @ right)[:, :, 0]
    return np.asarray(found / size, dtype=np.float64)
