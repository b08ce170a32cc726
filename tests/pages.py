"""What tests of pages share: accessibility findings by axe-core."""

from axe_playwright_python.sync_playwright import Axe


def serious_findings(page):
    """What axe-core finds serious or critical: rule and place."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"][:120]) for rule in found if rule["impact"] in {"serious", "critical"} for node in rule["nodes"]]
