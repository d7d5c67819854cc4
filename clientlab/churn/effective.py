"""How many parameters a model really has, to be held against the number of leavers.

It answers: are there ten leavers for each thing that the model learnt. A penalty takes
part of each coefficient away, so a ridge of forty columns may have eight parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clientlab.wording import Text, number

ENOUGH = 10  # leavers for each parameter (Peduzzi et al. 1996; van Smeden et al. 2019: no law)


def effective_parameters(fitted: Any, X: pd.DataFrame) -> tuple[float, bool]:
    """Effective number of parameters of a fitted model.

    Parameters
    ----------
    fitted : estimator
        One with an attribute or a method `effective_parameters` is believed. Of a
        logistic regression with a ridge, alone or at the end of a pipeline, it is the
        trace of (Z'WZ + I/C)⁻¹ Z'WZ (Gray 1992), the intercept not counted.
    X : DataFrame
        The rows it was fitted on.

    Returns
    -------
    parameters : float
    exact : bool
        False: nobody can tell for such a model, and the number is that of its columns.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "b": [1.0, 0, 1, 0, 1, 0]})
    >>> loose = LogisticRegression(C=1e6).fit(X, [0, 1, 0, 1, 0, 1])
    >>> tight = LogisticRegression(C=1e-3).fit(X, [0, 1, 0, 1, 0, 1])
    >>> effective_parameters(loose, X)[0] > 1.5, effective_parameters(tight, X)[0] < 0.1
    (True, True)
    """
    own = getattr(fitted, "effective_parameters", None)
    if own is not None:
        return float(own(X) if callable(own) else own), True
    steps = getattr(fitted, "steps", None)
    last = steps[-1][1] if steps else fitted
    if type(last).__name__ == "LogisticRegression" and np.isscalar(last.C):
        Z = fitted[:-1].transform(X) if steps and len(steps) > 1 else X
        Z = Z.toarray() if hasattr(Z, "toarray") else np.asarray(Z, float)  # type: ignore[union-attr]
        p = last.predict_proba(Z if steps else X)[:, 1]
        weight = p * (1 - p)
        Z = Z - np.average(Z, axis=0, weights=weight)
        information = (Z.T * weight) @ Z
        ridge = np.eye(Z.shape[1]) / last.C
        return float(np.trace(np.linalg.solve(information + ridge, information))), True
    return float(X.shape[1]), False


def caution(name: Text, parameters: float, exact: bool, leavers: int) -> Text | None:
    """The sentence where there are fewer than ten leavers for each parameter."""
    each = leavers / max(parameters, 1e-9)
    if each >= ENOUGH:
        return None
    en, ru = (
        number(parameters, lang, digits=0 if parameters >= 10 else 1) for lang in ("en", "ru")
    )
    ratio = [number(each, lang, digits=1) for lang in ("en", "ru")]
    kind = (
        Text("effective parameters", "эффективных параметров")
        if exact
        else Text("features (how many of them count nobody can tell)",
                  "признаков (сколько из них считается, сказать нельзя)")
    )  # fmt: skip
    return Text(
        f"'{name.en}': {en} {kind.en} for {leavers} leavers of the training days, {ratio[0]} "
        f"leavers a parameter, fewer than {ENOUGH}: it leans on its penalty, read no single effect "
        "as a fact.",
        f"«{name.ru}»: {ru} {kind.ru} на {leavers} ушедших в обучении, {ratio[1]} на параметр, "
        f"меньше {ENOUGH}: модель держится на штрафе, отдельные эффекты не факты.",
    )
