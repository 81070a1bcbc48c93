"""The store on PostgreSQL: what differs from the other engine, and what must not."""

from __future__ import annotations

import pytest

from helpdesk.errors import BadConfig
from helpdesk.store.opening import open_store
from tests.engines import Engine, fresh_store
from tests.store.calls import happened, names, put


async def test_a_verb_runs_on_either_engine(engine: Engine) -> None:
    """A row that was written is read, and the log counts on."""
    async with open_store(fresh_store()) as store:
        assert await store.write(put, "one") == "one"
        assert await store.read(names) == {"one"}
        assert await store.write(happened) == 1


@pytest.mark.full
async def test_an_url_that_can_t_be_read_shows_no_password() -> None:
    """Nor does a wrong scheme."""
    from helpdesk.store.postgres import open_store as opened

    for url in ("mysql://ana:secret@db.example/x", "postgresql://ana:se/cret@:host:port/x?y"):
        with pytest.raises(BadConfig) as caught:
            async with opened(url):
                pass
        assert "secret" not in str(caught.value)
        assert "se/cret" not in str(caught.value)
