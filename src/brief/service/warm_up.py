"""Invented articles that the service summarizes at start, to measure its rate.

They have the length of a typical news article. They share one topic and differ only in their
order of paragraphs, since only time is measured.

Tested in `tests/service/test_app.py`.
"""

_PARAGRAPHS = """
The council of Marrow Bay voted on Tuesday to rebuild the north quay before the winter of next year.
The work will cost 14 million pounds, of which the port pays a third.
Engineers found in March that storms had washed out the ground below the old wall.
Two cranes have stood still since then, and larger ships have gone to Tallis instead.
“We lost forty jobs in one season,” said Ines Corvall, who speaks for the dock workers.
The harbour master, Piet Ruland, said that the new wall would stand for eighty years.
It will be built of steel and not of stone, because divers can repair it while ships load.
Critics on the council asked why the port had not set money aside after the flood of 2011.
Its chairwoman answered that the fund had been spent on dredging, as the region had demanded.
A first offer by a builder from the capital was turned down in August as too dear.
The second one came from a firm that had rebuilt the ferry pier at Osk within nine months.
Fishermen will have to land their catch at the south quay while the work goes on.
Their cooperative wants ice and electricity there before the boats move.
The council promised both by the end of February, and a bus for the night shift.
Residents of Lantern Street complained that lorries would pass their school every four minutes.
A road across the old railway yard could spare them, but it would need the company’s consent.
The company said on Wednesday that it would answer within two weeks.
Economists at the university expect that every pound spent will bring back nearly two.
They counted ships that now pass by, hotels, and the fees that the port no longer earns.
Others doubt the figure, since trade along the coast has fallen for three years in a row.
The regional government must still agree, and it has set its meeting for 9 December.
If it does, the first piles will be driven in the spring, when the herons have left the marsh.
""".strip().split("\n")

WARM_UP = tuple("\n\n".join(_PARAGRAPHS[n:] + _PARAGRAPHS[:n]) for n in (0, 7, 14))
"""The articles, in the order in which they are summarized."""
