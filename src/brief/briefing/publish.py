"""Write a finished edition's files, the index and the feed to the output folder: phase six.

The files are byte for byte those in the ledger. Each is written atomically, and one that is there
already is left alone. See `compose.py` for what is in them.

Tested in `tests/briefing/test_job.py`.
"""

from brief.briefing import compose
from brief.briefing.ledger import editions
from brief.briefing.render import render_html
from brief.briefing.run_context import Event, Plan, RunContext
from brief.files import cannot_write, write_bytes

N_IN_FEED = 10
"""Editions in the feed: feed readers look more often than once in ten days."""

_REMEDY = (
    "make room, or name another folder with --output; the edition is kept, and the next run"
    " writes it"
)


def write(plan: Plan, context: RunContext) -> None:
    """Write the plan's edition, the index of all editions and their feed.

    Raises:
        StorageError: The folder cannot be written; the edition is kept, and the next run writes
            it.
    """
    morning, folder = plan.morning, plan.morning.output
    names = [f"{plan.date}.{kind}" for kind in ("md", "html", "json")]
    kept = editions.files(context.ledger, plan.date)
    made = {name: kept[name] for name in names}
    made[render_html.INDEX_NAME] = render_html.to_index(
        compose.listings(context), title=morning.title
    )
    made[render_html.FEED_NAME] = render_html.to_atom(
        compose.recent_editions(context, N_IN_FEED), title=morning.title, base_url=morning.base_url
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error, _REMEDY) from error
    for number, (name, text) in enumerate(made.items(), 1):
        write_bytes(folder / name, text.encode(), remedy=_REMEDY)
        context.tell(Event("write", "step", number, len(made)))
    context.tell(Event("write", "result", said=str(folder / names[1])))
