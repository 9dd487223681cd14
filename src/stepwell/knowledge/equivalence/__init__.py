"""Oral morphine equivalence: a rank of risk, in milligrams a day. It is never a dose to switch to."""

from stepwell.knowledge.equivalence.compare import Comparison, Taken, UnderTable, side_by_side
from stepwell.knowledge.equivalence.convert import DEFAULT_TABLE, convert
from stepwell.knowledge.equivalence.display import Shown, shown
from stepwell.knowledge.equivalence.forms import (
    from_injections,
    from_patches_supplied,
    from_syringe_driver,
    from_units,
)
from stepwell.knowledge.equivalence.held import FactorTable, Role, tables
from stepwell.knowledge.equivalence.model import (
    CALCULATION_VERSION,
    Equivalence,
    Input,
    Method,
    Refusal,
)
from stepwell.knowledge.equivalence.patches import Bound, bounds
from stepwell.knowledge.equivalence.population import (
    PopulationTotal,
    Supply,
    counting_table,
    is_counted,
    population_total,
)
from stepwell.knowledge.equivalence.reading import taken_as_read
from stepwell.knowledge.equivalence.thresholds import Band, Threshold, band, threshold, thresholds
from stepwell.knowledge.equivalence.total import Total, total

__all__ = [
    "CALCULATION_VERSION",
    "DEFAULT_TABLE",
    "Band",
    "Bound",
    "Comparison",
    "Equivalence",
    "FactorTable",
    "Input",
    "Method",
    "PopulationTotal",
    "Refusal",
    "Role",
    "Shown",
    "Supply",
    "Taken",
    "Threshold",
    "Total",
    "UnderTable",
    "band",
    "bounds",
    "convert",
    "counting_table",
    "from_injections",
    "from_patches_supplied",
    "from_syringe_driver",
    "from_units",
    "is_counted",
    "population_total",
    "shown",
    "side_by_side",
    "tables",
    "taken_as_read",
    "threshold",
    "thresholds",
    "total",
]
