"""Files that people upload: their type is decided by content, they are stored once under their SHA-256,

and they only ever leave as attachments.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

import pikepdf
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from iqas.core import durable
from iqas.core.refusals import RuleViolation

OFFICE = {
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xl/"),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "ppt/"),
    ".odt": ("application/vnd.oasis.opendocument.text", "content.xml"),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
}
IMAGES = {".png": ("image/png", b"\x89PNG\r\n\x1a\n"), ".jpg": ("image/jpeg", b"\xff\xd8\xff")}
TEXTS = {".csv": "text/csv", ".txt": "text/plain", ".json": "application/json"}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
BINARY_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"PK\x03\x04",
    b"%PDF-",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
    b"GIF8",
    *(m for _, m in IMAGES.values()),
)
DOCUMENTS = frozenset({".pdf", *OFFICE, *IMAGES, ".jpeg", *TEXTS})
PICTURES = frozenset({".png", ".jpg", ".jpeg"})
MAX_UNZIPPED = 500 * 1024 * 1024
CHUNK = 64 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file in the store. `size` in bytes; `original_name` without any path."""

    sha256: str
    size: int
    media_type: str
    original_name: str

    @property
    def location(self) -> str:
        return location_of(self.sha256)


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Keeps of one request no more than this installation takes; what is larger arrives with its size and no content.

    The rest is read and thrown away: a connection cut short would leave the person without an answer.
    """

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= settings.UPLOAD_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if self.received <= settings.UPLOAD_MAX_BYTES:
            return super().file_complete(file_size)
        self.file.truncate(0)
        self.file.size = self.received
        return self.file


def location_of(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


def store(upload: UploadedFile[Any] | File[bytes], *, allow: frozenset[str] = DOCUMENTS) -> StoredFile:
    """Checks the upload's content and keeps it. The same content is kept once.

    Refuses `file-empty`, `file-too-large`, `file-kind` (not in `allow`, or content and name differ),
    `file-encrypted`, `file-macros`, `file-bomb`. Nothing is kept of a refused file.
    """
    name = clean_name(upload.name or "")
    size = upload.size or 0
    if size == 0:
        raise RuleViolation("file-empty", _("The file is empty."))
    check_size(upload)
    media_type = checked_media_type(upload.file or upload, name, allow)
    upload.seek(0)
    draft = durable.write(upload.chunks(CHUNK), name=uuid.uuid4().hex)
    stored = StoredFile(draft.sha256, draft.size, media_type, name)
    durable.keep(draft, stored.location)
    upload.seek(0)
    return stored


def check_size(upload: UploadedFile[Any] | File[bytes]) -> None:
    """Refuses `file-too-large`, of which nothing but the size has arrived."""
    if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise RuleViolation("file-too-large", _("The file is larger than %(limit)s MiB.") % {"limit": limit})


def open_stored(sha256: str) -> IO[bytes]:
    """The stored file, after its content was found unchanged. Refuses `file-altered` and `file-missing`."""
    try:
        file = default_storage.open(location_of(sha256), "rb")
    except FileNotFoundError as error:
        raise RuleViolation(
            "file-missing", _("The stored file is missing. Tell the administrator.")
        ) from error
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(CHUNK), b""):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        file.close()
        raise RuleViolation(
            "file-altered",
            _("The stored file no longer has the SHA-256 that was recorded. Tell the administrator."),
        )
    file.seek(0)
    return file


def download_response(stored: StoredFile) -> FileResponse:
    """The file as an attachment that no browser runs."""
    response = FileResponse(
        open_stored(stored.sha256),
        as_attachment=True,
        filename=stored.original_name,
        content_type=stored.media_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def clean_name(name: str) -> str:
    """The name without path, control or direction characters; at most 120 characters."""
    base = PurePosixPath(name.replace("\\", "/")).name
    base = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", base).strip(". ")
    stem, extension = PurePosixPath(base).stem, PurePosixPath(base).suffix
    return f"{stem[: 120 - len(extension)] or 'file'}{extension.lower()}"


def checked_media_type(file: Any, name: str, allow: frozenset[str]) -> str:
    """The media type by content. Refuses where content and extension do not agree or the kind is not allowed."""
    extension = PurePosixPath(name).suffix.lower()
    if extension not in allow:
        raise _wrong_kind(allow)
    file.seek(0)
    start = file.read(2048)
    file.seek(0)
    if extension == ".pdf" and start.startswith(b"%PDF-"):
        _check_pdf(file)
        return "application/pdf"
    image = IMAGES.get(".jpg" if extension == ".jpeg" else extension)
    if image and start.startswith(image[1]):
        return image[0]
    if extension in OFFICE and start.startswith(b"PK\x03\x04"):
        return _check_office(file, extension)
    if extension in OFFICE and start.startswith(b"\xd0\xcf\x11\xe0"):
        raise RuleViolation(
            "file-encrypted", _("The file is protected by a password. Upload it without one.")
        )
    if extension in TEXTS and _is_text(start):
        return TEXTS[extension]
    raise _wrong_kind(allow)


def _wrong_kind(allow: frozenset[str]) -> RuleViolation:
    kinds = ", ".join(sorted(extension.lstrip(".").upper() for extension in allow))
    return RuleViolation(
        "file-kind",
        _("The content is not of a kind that is taken here. Upload one of: %(kinds)s.") % {"kinds": kinds},
    )


def _is_text(start: bytes) -> bool:
    if start[:2] in UTF16_MARKS:  # as spreadsheet programs write "Unicode text"
        start = start.decode("utf-16", errors="ignore").encode()
    start = start.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in start or re.match(rb"\s*(<!doctype|<html|<svg|<\?xml|<script)", start, re.IGNORECASE):
        return False
    return not start.startswith(BINARY_STARTS)


def _check_pdf(file: Any) -> None:
    try:
        with pikepdf.open(file) as pdf:
            encrypted = pdf.is_encrypted
    except pikepdf.PasswordError as error:
        raise RuleViolation(
            "file-encrypted", _("The file is protected by a password. Upload it without one.")
        ) from error
    except pikepdf.PdfError as error:
        raise RuleViolation("file-broken", _("The PDF is damaged and cannot be read.")) from error
    finally:
        file.seek(0)
    if encrypted:
        raise RuleViolation(
            "file-encrypted", _("The file is protected by a password. Upload it without one.")
        )


def _check_office(file: Any, extension: str) -> str:
    media_type, marker = OFFICE[extension]
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise RuleViolation("file-broken", _("The file is damaged and cannot be read.")) from error
    finally:
        file.seek(0)
    if sum(entry.file_size for entry in entries) > MAX_UNZIPPED:
        raise RuleViolation("file-bomb", _("The file unpacks to an unreasonable size."))
    if any("vbaProject" in entry.filename or entry.filename.startswith("Basic/") for entry in entries):
        raise RuleViolation(
            "file-macros", _("The file contains macros. Save it without macros and upload it again.")
        )
    if not any(entry.filename.startswith(marker) for entry in entries):
        raise _wrong_kind(DOCUMENTS)
    return media_type
