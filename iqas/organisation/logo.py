"""The university's logo: drawn anew when it comes in, so that what is kept is small, clean and fit for print."""

from __future__ import annotations

import io
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from iqas.core.files import PICTURES, StoredFile, check_size, checked_media_type, clean_name, store
from iqas.core.refusals import RuleViolation

BOX = (640, 160)  # pixels: four times what a phone shows, enough for the cover of a dossier at 300 dpi
MOST_PIXELS = 25_000_000
KINDS = {"image/png": ("PNG", ".png"), "image/jpeg": ("JPEG", ".jpg")}


def keep_logo(upload: UploadedFile[Any] | ContentFile[bytes]) -> StoredFile:
    """The logo in the store, within `BOX`, without metadata, in RGB (a dossier prints no other colours).

    Refuses what `iqas.core.files.store` refuses, `picture-broken` and `picture-too-large`.
    """
    try:
        check_size(upload)
        media_type = checked_media_type(upload.file or upload, clean_name(upload.name or ""), PICTURES)
        kind, extension = KINDS[media_type]
        return store(ContentFile(redrawn(upload, kind), name=f"logo{extension}"), allow=PICTURES)
    except RuleViolation as refusal:
        refusal.field = "logo"
        raise


def redrawn(file: IO[bytes] | UploadedFile[Any] | ContentFile[bytes], kind: str) -> bytes:
    """The picture as nothing but its pixels."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=(kind,)) as picture:  # type: ignore[arg-type]
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_large()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail(BOX)
            transparent = kind == "PNG" and upright.has_transparency_data
            pixels = upright.convert("RGBA" if transparent else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for a damaged picture
        raise RuleViolation("picture-broken", _("The picture is damaged and cannot be read.")) from error
    drawn = io.BytesIO()
    pixels.save(
        drawn, kind, optimize=True, icc_profile=None, exif=b"", **({"quality": 90} if kind == "JPEG" else {})
    )
    return drawn.getvalue()


def _too_large() -> RuleViolation:
    return RuleViolation(
        "picture-too-large",
        _("The picture has more than %(limit)s million pixels. Make it smaller and upload it again.")
        % {"limit": MOST_PIXELS // 1_000_000},
    )
