"""The indicators of a client base: one list, with unit, formula and source of each.

It answers: which numbers can a base give. Every indicator is a function of a base, so
``churn_rate(base.as_of(day))`` is what was known that day. To add one: a function of a
base that returns a result, and its line in `KPIS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clientlab.clients.acquisition import acquisition_cost
from clientlab.clients.asked import asked_too_often
from clientlab.clients.average_check import average_check
from clientlab.clients.board import streaks, week
from clientlab.clients.board_colours import colours_by_manager, transitions
from clientlab.clients.board_worth import handed_over, leniency
from clientlab.clients.breakdown import breakdown
from clientlab.clients.budget import client_budget
from clientlab.clients.capacities import capacity, lost_capacity
from clientlab.clients.churn_rates import churn_rate
from clientlab.clients.cohorts import cohorts
from clientlab.clients.concentration import concentration
from clientlab.clients.deals import refusal_reasons, win_rate
from clientlab.clients.feedback import csi, nps
from clientlab.clients.growth import expansion
from clientlab.clients.lifetime_curves import survival
from clientlab.clients.lifetime_mean import expected_lifetime
from clientlab.clients.lifetime_reasons import reasons
from clientlab.clients.lifetime_worth import lifetime_value
from clientlab.clients.losses import expected_losses
from clientlab.clients.managers import churn_by_manager, manager_load
from clientlab.clients.past_due import days_past_due
from clientlab.clients.payments import payment_by, payment_discipline
from clientlab.clients.positioning import positioning, revenue_by
from clientlab.clients.referral import referral_rate
from clientlab.clients.retention_costs import retention_cost
from clientlab.clients.revenue import revenue_retention
from clientlab.clients.segments import rcm
from clientlab.clients.silence import silence_threshold
from clientlab.clients.silence_churn import silence_churn
from clientlab.clients.transformation import transformation_rate
from clientlab.clients.whole_base import moved_people, parts
from clientlab.clients.winning_keeping import acquisition_to_retention
from clientlab.clients.worth_of_churn import churn_point
from clientlab.wording import Text

__all__ = [
    "KPIS",
    "Kpi",
    "acquisition_cost",
    "acquisition_to_retention",
    "asked_too_often",
    "average_check",
    "breakdown",
    "capacity",
    "churn_by_manager",
    "churn_point",
    "churn_rate",
    "client_budget",
    "cohorts",
    "colours_by_manager",
    "concentration",
    "csi",
    "days_past_due",
    "expansion",
    "expected_lifetime",
    "expected_losses",
    "handed_over",
    "leniency",
    "lifetime_value",
    "lost_capacity",
    "manager_load",
    "moved_people",
    "nps",
    "parts",
    "payment_by",
    "payment_discipline",
    "positioning",
    "rcm",
    "reasons",
    "referral_rate",
    "refusal_reasons",
    "retention_cost",
    "revenue_by",
    "revenue_retention",
    "silence_churn",
    "silence_threshold",
    "streaks",
    "survival",
    "transformation_rate",
    "transitions",
    "week",
    "win_rate",
]


@dataclass(frozen=True)
class Kpi:
    """One indicator.

    Parameters
    ----------
    function : callable
        ``function(base)`` gives its result.
    meaning : Text
    unit : {"share", "points", "score", "number", "money", "days", "months"}
    formula : str
    source : str
        Article (S0–S4) and system that define it.
    needs : tuple of str
        Tables besides clients and invoices.
    """

    function: Callable
    meaning: Text
    unit: str
    formula: str
    source: str
    needs: tuple[str, ...] = ()


KPIS = {
    "churn_rate": Kpi(
        churn_rate, Text("churn of clients", "отток клиентов"), "share",
        "left in the period ÷ there on its first day", "S1, S3; B3"),
    "revenue_retention": Kpi(
        revenue_retention, Text("gross and net retention", "удержание выручки"), "share",
        "Σ min(R1, R0) ÷ Σ R0 and Σ R1 ÷ Σ R0, recurring revenue of the same clients", "S1; B3"),
    "silence_churn": Kpi(
        silence_churn, Text("churn of project clients", "отток проектных клиентов"), "share",
        "silent for the threshold in the period ÷ not silent on its first day", "S1; B3"),
    "silence_threshold": Kpi(
        silence_threshold, Text("days of silence that mean leaving", "порог молчания"), "days",
        "95% of the returns that happen have happened by then", "S1; B3"),
    "parts": Kpi(
        parts, Text("four parts of the base", "четыре части базы"), "number",
        "current, churned, refused, people who moved", "S1; B1"),
    "moved_people": Kpi(
        moved_people, Text("people who moved on", "люди, сменившие компанию"), "number",
        "people of clients who left them", "S1; B1", ("people",)),
    "win_rate": Kpi(
        win_rate, Text("deals won", "выигранные сделки"), "share",
        "new clients ÷ new clients and refusals", "S1; B1", ("deals_lost",)),
    "refusal_reasons": Kpi(
        refusal_reasons, Text("reasons of refusal", "причины отказа"), "share",
        "refusals with the reason ÷ refusals with any", "S1; B1", ("deals_lost",)),
    "manager_load": Kpi(
        manager_load, Text("load of managers", "нагрузка менеджеров"), "share",
        "revenue of the manager's clients ÷ revenue of 12 months", "S0, S4; B27"),
    "churn_by_manager": Kpi(
        churn_by_manager, Text("churn beside the load", "отток и нагрузка"), "share",
        "left in 12 months ÷ there on the first day, by the manager of that day", "S0, S4; B27",
        ("assignments",)),
    "rcm": Kpi(
        rcm, Text("recency, capacity, monetary", "RCM: давность, ёмкость, деньги"), "number",
        "fifths of average rank", "S1; B13"),
    "week": Kpi(
        week, Text("the board this week", "светофор недели"), "number",
        "clients by colour", "S1; B15", ("board",)),
    "streaks": Kpi(
        streaks, Text("red streaks", "красные серии"), "number",
        "weeks in a row with the colour", "S1; B15", ("board",)),
    "transitions": Kpi(
        transitions, Text("from colour to colour", "переходы цветов"), "share",
        "weeks followed by the colour ÷ weeks followed by any", "S1; B15", ("board",)),
    "colours_by_manager": Kpi(
        colours_by_manager, Text("green by manager", "зелёный по менеджерам"), "share",
        "weeks of the colour ÷ weeks with any", "S1; B15", ("board",)),
    "leniency": Kpi(
        leniency, Text("what green was worth", "чего стоил зелёный"), "share",
        "green weeks before a client left ÷ green weeks", "B15", ("board",)),
    "handed_over": Kpi(
        handed_over, Text("green on the same clients", "зелёный на тех же клиентах"), "points",
        "share of green after a handover less that before", "B15", ("board",)),
    "cohorts": Kpi(
        cohorts, Text("cohorts", "когорты"), "share",
        "there at an age ÷ began in the quarter", "S1; B31"),
    "average_check": Kpi(
        average_check, Text("average check", "средний чек"), "money",
        "revenue ÷ months ÷ clients with an invoice", "S2, S3; B21"),
    "expansion": Kpi(
        expansion, Text("up-sell and cross-sell", "допродажи"), "share",
        "more of the same, and of new services ÷ recurring revenue before", "S2, S4; B21"),
    "referral_rate": Kpi(
        referral_rate, Text("new clients by referral", "клиенты по рекомендации"), "share",
        "came by referral ÷ came through a known channel", "S3; B21"),
    "nps": Kpi(
        nps, Text("Net Promoter Score", "NPS"), "points",
        "share of 9–10 less share of 0–6", "S1; B8", ("feedback",)),
    "csi": Kpi(
        csi, Text("satisfaction", "CSI"), "score", "mean of 1–5", "S1; B8", ("feedback",)),
    "asked_too_often": Kpi(
        asked_too_often, Text("how often clients are asked", "как часто спрашиваем"), "share",
        "current clients by questions in 12 months", "S1; B8", ("feedback",)),
    "payment_discipline": Kpi(
        payment_discipline, Text("invoices paid on time", "оплата в срок"), "share",
        "paid by the due day ÷ fell due in the period", "S2; B20"),
    "days_past_due": Kpi(
        days_past_due, Text("days past due", "дни просрочки"), "days",
        "day − due day of the oldest unpaid invoice", "S2; B20"),
    "positioning": Kpi(
        positioning, Text("revenue by industry", "выручка по отраслям"), "share",
        "revenue of the industry ÷ revenue of 12 months", "S1; B22"),
    "concentration": Kpi(
        concentration, Text("concentration of revenue", "концентрация выручки"), "share",
        "revenue of the largest clients ÷ revenue of 12 months", "S1; B2"),
    "client_budget": Kpi(
        client_budget, Text("client budget spent", "клиентский бюджет"), "share",
        "spent ÷ planned", "S1; B26", ("contracts", "costs")),
    "transformation_rate": Kpi(
        transformation_rate, Text("who leaves in which month", "DBTR"), "share",
        "1 − S(m) ÷ S(m − 1), and S(m − 1) − S(m)", "S1; B4"),
    "survival": Kpi(
        survival, Text("share still there", "доля оставшихся"), "share",
        "Kaplan–Meier with late entry", "S1; B4"),
    "expected_lifetime": Kpi(
        expected_lifetime, Text("lifetime (LT)", "срок жизни (LT)"), "months",
        "area under S to the horizon; beyond, S(F) ÷ last rate", "S1, S2; B5"),
    "reasons": Kpi(
        reasons, Text("reasons for leaving", "причины ухода"), "share",
        "Aalen–Johansen, unknown as a cause", "S0, S2, S3; C1"),
    "lifetime_value": Kpi(
        lifetime_value, Text("lifetime value (LTV)", "ценность клиента (LTV)"), "money",
        "Σ ∫S of the month × mean margin a day of those still there × discount", "S1–S3; B5"),
    "churn_point": Kpi(
        churn_point, Text("one point of churn", "один пункт оттока"), "money",
        "LTV at Sᵏ less LTV at S", "S3; B5"),
    "acquisition_cost": Kpi(
        acquisition_cost, Text("cost of winning a client", "CAC"), "money",
        "spent ÷ clients who began", "S3; B7", ("acquisition",)),
    "retention_cost": Kpi(
        retention_cost, Text("cost of keeping clients", "стоимость удержания"), "money",
        "service and client budget ÷ months of clients, ÷ revenue", "S1; B6", ("costs",)),
    "acquisition_to_retention": Kpi(
        acquisition_to_retention, Text("winning against keeping", "привлечение к удержанию"),
        "number", "CAC ÷ 12 · cost of keeping a month", "S3; B7", ("acquisition",)),
    "capacity": Kpi(
        capacity, Text("capacity left", "свободная ёмкость"), "money",
        "capacity − revenue of 365 days", "S1; B9"),
    "lost_capacity": Kpi(
        lost_capacity, Text("capacity of lost deals", "ёмкость отказов"), "money",
        "Σ amounts refused, by capacity for us", "S1; B9", ("deals_lost",)),
    "expected_losses": Kpi(
        expected_losses, Text("losses expected", "ожидаемые потери"), "number",
        "Σ 1 − S(age + 91) ÷ S(age)", "S1, S3; B30"),
}  # fmt: skip
