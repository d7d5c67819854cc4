"""A number with its interval and its unit: time is not money.

It answers: may these two be added or compared. The lifetime of a client (LT) is a time,
its value (LTV) is money; published cases mix them up, so here mixing them raises.
"""

from __future__ import annotations

from dataclasses import dataclass

from clientlab.problems import InvalidType, InvalidValue

MONTHS = "months"


@dataclass(frozen=True)
class Quantity:
    """An estimate with the unit that it is in.

    Parameters
    ----------
    estimate, low, high : float
    unit : str
        "months", or the currency as in the base ("RUB"; "money" if no file tells it).

    Examples
    --------
    >>> lt, ltv = Quantity(31.0, 26.0, 36.0, "months"), Quantity(2e6, 1.5e6, 2.6e6, "RUB")
    >>> ltv / Quantity(2.5e5, 2e5, 3e5, "RUB")
    8.0
    >>> lt > ltv
    Traceback (most recent call last):
    ...
    clientlab.problems.InvalidValue: months and RUB cannot be compared: a lifetime (LT) is a \
time, a lifetime value (LTV) is money. Use two numbers of one unit.
    """

    estimate: float
    low: float
    high: float
    unit: str

    def _same(self, other: object, what: str) -> Quantity:
        if not isinstance(other, Quantity):
            raise InvalidType(
                f"A quantity in {self.unit} and a {type(other).__name__} cannot be {what}: the "
                "unit of the second is not known. Make it a Quantity."
            )
        if other.unit != self.unit:
            raise InvalidValue(
                f"{self.unit} and {other.unit} cannot be {what}: a lifetime (LT) is a time, a "
                "lifetime value (LTV) is money. Use two numbers of one unit."
            )
        return other

    def __add__(self, other: object) -> float:
        return self.estimate + self._same(other, "added").estimate

    def __sub__(self, other: object) -> float:
        return self.estimate - self._same(other, "subtracted").estimate

    def __truediv__(self, other: object) -> float:
        return self.estimate / self._same(other, "divided").estimate

    def __lt__(self, other: object) -> bool:
        return self.estimate < self._same(other, "compared").estimate

    def __gt__(self, other: object) -> bool:
        return self.estimate > self._same(other, "compared").estimate

    def __le__(self, other: object) -> bool:
        return self.estimate <= self._same(other, "compared").estimate

    def __ge__(self, other: object) -> bool:
        return self.estimate >= self._same(other, "compared").estimate
