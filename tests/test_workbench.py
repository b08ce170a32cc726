"""The workbench's door and shell: address, token, origin, pages, and what it refuses to start on."""

import subprocess
import sys

import pytest
from workbench import running, segmented


@pytest.fixture(scope="module")
def bench(module_project):
    segmented(module_project)
    with running(module_project) as opened:
        yield opened


def test_label__prints_an_address_with_a_token_that_opens(bench):
    assert bench.address.startswith("http://127.0.0.1:") and len(bench.token) >= 20
    status, page = bench.request(f"/?token={bench.token}", token=False)
    assert status == 200 and "trial" in page


@pytest.mark.parametrize("path", ["/", "/api/passage", "/static/workbench.css", "/codes.css"])
def test_guard__refuses_what_has_no_token(bench, path):
    assert bench.request(path, token=False)[0] == 403
    assert bench.request(f"{path}?token=wrong", token=False)[0] == 403
    assert bench.request(path)[0] == 200


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Sec-Fetch-Site": "same-site"}])  # fmt: skip
def test_guard__refuses_other_origins_even_with_the_token(bench, headers):
    assert bench.request("/api/passage", headers=headers)[0] == 403
    assert bench.request("/api/labels", body={}, headers=headers)[0] == 403


def test_guard__refuses_another_host_name(bench):
    assert bench.request("/", headers={"Host": "evil.example"})[0] == 400


def test_saving__takes_only_json(bench):
    assert bench.request("/api/labels", body={}, headers={"Content-Type": "text/plain"})[0] == 400


@pytest.mark.parametrize("coder", ["adjudicated", "../anna", "Anna", ""])
def test_label__refuses_a_name_that_cannot_name_a_file(module_project, coder):
    done = module_project.call("label", "--study", module_project.study_file, "--coder", coder, "--no-browser")
    assert done.exit_code == 1 and "cannot name a coder" in done.stderr


def test_label__without_passages_says_what_to_run(project):
    done = project.call("label", "--study", project.study_file, "--coder", "anna", "--no-browser")
    assert done.exit_code == 1 and "policycode run" in done.stderr


def test_label__opens_without_waiting_for_the_heavy_libraries():
    code = "import sys, pipeline.cli, pipeline.workbench.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "pandas", "spacy", "sklearn", "lxml", "openpyxl"} & set(done.stdout.split())
