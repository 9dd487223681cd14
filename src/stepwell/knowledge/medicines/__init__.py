"""Medicines: what each is, and how to recognise one from a code or a name."""

from stepwell.knowledge.medicines.catalogue import product, products
from stepwell.knowledge.medicines.groups import Group, groups_of, holds
from stepwell.knowledge.medicines.identify import identify
from stepwell.knowledge.medicines.look_alikes import LookAlike, looks_like_but_not
from stepwell.knowledge.medicines.model import Identification, MatchedBy, MedicineClass, Product, Release

__all__ = [
    "Group",
    "Identification",
    "LookAlike",
    "MatchedBy",
    "MedicineClass",
    "Product",
    "Release",
    "groups_of",
    "holds",
    "identify",
    "looks_like_but_not",
    "product",
    "products",
]
