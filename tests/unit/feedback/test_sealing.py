"""Sealed answers, drafts and small groups."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from feedback.anonymity.drafts import BUCKET, decrypt_draft, encrypt_draft
from feedback.anonymity.groups import dissolved_groups
from feedback.anonymity.sealing import (
    CLOSED_BUCKET,
    COMMENT_BYTES,
    TEXT_BUCKET,
    DamagedBoxError,
    SealedAnswer,
    seal,
    sealed_size,
    unseal,
)

CAMPAIGN = UUID("5d0c9d0a-53a0-4b6e-9d5c-0a4a5a1c9d11")
KEY = X25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()
ANSWER = SealedAnswer(
    answers={"A1": 4, "A2": None, "B3": [1, 3]},
    receipt_hash="f" * 64,
    comments={"C1": "Muy útil 🙂"},
    group_code="M",
)


def test_an_answer_comes_back_as_it_went_in() -> None:
    assert unseal(seal(ANSWER, PUBLIC, CAMPAIGN, 8192), KEY, CAMPAIGN) == ANSWER


def test_two_boxes_of_one_answer_have_nothing_in_common_but_their_length() -> None:
    first, second = (seal(ANSWER, PUBLIC, CAMPAIGN, 8192) for _ in range(2))
    assert len(first) == len(second)
    assert first[:32] != second[:32]
    assert b"til" not in first


@given(st.binary(max_size=100))
def test_what_was_not_sealed_for_us_is_refused(noise: bytes) -> None:
    with pytest.raises(DamagedBoxError):
        unseal(noise, KEY, CAMPAIGN)


def test_a_box_opens_only_with_its_key_for_its_campaign_unchanged() -> None:
    box = seal(ANSWER, PUBLIC, CAMPAIGN, 1024)
    changed = [
        box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :] for place in (0, 31, 32, 600, len(box) - 1)
    ]
    attempts = [(b, KEY, CAMPAIGN) for b in (*changed, box[:-1], box + b"\0", b"")]
    attempts += [(box, X25519PrivateKey.generate(), CAMPAIGN), (box, KEY, uuid4())]
    for sealed, key, campaign in attempts:
        with pytest.raises(DamagedBoxError):
            unseal(sealed, key, campaign)


def test_every_box_of_a_campaign_has_the_same_size_even_with_the_longest_answer() -> None:
    def longest(closed: int, texts: int) -> SealedAnswer:
        return SealedAnswer(
            answers={f"{'c' * 29}{n:03}": list(range(30)) for n in range(closed)},
            comments={f"{'t' * 29}{n:03}": '"' * (COMMENT_BYTES // 2) for n in range(texts)},
            group_code="g" * 32,
            receipt_hash="f" * 64,
        )

    empty = SealedAnswer(answers={}, receipt_hash="f" * 64)
    for closed, texts in ((1, 0), (28, 0), (60, 0), (0, 1), (12, 3), (34, 6)):
        size = sealed_size(closed, texts)
        assert size % (TEXT_BUCKET if texts else CLOSED_BUCKET) == 0
        assert len(json.dumps("x" * COMMENT_BYTES)) - 2 == COMMENT_BYTES
        boxes = [seal(answer, PUBLIC, CAMPAIGN, size) for answer in (empty, longest(closed, texts))]
        assert {len(box) for box in boxes} == {size + 48}


def test_an_answer_too_large_is_refused_rather_than_given_a_telling_size() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        seal(SealedAnswer({}, "f" * 64, {"C1": "x" * 2000}), PUBLIC, CAMPAIGN, 1024)


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=500), max_size=10))
def test_a_draft_comes_back_padded(content: dict[str, str]) -> None:
    encrypted = encrypt_draft("token", "ref", content)
    assert decrypt_draft("token", "ref", encrypted) == content
    assert (len(encrypted) - 28) % BUCKET == 0


def test_a_draft_opens_only_with_its_token_in_its_row() -> None:
    encrypted = encrypt_draft("token", "ref", {"A1": 4})
    assert decrypt_draft("other", "ref", encrypted) is None
    assert decrypt_draft("token", "another", encrypted) is None
    assert decrypt_draft("token", "ref", encrypted[:-1]) is None
    assert decrypt_draft("token", "ref", b"") is None


@pytest.mark.parametrize(
    ("sizes", "dissolved"),
    [
        ({}, set()),
        ({"A": 4}, {"A"}),
        ({"A": 5}, set()),
        ({"A": 20, "B": 5}, set()),
        ({"A": 20, "B": 4}, {"A", "B"}),
        ({"A": 20, "B": 10, "C": 3}, {"B", "C"}),
        ({"A": 20, "B": 3, "C": 3}, {"B", "C"}),
        ({"A": 20, "": 3}, {"A"}),
        ({"A": 20, "": 5}, set()),
    ],
)
def test_groups_too_small_or_shown_by_subtraction_dissolve(
    sizes: dict[str, int], dissolved: set[str]
) -> None:
    assert dissolved_groups(sizes, 5) == dissolved


@given(st.dictionaries(st.sampled_from(["", *"ABCDEFGH"]), st.integers(0, 40)), st.integers(3, 12))
def test_no_group_left_and_no_rest_is_below_the_threshold(sizes: dict[str, int], threshold: int) -> None:
    gone = dissolved_groups(sizes, threshold)
    left = {group: n for group, n in sizes.items() if group and group not in gone}
    rest = sum(sizes.values()) - sum(left.values())
    assert all(n >= threshold for n in left.values())
    if left:
        assert rest == 0 or rest >= threshold
