#!/usr/bin/env python3
"""Walks the sandbox HubSpot with HubSpot's own Python client, which nobody here wrote.

    walk.py URL REFRESH_TOKEN CLIENT_ID CLIENT_SECRET

URL is the sandbox's address. Needs the PyPI package `hubspot-sdk` 0.1.0a9. The client validates every answer strictly; as
its types have no room for the `null` that HubSpot answers where a property has no value, only filled ones are asked for.
Ends with 0 when every call did what the client promises, with 1 and the complaint at the first that did not.
"""
import sys

from hubspot_sdk import HubSpot
from hubspot_sdk import APIStatusError

SCOPES = {"oauth", "crm.objects.contacts.read", "crm.schemas.contacts.write"}
LABEL = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


def must(truth, what):
    if not truth:
        raise SystemExit(f"walk: {what}")


def refused(call, status, what):
    """The call must fail with this status."""
    try:
        call()
    except APIStatusError as error:
        must(error.status_code == status, f"{what}: {error.status_code} instead of {status}")
        return error.body
    raise SystemExit(f"walk: {what} was not refused")


def client(url, token=None):
    return HubSpot(access_token=token, base_url=url, max_retries=0, _strict_response_validation=True)


def tokens(url, refresh, app):
    """A token, what it is, and what a wrong one brings."""
    anonymous = client(url)
    made = anonymous.auth.oauth.create_token(grant_type="refresh_token", refresh_token=refresh, **app)
    must(made.token_use == "access_token" and made.expires_in == 1800, "the token answer")
    told = anonymous.auth.oauth.introspect_token(token=made.access_token, token_type_hint="access_token", **app)
    must(told.active and SCOPES <= set(told.scopes), "introspection of an access token")
    told = anonymous.auth.oauth.introspect_token(token=refresh, token_type_hint="refresh_token", **app)
    must(told.active and told.token_use == "refresh_token", "introspection of a refresh token")
    wrong = lambda: anonymous.auth.oauth.create_token(grant_type="refresh_token", refresh_token="x", **app)
    must(refused(wrong, 400, "a wrong refresh token")["status"] == "BAD_REFRESH_TOKEN", "its word")
    return made.access_token


def account(hubspot):
    details = hubspot.account.get()
    must(details.time_zone and details.ui_domain and details.portal_id, "account details")
    users = list(hubspot.settings.users.list(limit=2))
    must({"9001", "9002", "9003", "9"} == {user.id for user in users}, "users over pages")
    must(hubspot.settings.users.get("9001").super_admin, "one user")
    must(len(hubspot.settings.users.list_teams().results) == 2, "teams")


def properties(hubspot):
    of_companies = hubspot.crm.properties
    must(any(p.name == "domain" for p in of_companies.list("companies").results), "the usual properties")
    of_companies.groups.create("companies", name="walk", label="Walk")
    made = of_companies.create(
        "companies", name="walk_key", label="Walk key", group_name="walk", type="string", field_type="text",
        has_unique_value=True,
    )
    must(made.has_unique_value and made.group_name == "walk", "a property made")
    again = lambda: of_companies.create(
        "companies", name="walk_key", label="x", group_name="walk", type="string", field_type="text"
    )
    refused(again, 409, "a property twice")
    of_companies.update("walk_key", object_type="companies", label="Changed")
    must(of_companies.get("walk_key", object_type="companies").label == "Changed", "a property changed")
    read = of_companies.batch.get(
        "companies", archived=False, data_sensitivity="non_sensitive", inputs=[{"name": "walk_key"}, {"name": "name"}]
    )
    must(len(read.results) == 2, "properties in a batch")
    must(any(g.name == "walk" for g in of_companies.groups.list("companies").results), "groups")


def objects(hubspot):
    contacts = hubspot.crm.objects.contacts
    pages = contacts.list(limit=40, properties=["hs_object_id"])
    must(len({one.id for one in pages}) == 66, "all contacts, over pages")
    made = contacts.create(properties={"email": "walk@example.com", "firstname": "Walk"}, associations=[])
    must(made.properties["email"] == "walk@example.com", "a contact made")
    twice = lambda: contacts.create(properties={"email": "WALK@example.com"}, associations=[])
    must(made.id in refused(twice, 409, "an address twice")["message"], "the id of the one that has it")
    contacts.update(made.id, properties={"lastname": "Er"})
    found = contacts.get("walk@example.com", id_property="email", properties=["lastname"], associations=["companies"])
    must(found.id == made.id and found.properties["lastname"] == "Er", "a contact changed")
    total = contacts.search(
        filter_groups=[{"filters": [{"propertyName": "email", "operator": "EQ", "value": "walk@example.com"}]}],
        limit=10, after="0", properties=["email"], sorts=["-createdate"],
    )
    must(total.total == 1, "a search")
    contacts.delete(made.id)
    refused(lambda: contacts.get(made.id), 404, "an archived contact")
    must(contacts.get(made.id, archived=True, properties=["email"]).archived, "an archived contact, asked for")
    merged = contacts.merge(primary_object_id="501", object_id_to_merge="502")
    must(contacts.get("502", properties=["email"]).id == merged.id, "a merged contact's old id")
    contacts.gdpr_delete(object_id="503")
    refused(lambda: contacts.get("503"), 404, "an erased contact")


def batches(hubspot):
    companies = hubspot.crm.objects.companies.batch
    one = lambda name: {"properties": {"name": name}, "associations": [], "objectWriteTraceId": name}
    made = companies.create(inputs=[one("A"), one("B")])
    must({r.object_write_trace_id for r in made.results} == {"A", "B"}, "companies in a batch")
    ids = [r.id for r in made.results]
    changed = companies.update(inputs=[{"id": id, "properties": {"city": "Oslo"}} for id in ids])
    must(all(r.properties["city"] == "Oslo" for r in changed.results), "companies changed in a batch")
    read = companies.get(inputs=[{"id": id} for id in ids], properties=["city"], properties_with_history=[])
    must(len(read.results) == 2, "companies read in a batch")
    put = lambda: companies.upsert(
        inputs=[{"id": "w:1", "idProperty": "walk_key", "properties": {"walk_key": "w:1", "name": "W"}}]
    )
    first, second = put().results[0], put().results[0]
    must(first.new and not second.new and first.id == second.id, "an upsert twice")
    companies.delete(inputs=[{"id": ids[1]}])
    deals = list(hubspot.crm.objects.deals.list(limit=100, properties=["dealname"]))
    must(len(deals) == 5, "deals")
    must(len(list(hubspot.crm.objects.generic_objects.list("0-2", limit=100, properties=["name"]))) > 10, "objects of any type")
    return ids[0]


def associations(hubspot, company):
    bonds = hubspot.crm.associations
    pair = {"from_object_type": "contacts", "from_object_id": "562", "to_object_type": "companies"}
    must(len(bonds.create(company, **pair).results) == 2, "a default association")
    here = {"object_type": "contacts", "object_id": "562", "to_object_type": "companies"}
    bonds.update_labels(company, body=[{**LABEL, "associationTypeId": 1}], **here)
    listed = list(bonds.list("companies", object_type="contacts", object_id="562"))
    must([r.to_object_id for r in listed] == [company], "associations of a contact")
    must({t.type_id for t in listed[0].association_types} == {1, 279}, "their types")
    bonds.delete(company, **here)
    types = {"from_object_type": "contacts"}
    one = {"from": {"id": "562"}, "to": {"id": company}}
    bonds.batch.create("companies", inputs=[{**one, "types": [LABEL]}], **types)
    bonds.batch.create_default("companies", inputs=[one], **types)
    read = bonds.batch.get("companies", inputs=[{"id": "562"}], **types)
    must(read.results[0].to[0].to_object_id == company, "associations in a batch")
    bonds.batch.delete("companies", inputs=[{"from": {"id": "562"}, "to": [{"id": company}]}], **types)
    must(list(bonds.list("companies", object_type="contacts", object_id="562")) == [], "associations cut in a batch")


def leaving(url, hubspot, refresh, app):
    properties = hubspot.crm.properties
    properties.delete("walk_key", object_type="companies")
    properties.groups.delete("walk", object_type="companies")
    hubspot.crm.app_uninstalls.uninstall()
    refused(lambda: hubspot.account.get(), 401, "a call after the uninstall")
    renew = lambda: client(url).auth.oauth.create_token(grant_type="refresh_token", refresh_token=refresh, **app)
    must(refused(renew, 400, "a renewal after the uninstall")["status"] == "BAD_REFRESH_TOKEN", "its word")


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    url, refresh, client_id, client_secret = sys.argv[1:]
    app = {"client_id": client_id, "client_secret": client_secret}
    token = tokens(url, refresh, app)
    hubspot = client(url, token)
    account(hubspot)
    properties(hubspot)
    objects(hubspot)
    associations(hubspot, batches(hubspot))
    leaving(url, hubspot, refresh, app)
    print("walk: no complaint")


if __name__ == "__main__":
    main()
