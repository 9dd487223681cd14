"""Someone who can sign in. What they may see comes from their memberships, never from the account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from stepwell.base.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes accounts. There is no superuser: nobody stands outside the matrix."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account with this e-mail address, which is its sign-in name; without a password it cannot sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the staff, known by e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("email address", max_length=254, unique=True)
    name = models.CharField("full name", max_length=200)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            # Stored in small letters, so that unique means unique to a person.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.name
