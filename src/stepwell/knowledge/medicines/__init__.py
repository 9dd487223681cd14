"""Medicines: what each is, and how to recognise one from a code or a name."""

from stepwell.knowledge.medicines.catalogue import product, products
from stepwell.knowledge.medicines.identify import identify
from stepwell.knowledge.medicines.model import Identification, MatchedBy, MedicineClass, Product, Release

__all__ = [
    "Identification",
    "MatchedBy",
    "MedicineClass",
    "Product",
    "Release",
    "identify",
    "product",
    "products",
]
