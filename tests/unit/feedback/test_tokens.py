"""Links, codes, indexes and receipts."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from feedback.anonymity import tokens
from feedback.anonymity.addresses import decrypt_address, encrypt_address
from feedback.anonymity.keys import KeyRing

RING = KeyRing(Path("/nowhere"), token=b"t" * 32, index=b"i" * 32, mail=b"m" * 32)
OTHER = KeyRing(Path("/nowhere"), token=b"T" * 32, index=b"I" * 32, mail=b"M" * 32)
INVITATION = UUID("2f1b0d1e-6a5c-4c0e-9a44-0c5c8f0a7b11")
SALT = b"0123456789abcdef"


def test_a_token_is_the_hmac_the_design_prescribes() -> None:
    expected = hmac.digest(b"t" * 32, b"tok|2f1b0d1e-6a5c-4c0e-9a44-0c5c8f0a7b11|" + SALT, "sha256")
    token = tokens.token(RING, INVITATION, SALT)
    assert len(token) == tokens.TOKEN_LENGTH
    assert urlsafe_b64decode(token + "=") == expected
    assert tokens.token_index(RING, token) == hmac.digest(b"i" * 32, token.encode(), "sha256").hex()


def test_token_code_and_draft_change_with_invitation_campaign_and_ring() -> None:
    for derive in (tokens.token, tokens.short_code):
        assert derive(RING, INVITATION, SALT) == derive(RING, INVITATION, SALT)
        variants = {
            derive(RING, INVITATION, SALT),
            derive(RING, uuid4(), SALT),
            derive(RING, INVITATION, b"f" * 16),
            derive(OTHER, INVITATION, SALT),
        }
        assert len(variants) == 4
    token = tokens.token(RING, INVITATION, SALT)
    assert len({tokens.token_index(RING, token), tokens.draft_reference(RING, token)}) == 2


@pytest.mark.parametrize(
    "spoil", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", ""), "  {}\n".format]
)
def test_a_code_is_found_however_it_is_typed(spoil: object) -> None:
    assert callable(spoil)
    code = tokens.short_code(RING, INVITATION, SALT)
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert tokens.code_index(RING, spoil(code)) == tokens.code_index(RING, code)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert tokens.code_index(RING, "OIlo-0000-0000") == tokens.code_index(RING, "0110-0000-0000")


@pytest.mark.parametrize("typed", ["", "ABC", "U" * 12, "1" * 13, "ñ" * 12, "0000-0000-000\0"])
def test_what_cannot_be_a_code_has_no_index(typed: str) -> None:
    assert tokens.code_index(RING, typed) is None


def test_one_person_has_one_mail_index() -> None:
    assert tokens.mail_index(RING, "Ana@B.es") == tokens.mail_index(RING, " ana@b.es ")
    assert tokens.mail_index(RING, "ana@b.es") != tokens.mail_index(RING, "eva@b.es")


def test_a_stop_mark_leads_back_to_the_mail_index_and_cannot_be_made_up() -> None:
    index = tokens.mail_index(RING, "ana@b.es")
    mark = tokens.stop_mark(RING, index)
    assert tokens.read_stop_mark(RING, mark) == index
    assert tokens.read_stop_mark(OTHER, mark) is None
    for place in range(len(mark)):
        changed = mark[:place] + ("A" if mark[place] != "A" else "B") + mark[place + 1 :]
        assert tokens.read_stop_mark(RING, changed) is None
    for nonsense in ("", "A", "ñ" * 64, "=" * 64, mark[:-4]):
        assert tokens.read_stop_mark(RING, nonsense) is None


def test_receipts_are_random_and_only_their_hash_can_be_stored() -> None:
    receipts = {tokens.receipt_of(tokens.new_press(), "link") for _ in range(1000)}
    assert len(receipts) == 1000
    receipt = receipts.pop()
    digest = tokens.receipt_hash(receipt)
    assert digest is not None
    assert len(digest) == 64
    assert tokens.receipt_hash(receipt.lower().replace("-", " ")) == digest
    assert tokens.receipt_hash(receipt[:-1]) is None


def test_one_press_on_one_link_has_one_receipt_and_one_box_which_nothing_else_leads_to() -> None:
    press = tokens.new_press()
    assert tokens.is_press(press)
    assert not [bad for bad in ("", press[:-1], press + "A", "ñ" * 22, "=" * 22) if tokens.is_press(bad)]
    assert tokens.receipt_of(press, "a") == tokens.receipt_of(press, "a")
    assert tokens.box_of(press, "a") == tokens.box_of(press, "a")
    told = [tokens.receipt_of(one, link) for one in (press, tokens.new_press()) for link in "ab"]
    boxes = [tokens.box_of(one, link) for one in (press, tokens.new_press()) for link in "ab"]
    assert len(set(told)) == len(set(boxes)) == 4
    assert tokens.receipt_hash(told[0]) != tokens.box_of(press, "a").hex
    assert {box.version for box in boxes} == {4}, "it looks like any other id"


@given(st.emails())
def test_an_address_comes_back_and_its_length_does_not_show(address: str) -> None:
    encrypted = encrypt_address(RING, address, INVITATION)
    assert decrypt_address(RING, encrypted, INVITATION) == address
    assert len(encrypted) == len(encrypt_address(RING, "a@b.es", INVITATION))
    assert address.encode() not in encrypted


def test_an_address_moved_to_another_row_or_ring_does_not_open() -> None:
    encrypted = encrypt_address(RING, "ana@b.es", INVITATION)
    for ring, invitation in ((RING, uuid4()), (OTHER, INVITATION)):
        with pytest.raises(InvalidTag):
            decrypt_address(ring, encrypted, invitation)
