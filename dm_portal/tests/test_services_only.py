"""Only services write: held by reading the source. test_audit.py holds it while it runs."""

import ast
import re

from django.apps import apps

from dm_portal.tests.source import ROOT, Module, called, last_name, modules, receiver

# Whatever is called so writes rows, whoever is asked. `update` only counts with keywords, as
# querysets take nothing else: dictionaries (but `kwargs`) are updated from a mapping.
WRITERS = {
    *("create", "acreate", "bulk_create", "get_or_create", "update_or_create", "bulk_update"),
    *("save", "asave", "delete", "adelete", "_raw_delete", "_insert", "_update"),
}
RELATION_WRITERS = {"add", "set", "remove", "clear"}
# A trigger that speaks of TRUNCATE empties nothing.
SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+(ONLY\s+)?\S+(\s+(AS\s+)?\w+)?\s+SET|DELETE\s+FROM|COPY\s+\w"
    r"|(?<!BEFORE )TRUNCATE)",
    re.IGNORECASE,
)

# What writes outside services and may. The reason is part of the rule.
EXEMPT = {
    ("dm_portal/people/audit.py", "save"): "the record itself, called by services only",
    ("dm_portal/people/audit.py", "bulk_create"): "the record itself, called by services only",
    ("dm_portal/shell/leases.py", "bulk_create"): "who works says nothing about the work",
    ("dm_portal/shell/leases.py", "update"): "who works says nothing about the work",
    ("dm_portal/shell/leases.py", "delete"): "who works says nothing about the work",
    ("reporting/benchmark/copies.py", "sql"): "rows of a database that is made to be measured",
    ("dm_portal/shell/versions.py", "update"): "optimistic locking, called by services only",
}


def relation_names() -> set[str]:
    """The names under which models reach rows of others: `engagement.pods`, `user.receipts`."""
    labels = ("people", "pods", "engagements", "reporting")
    fields = [
        field
        for label in labels
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields(include_hidden=False)
    ]
    many = [field for field in fields if field.many_to_many or field.one_to_many]
    return {field.get_accessor_name() if field.auto_created else field.name for field in many}


def writes(module: Module) -> set[tuple[str, str]]:
    """(place, what) of every call in a module that writes rows."""
    relations = relation_names()
    found = set()
    for call in module.calls():
        name, on = called(call), last_name(receiver(call))
        if (
            (name in WRITERS and receiver(call) is not None)
            or (name == "update" and call.keywords and on != "kwargs")
            or (name in RELATION_WRITERS and on in relations)
        ):
            found.add((module.at(call), name))
    return found | {(place, "sql") for place in written_sql(module)}


def written_sql(module: Module) -> set[str]:
    """Where a string that is no docstring holds SQL that writes."""
    texts = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        module.at(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in texts
        and SQL.search(node.value)
    }


def test_only_services_write() -> None:
    found = {
        (module.name, what, place)
        for module in modules()
        if not module.is_services
        for place, what in writes(module)
    }
    assert {row for row in found if row[:2] not in EXEMPT} == set()
    assert {row[:2] for row in found} == set(EXEMPT), "an exemption that nobody needs any more"


def test_the_reader_sees_every_way_to_write() -> None:
    source = """
"UPDATE in a docstring is prose: UPDATE pods SET name"
def view(request, form, pod, engagement):
    Pod.objects.create(name="x"); pod.save(); pod.delete(); pod.memberships.all().delete()
    Pod.objects.filter(pk=1).update(name="x"); engagement.pods.add(pod); engagement.pods.set([pod])
    Pod.objects.bulk_create([pod]); Pod.objects.update_or_create(name="x")
    cursor.execute("UPDATE pods_pod SET name = 'x'")
    cursor.execute(f"UPDATE {table} AS pod SET name = 'x'")
    cursor.execute("UPDATE ONLY pods_pod AS pod SET name = 'x'")
    context.update({"pod": pod}); kwargs.update(name="x"); seen = set(); seen.add(pod)
"""
    found = writes(Module(ROOT / "view.py", ast.parse(source)))
    assert sorted(what for _place, what in found) == [
        *("add", "bulk_create", "create", "delete", "save", "set", "sql", "sql"),
        *("update", "update_or_create"),
    ]
