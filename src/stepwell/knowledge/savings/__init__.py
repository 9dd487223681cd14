"""Savings: cost first, by real prices; carbon as a range, indicative. Never a reason to change somebody's medicine."""

from stepwell.knowledge.savings.carbon import (
    Amount,
    Carbon,
    CarbonLine,
    Factor,
    carbon,
    check_together,
    factors,
    measures,
    message_cost,
    of_saving,
)
from stepwell.knowledge.savings.cost import Cost, CostLine, PriceTable, Saving, Supply, cost, saving

__all__ = [
    "Amount",
    "Carbon",
    "CarbonLine",
    "Cost",
    "CostLine",
    "Factor",
    "PriceTable",
    "Saving",
    "Supply",
    "carbon",
    "check_together",
    "cost",
    "factors",
    "measures",
    "message_cost",
    "of_saving",
    "saving",
]
