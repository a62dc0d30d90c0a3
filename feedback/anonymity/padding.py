"""Padding, so that the length of what is encrypted tells nothing of what it says."""

from __future__ import annotations

_LENGTH_BYTES = 4


def pad(body: bytes, size: int) -> bytes:
    """`size` bytes that hold the body. Refuses a body that does not fit."""
    if len(body) + _LENGTH_BYTES > size:
        raise ValueError(f"{len(body)} bytes do not fit into {size}")
    return len(body).to_bytes(_LENGTH_BYTES) + body + bytes(size - _LENGTH_BYTES - len(body))


def unpad(padded: bytes) -> bytes:
    """The body inside; call it only on what has been authenticated."""
    length = int.from_bytes(padded[:_LENGTH_BYTES])
    return padded[_LENGTH_BYTES : _LENGTH_BYTES + length]


def padded_size(length: int, bucket: int) -> int:
    """The smallest multiple of the bucket that holds a body of this length."""
    return -(-(length + _LENGTH_BYTES) // bucket) * bucket
