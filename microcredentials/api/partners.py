"""The register of partners: what they are, their agreements and contacts, and where they take part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import can, require
from iqas.core.rest import ApiView, ListView, Revised, Shape, operation, seen_in, tagged
from iqas.core.views import Access
from microcredentials.api.catalogue import MicroCredentialView
from microcredentials.api.fields import DocumentCode, PartnerCode
from microcredentials.filters import PartnerFilter
from microcredentials.models import Agreement, Participation, Partner, PartnerContact
from microcredentials.selectors.partners import listed, participations_seen
from microcredentials.services import partners


class PartnerRow(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Partner.Kind.choices)
    tax_id = serializers.CharField()
    country = serializers.CharField()
    is_active = serializers.BooleanField()
    takes_part = serializers.IntegerField(help_text="In how many micro-credentials that you see.")
    agreement = serializers.BooleanField(help_text="Whether one is in force today.")


class AgreementRead(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True)
    evidence = DocumentCode(allow_null=True)
    is_final = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Agreement.State.choices)
    revision = serializers.IntegerField(source="version")


class PartnerRead(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Partner.Kind.choices)
    tax_id = serializers.CharField()
    country = serializers.CharField()
    website = serializers.CharField()
    notes = serializers.CharField()
    is_active = serializers.BooleanField()
    merged_into = serializers.CharField(source="merged_into.code", default=None, allow_null=True)
    revision = serializers.IntegerField(source="version")
    agreements = AgreementRead(many=True)


class PartnerFields(Shape):
    name = serializers.CharField(required=False, max_length=200)
    kind = serializers.ChoiceField(choices=Partner.Kind.choices, required=False)
    tax_id = serializers.CharField(required=False, allow_blank=True, max_length=30)
    country = serializers.RegexField(r"^[A-Za-z]{2}\Z", required=False)
    website = serializers.URLField(required=False, allow_blank=True, max_length=300)
    notes = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="Nothing about persons."
    )
    is_active = serializers.BooleanField(required=False)


class PartnerNew(PartnerFields):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Partner.Kind.choices)


class PartnerChange(Revised, PartnerFields):
    pass


class MergeShape(Shape):
    duplicate = serializers.CharField(max_length=20, help_text="Code of the one that goes.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class AgreementFields(Shape):
    title = serializers.CharField(required=False, max_length=200)
    starts = serializers.DateField(required=False)
    ends = serializers.DateField(required=False, allow_null=True)
    evidence = DocumentCode(required=False, allow_null=True, help_text="The signed document, as E-0012/1.")
    is_final = serializers.BooleanField(required=False, help_text="Will not be renewed.")


class AgreementNew(AgreementFields):
    title = serializers.CharField(max_length=200)
    starts = serializers.DateField()


class AgreementChange(Revised, AgreementFields):
    pass


class ContactRead(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    position = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    basis = serializers.ChoiceField(choices=PartnerContact.Basis.choices)
    basis_on = serializers.DateField()
    revision = serializers.IntegerField(source="version")


class ContactFields(Shape):
    name = serializers.CharField(required=False, max_length=150)
    position = serializers.CharField(required=False, allow_blank=True, max_length=150)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    basis = serializers.ChoiceField(choices=PartnerContact.Basis.choices, required=False)
    basis_on = serializers.DateField(required=False)


class ContactNew(ContactFields):
    name = serializers.CharField(max_length=150)
    basis = serializers.ChoiceField(
        choices=PartnerContact.Basis.choices, help_text="Legal basis (GDPR art. 6.1)."
    )
    basis_on = serializers.DateField()


class ContactChange(Revised, ContactFields):
    pass


class ParticipationRead(Shape):
    id = serializers.UUIDField()
    partner = PartnerCode()
    name = serializers.CharField(source="partner.name")
    microcredential = serializers.CharField(source="microcredential.code")
    role = serializers.ChoiceField(choices=Participation.Role.choices)
    since = serializers.DateField()
    note = serializers.CharField()


class ParticipationNew(Shape):
    partner = PartnerCode()
    role = serializers.ChoiceField(choices=Participation.Role.choices)
    since = serializers.DateField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)


class PartnerView(ApiView):
    access = Access("permission", "partner.view")

    def partner(self, code: str, may: str = "") -> Partner:
        found: Partner = self.found(Partner, "partner.view", may=may, code=code)
        return found

    def told(self, partner: Partner, status: int = 200) -> Response:
        found = Partner.objects.select_related("merged_into").prefetch_related(
            "agreements__evidence__evidence"
        )
        stored = found.get(pk=partner.pk)
        return tagged(Response(PartnerRead(stored).data, status=status), stored.version)


class PartnerList(ListView):
    access = Access("permission", "partner.view")
    writing = "partner.edit"
    serializer_class = PartnerRow
    filterset_class = PartnerFilter

    def rows(self) -> Any:
        return listed(self.request.user).order_by("sort_name", "code")

    @operation("partner_list", answer=PartnerRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "partner_add",
        request=PartnerNew,
        answer=PartnerRead,
        status=201,
        example={"name": "Clúster TIC de Levante", "kind": "employer", "country": "ES"},
    )
    def post(self, request: Request) -> Response:
        made = partners.add_partner(actor=request.user, **self.taken(PartnerNew))
        return tagged(Response(PartnerRead(made).data, status=201), made.version)


class PartnerDetail(PartnerView):
    writing = "partner.edit"

    @operation("partner_read", answer=PartnerRead)
    def get(self, request: Request, code: str) -> Response:
        return self.told(self.partner(code))

    @operation(
        "partner_change",
        request=PartnerChange,
        answer=PartnerRead,
        revised=True,
        example={"revision": 1, "website": "https://www.example.org/"},
    )
    def patch(self, request: Request, code: str) -> Response:
        partner = self.partner(code, may="partner.edit")
        body = self.taken(PartnerChange)
        seen = seen_in(request, body)
        return self.told(partners.change_partner(actor=request.user, partner=partner, seen=seen, **body))


class PartnerMerge(PartnerView):
    """Everything of the duplicate becomes the kept one's, which is that of the address."""

    writing = "partner.merge"

    @operation("partner_merge", request=MergeShape, answer=PartnerRead, example={"duplicate": "P-007"})
    def post(self, request: Request, code: str) -> Response:
        kept = self.partner(code, may="partner.merge")
        body = self.taken(MergeShape)
        duplicate = self.partner(body.pop("duplicate"))
        return self.told(partners.merge_partners(actor=request.user, kept=kept, duplicate=duplicate, **body))


class AgreementList(PartnerView):
    writing = "partner.edit"

    @operation(
        "agreement_add",
        request=AgreementNew,
        answer=AgreementRead,
        status=201,
        example={"title": "Convenio de prácticas", "starts": "2026-01-01", "ends": "2028-12-31"},
    )
    def post(self, request: Request, code: str) -> Response:
        partner = self.partner(code, may="partner.edit")
        body = self.taken(AgreementNew)
        made = partners.save_agreement(actor=request.user, partner=partner, **body)
        return tagged(Response(AgreementRead(made).data, status=201), made.version)


class AgreementDetail(PartnerView):
    writing = "partner.edit"

    @operation(
        "agreement_change",
        request=AgreementChange,
        answer=AgreementRead,
        revised=True,
        example={"revision": 1, "ends": "2030-12-31"},
    )
    def patch(self, request: Request, code: str, pk: UUID) -> Response:
        partner = self.partner(code, may="partner.edit")
        found = partner.agreements.select_related("evidence__evidence").filter(pk=pk).first()
        if found is None:
            raise Http404
        body = self.taken(AgreementChange)
        seen = seen_in(request, body)
        saved = partners.save_agreement(
            actor=request.user, partner=partner, agreement=found, seen=seen, **body
        )
        return tagged(Response(AgreementRead(saved).data), saved.version)


class ContactView(PartnerView):
    """Personal data: for who looks after contacts only."""

    access = Access("permission", "partner.contacts")

    def contact(self, partner: Partner, pk: UUID) -> PartnerContact:
        found = partner.contacts.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class ContactList(ContactView):
    @operation("contact_list", answer=ContactRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        partner = self.partner(code, may="partner.contacts")
        return Response(ContactRead(partner.contacts.all(), many=True).data)

    @operation(
        "contact_add",
        request=ContactNew,
        answer=ContactRead,
        status=201,
        example={"name": "Luis Gil", "basis": "consent", "basis_on": "2026-01-15"},
    )
    def post(self, request: Request, code: str) -> Response:
        partner = self.partner(code, may="partner.contacts")
        made = partners.save_contact(actor=request.user, partner=partner, **self.taken(ContactNew))
        return tagged(Response(ContactRead(made).data, status=201), made.version)


class ContactDetail(ContactView):
    @operation(
        "contact_change",
        request=ContactChange,
        answer=ContactRead,
        revised=True,
        example={"revision": 1, "phone": "600 000 000"},
    )
    def patch(self, request: Request, code: str, pk: UUID) -> Response:
        partner = self.partner(code, may="partner.contacts")
        contact = self.contact(partner, pk)
        body = self.taken(ContactChange)
        seen = seen_in(request, body)
        saved = partners.save_contact(actor=request.user, partner=partner, contact=contact, seen=seen, **body)
        return tagged(Response(ContactRead(saved).data), saved.version)

    @operation("contact_erase", status=204, about="Deletes the person's data (GDPR art. 17).")
    def delete(self, request: Request, code: str, pk: UUID) -> Response:
        partner = self.partner(code, may="partner.contacts")
        partners.erase_contact(actor=request.user, contact=self.contact(partner, pk))
        return Response(status=204)


class PartnerParticipations(PartnerView):
    """Where it takes part, among what the person may see."""

    @operation("partner_participations", answer=ParticipationRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        rows = participations_seen(request.user).filter(partner=self.partner(code))
        rows = rows.select_related("partner", "microcredential")
        return Response(ParticipationRead(rows, many=True).data)


class ParticipationList(MicroCredentialView):
    """Who takes part in a micro-credential."""

    @operation("participation_list", answer=ParticipationRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        found = self.visible(code)
        if not can(request.user, "partner.view"):
            raise Http404
        rows = found.participations.select_related("partner", "microcredential")
        return Response(ParticipationRead(rows, many=True).data)

    @operation(
        "participation_add",
        request=ParticipationNew,
        answer=ParticipationRead,
        status=201,
        example={"partner": "P-003", "role": "design", "since": "2026-01-15"},
    )
    def post(self, request: Request, code: str) -> Response:
        found = self.visible(code)
        require(request.user, "microcredential.edit", found)
        body = self.taken(ParticipationNew)
        made = partners.add_participation(actor=request.user, microcredential=found, **body)
        return Response(ParticipationRead(made).data, status=201)


class ParticipationDetail(MicroCredentialView):
    @operation("participation_remove", status=204, about="The history keeps that it was.")
    def delete(self, request: Request, code: str, pk: UUID) -> Response:
        found = self.visible(code)
        require(request.user, "microcredential.edit", found)
        row = found.participations.select_related("partner", "microcredential__scope").filter(pk=pk).first()
        if row is None:
            raise Http404
        partners.remove_participation(actor=request.user, participation=row)
        return Response(status=204)
