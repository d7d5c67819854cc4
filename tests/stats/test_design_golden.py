"""Every estimate of `clientlab.stats.design` against R's `survey` 4.1.

    golden/design/make.R      makes both files below, with the calls
    golden/design/answers.csv 114 people of 34 agencies in 3 strata, some hours missing
    golden/design/values.json design -> R call -> numbers, 17 digits

Each R call below stands beside ours; all run on seven designs, from equal weights to
clusters in strata of a finite population.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clientlab.stats import design
from clientlab.stats.design import Design

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "design"
VALUES = json.loads((FOLDER / "values.json").read_text("utf-8"))
D = pd.read_csv(FOLDER / "answers.csv")
LEAD = D["lead"].to_numpy()
DESIGNS = {
    "plain": Design(),
    "weighted": Design(D["weight"]),
    "strata": Design(D["weight"], strata=D["stratum"]),
    "clusters": Design(D["weight"], clusters=D["agency"]),
    "both": Design(D["weight"], strata=D["stratum"], clusters=D["agency"]),
    "fpc": Design(strata=D["stratum"], fpc=D["people_in_all"]),
    "fpc_clusters": Design(
        D["weight"], strata=D["stratum"], clusters=D["agency"], fpc=D["agencies_in_all"]
    ),
}


def numbers(found):
    return [found.estimate, found.se, found.low, found.high, found.df]


CALLS = {
    "degf(d)": lambda d: [design.mean(D["clients"], d).df],
    "svymean(~hours, d, na.rm = TRUE)": lambda d: numbers(design.mean(D["hours"], d)),
    "svymean(~clients, subset(d, lead))": lambda d: numbers(
        design.mean(D["clients"], d, domain=LEAD)
    ),
    "svytotal(~clients, d)": lambda d: numbers(design.total(D["clients"], d)),
    "svytotal(~clients, subset(d, lead))": lambda d: numbers(
        design.total(D["clients"], d, domain=LEAD)
    ),
    "svyratio(~score, ~clients, d)": lambda d: numbers(design.ratio(D["score"], D["clients"], d)),
    "svyciprop(~calls, d, method = 'logit')": lambda d: numbers(design.proportion(D["calls"], d)),
    "svyciprop(~rare, subset(d, lead), method = 'logit')": lambda d: numbers(
        design.proportion(D["rare"], d, domain=LEAD)
    ),
    "svyciprop(~calls, d, method = 'beta')": lambda d: numbers(
        design.proportion(D["calls"], d, method="beta")
    ),
    "svyciprop(~rare, subset(d, lead), method = 'beta')": lambda d: numbers(
        design.proportion(D["rare"], d, method="beta", domain=LEAD)
    ),
    "svycontrast(svyby(~clients, ~city, d, svymean, covmat = TRUE), c(-1, 1))": lambda d: numbers(
        design.difference(D["clients"], D["city"], d)
    ),
    "svyttest(clients ~ city, d): statistic": lambda d: [
        design.difference(D["clients"], D["city"], d).estimate
        / design.difference(D["clients"], D["city"], d).se
    ],
    "svycontrast(svymean(~calls + visits, d), c(1, -1))": lambda d: numbers(
        design.contrast(D[["calls", "visits"]], [1, -1], d)
    ),
    "vcov(svymean(~calls + visits + clients, d))": lambda d: design.covariance(
        D[["calls", "visits", "clients"]], d
    ).ravel(),
    "svymean(~side, d)": lambda d: numbers(design.nps(D["score"], d, method="t")),
    "svychisq(~calls + role, d, statistic = 'F')": lambda d: design.rao_scott(
        D["calls"], D["role"], d
    ),
    "svychisq(~role + city, subset(d, lead), statistic = 'F')": lambda d: design.rao_scott(
        D["role"].where(LEAD), D["city"], d
    ),
    "svychisq(~role + city_some, subset(d, !is.na(city_some)), statistic = 'F')": lambda d: (
        design.rao_scott(D["role"], D["city_some"], d)
    ),
}


def test_every_call_of_the_script_is_compared():
    assert all(VALUES[name].keys() == CALLS.keys() for name in DESIGNS)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", DESIGNS)
def test_numbers_equal_those_of_r(name, call):
    np.testing.assert_allclose(
        CALLS[call](DESIGNS[name]), VALUES[name][call], rtol=1e-8, atol=1e-14
    )


# R: raked <- rake(base, list(~city, ~stratum), ...), base of equal weights
RAKED = VALUES["raked"]
WEIGHTS = np.array(RAKED["weights(rake(base, list(~city, ~stratum), ...))"])
KNOWING = Design(WEIGHTS, margins=D[["city", "stratum"]])


def test_raked_margins_give_the_standard_error_of_r():
    # R: SE(svymean(~clients, raked))
    (expected,) = RAKED["SE(svymean(~clients, raked))"]
    assert design.mean(D["clients"], KNOWING).se == pytest.approx(expected, rel=1e-8)


def test_raked_margins_in_a_domain_give_the_standard_error_of_r():
    # R: SE(svymean(~clients, subset(raked, lead)))
    (expected,) = RAKED["SE(svymean(~clients, subset(raked, lead)))"]
    assert design.mean(D["clients"], KNOWING, domain=LEAD).se == pytest.approx(expected, rel=1e-8)


def test_raked_margins_work_for_a_table_of_answers():
    # R: SE(svymean(~score, raked)), SE(svymean(~calls, raked))
    found = design.mean(D[["score", "calls"]], KNOWING).se
    expected = RAKED["SE(svymean(~score, raked)), SE(svymean(~calls, raked))"]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_weights_taken_as_given_have_the_standard_error_without_margins():
    # R: fixed <- svydesign(ids = ~1, weights = ~weights(raked)); SE(svymean(~clients, fixed))
    (expected,) = RAKED["SE(svymean(~clients, fixed))"]
    assert design.mean(D["clients"], Design(WEIGHTS)).se == pytest.approx(expected, rel=1e-8)


def test_projecting_with_the_final_weights_would_differ_a_little():
    # R: sqrt(n / (n - 1) * sum((w * resid(lm(u ~ city + stratum, weights = w)))^2)) / sum(w)
    (weighted,) = RAKED["lm(..., weights = raked): projected with the final weights"]
    ours = design.mean(D["clients"], KNOWING).se
    assert 1e-6 < abs(ours / weighted - 1) < 0.01
