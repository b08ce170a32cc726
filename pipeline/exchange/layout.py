"""What stands in the columns of a sheet that people fill in, for its writer and its reader alike."""

from __future__ import annotations

ID, KEY, COMMENT = "id", "key", "comment"
REST, VERDICT = "the rest", "verdict"
AS_CODED, CORRECTED, NO = "as coded", "corrected", "no"
ANSWERS = ("yes", "no", "yes?", "no?")
SHOWN = frozenset({ID, KEY, "document_id", "title", "speaker", "date", "text", "coded", "hits"})  # of review and labelling sheets

VERDICT_HELP = (
    f"“{AS_CODED}” where every code of the row is right. Where one is wrong, set it to 0 or 1 in its column and write “{CORRECTED}”. "
    "Rows without a verdict are left alone. `policycode import <this file> --coder <name>` takes it back."
)
ANSWER_HELP = "yes or no: does the code hold? yes? and no? where you are unsure."
REST_HELP = f"What of the codes left empty in this row: “{NO}” (none holds) or “{AS_CODED}” (as the machine coded it)."
BLIND_REST_HELP = f"“{NO}” where none of the codes left empty in this row holds."
