"""Charts over time (XmR, run and Shewhart charts), funnels between practices, and exact limits of small counts."""

from stepwell.knowledge.spc.constants import Look, palette
from stepwell.knowledge.spc.control import control_chart, run_chart, subgroup_chart
from stepwell.knowledge.spc.control_model import ControlChart, ControlPoint, Kind, Part
from stepwell.knowledge.spc.funnel import Funnel, FunnelPoint, Position, Unit, funnel
from stepwell.knowledge.spc.icons import assurance_words, variation_words
from stepwell.knowledge.spc.model import (
    Assurance,
    Direction,
    Lines,
    Meaning,
    Segment,
    SpecialCause,
    Variation,
    Xmr,
    XmrPoint,
)
from stepwell.knowledge.spc.poisson import Limits, poisson_limits
from stepwell.knowledge.spc.runs import RunLimits, Runs, anhoej_limits
from stepwell.knowledge.spc.transforms import Compared, Method
from stepwell.knowledge.spc.words import cause_words, sentences
from stepwell.knowledge.spc.xmr import xmr

__all__ = [
    "Assurance",
    "Compared",
    "ControlChart",
    "ControlPoint",
    "Direction",
    "Funnel",
    "FunnelPoint",
    "Kind",
    "Limits",
    "Lines",
    "Look",
    "Meaning",
    "Method",
    "Part",
    "Position",
    "RunLimits",
    "Runs",
    "Segment",
    "SpecialCause",
    "Unit",
    "Variation",
    "Xmr",
    "XmrPoint",
    "anhoej_limits",
    "assurance_words",
    "cause_words",
    "control_chart",
    "funnel",
    "palette",
    "poisson_limits",
    "run_chart",
    "sentences",
    "subgroup_chart",
    "variation_words",
    "xmr",
]
