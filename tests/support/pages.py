"""What web tests ask of an answer."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile


def text_of(response: Any) -> str:
    """The body as text, of a streaming answer too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


def assert_shows(response: Any, *texts: str) -> None:
    """200, and every text is on the page."""
    assert response.status_code == 200, f"{response.status_code} at {response.request['PATH_INFO']}"
    body = text_of(response)
    missing = [text for text in texts if text not in body]
    assert not missing, f"not on the page: {missing}"


def assert_hides(response: Any, *canaries: str) -> None:
    """None of the canaries (`CANARY-B-`, a name, an e-mail address) is anywhere in the answer or its headers."""
    body = text_of(response) + "\n".join(f"{name}: {value}" for name, value in response.items())
    found = [canary for canary in canaries if canary in body]
    assert not found, f"leaked at {response.request['PATH_INFO']}: {found}"


def uploaded(client: Any, address: str, content: bytes, name: str = "lista.csv", **fields: Any) -> Any:
    """The page that a person sees after uploading a list: the report of its dry run, or the form that refuses it."""
    file = SimpleUploadedFile(name, content)
    return client.post(address, {"file": file, **fields}, follow=True)


def deliver() -> list[Any]:
    """Does every mail job that waits; the messages since the last time."""
    from django.core import mail

    from iqas.jobs import runner
    from iqas.jobs.models import Job

    mail.outbox.clear()
    for job in Job.objects.filter(queue="mail", state="queued"):
        assert runner.perform_here(job.pk).state == "finished"
    return list(mail.outbox)
