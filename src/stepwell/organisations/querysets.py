"""The base of every QuerySet a page reads from."""

from __future__ import annotations

import uuid
from typing import Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.http import Http404

Row = TypeVar("Row", bound=models.Model)


class VisibleQuerySet(models.QuerySet[Row], Generic[Row]):
    """Rows a member may see. ``find`` answers "not found" for anybody else's row, never "not yours"."""

    def find(self, pk: uuid.UUID | str) -> Row:
        """The row with this id among those visible. Raises ``Http404``."""
        try:
            return self.get(pk=pk)
        except (ObjectDoesNotExist, ValidationError, ValueError) as missing:
            raise Http404 from missing
