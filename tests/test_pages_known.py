"""Readers find every page: the README names all of them, and pages about one thing lead to each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def _leads_to(page: Path) -> set[str]:
    """The pages in docs/ that a page links to, by their names."""
    return {
        Path(target).name
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if target.endswith(".md") and (page.parent / target).resolve().parent == DOCS
    }


def test_the_readme_names_every_page() -> None:
    """In its last table, each once."""
    table = (ROOT / "README.md").read_text("utf-8").partition("## Read on")[2]
    named = re.findall(r"\[docs/([a-z-]+\.md)\]", table)
    assert sorted(named) == sorted(page.name for page in DOCS.glob("*.md"))


@pytest.mark.parametrize("page", ["backup.md", "data.md", "postgresql.md"])
def test_copies_exports_and_the_database_lead_to_each_other(page: str) -> None:
    """Who makes a copy, takes a library elsewhere, or runs on PostgreSQL needs the other two sooner or later."""
    assert {"backup.md", "data.md", "postgresql.md"} - {page} <= _leads_to(DOCS / page)


@pytest.mark.parametrize("page", ["backup.md", "data.md", "postgresql.md", "roles.md"])
def test_the_operations_page_leads_to_them(page: str) -> None:
    """It is where somebody begins who keeps it running."""
    assert page in _leads_to(DOCS / "operations.md")
