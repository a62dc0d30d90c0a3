"""The file of an approval route."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcredentials.packs.reading import MAX_BYTES, WrongPack, read_route
from microcredentials.packs.schema import RoutePack


class RouteFileForm(forms.Form):
    """A YAML file; what is wrong with it is said line by line."""

    file = forms.FileField(
        label=_("File of the route (YAML)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            self.cleaned_data["pack"] = read_route(upload.read(MAX_BYTES + 1))
        except WrongPack as wrong:
            raise forms.ValidationError([str(mistake) for mistake in wrong.mistakes]) from wrong
        return upload

    @property
    def pack(self) -> RoutePack:
        found: RoutePack = self.cleaned_data["pack"]
        return found
