"""A form of a page: blank, or as it was sent, with what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, TypeVar, get_origin

from fastapi import Depends
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from schemas.answers import FieldFault, field_faults
from schemas.errors import PiiriError, Refused
from services.kit.complaints import complaints
from services.look.complaints import Complaint

M = TypeVar("M", bound=BaseModel)


class Misfilled(Refused):
    """The form has something to correct."""

    code: ClassVar[str] = "invalid"

    def __init__(self, found: tuple[Complaint, ...], faults: tuple[FieldFault, ...] = ()) -> None:
        super().__init__(*dict.fromkeys(one.field for one in found))
        self.complaints = found
        self.faults = faults
        """The same for programs."""


@dataclass(frozen=True)
class Form:
    """What stands in a form; templates ask ``text``, ``has`` and ``wrong``."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()
    refusal: PiiriError | None = None

    @classmethod
    def of(cls, model: BaseModel) -> "Form":
        """Fill a form from a value, as when something is edited."""
        return cls({name: _texts(value) for name, value in model.model_dump(mode="json").items()})

    def text(self, name: str, default: str = "") -> str:
        """Return what stands in a field of one value."""
        return next(iter(self.values.get(name, ())), default)

    def has(self, name: str, value: str) -> bool:
        """Whether a choice is chosen."""
        return value in self.values.get(name, ())

    def only(self, *names: str) -> "Form":
        """Return the same form with these fields alone."""
        return replace(self, values={n: v for n, v in self.values.items() if n in names})

    def without(self, *names: str) -> "Form":
        """Return the same form with these fields left out."""
        return replace(self, values={n: v for n, v in self.values.items() if n not in names})

    def whole(self, name: str) -> int:
        """Return a field's whole number, such as the version that was seen; 0 when it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def wrong(self, name: str) -> tuple[Complaint, ...]:
        """Return what is wrong with a field, or with an item of it."""
        return tuple(c for c in self.complaints if c.field.split(".")[0] == name)

    def into(self, model: type[M], **more: Any) -> M:
        """
        Read the form as a schema; an empty field takes the schema's default.

        Raises
        ------
        Misfilled
            With every complaint of the schema.
        """
        sent = {name: _value(model, name, texts) for name, texts in self.values.items()}
        filled = {name: value for name, value in sent.items() if value not in ("", ())}
        try:
            return model.model_validate({**filled, **more})
        except ValidationError as error:
            raise Misfilled(complaints(error), field_faults(error, model)) from error

    def after(self, refusal: PiiriError) -> "Form":
        """Return the same form with what was wrong, to be shown again."""
        if isinstance(refusal, Misfilled):
            return replace(self, complaints=refusal.complaints)
        return replace(self, refusal=refusal)


def _value(model: type[BaseModel], name: str, texts: tuple[str, ...]) -> str | tuple[str, ...]:
    about = model.model_fields.get(name)
    if about is not None and get_origin(about.annotation) is tuple:
        return tuple(text for text in texts if text)
    return texts[-1] if texts else ""


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return ("" if value is None else str(value),)


async def sent_form(request: Request) -> Form:
    """Read the form that was sent; files are left out."""
    async with request.form() as sent:
        names = dict.fromkeys(sent.keys())
        return Form({n: tuple(v for v in sent.getlist(n) if isinstance(v, str)) for n in names})


SentForm = Annotated[Form, Depends(sent_form)]
"""The form of this request, as a page's argument."""
