"""What CI servers read: the formats, the gate, the action's own steps, and the scripts of `docs/adoption.md`."""

import json
import os
import re
import shutil
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import yaml
from tools import ENVIRONMENT, QUELL, ROOT, append, commit, edit, git, quell, run, shop

ADOPTION = (ROOT / "docs" / "adoption.md").read_text()
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())


class Formats(unittest.TestCase):
    """Of the shop's findings, and of none."""

    def setUp(self):
        self.shop = self.enterContext(shop())

    def printed(self, form, *more):
        return quell(self.shop, "check", "--format", form, "--fail-on", "never", *more).stdout

    def test_junit_has_a_failed_test_for_each_finding(self):
        root = ElementTree.fromstring(self.printed("junit"))
        self.assertEqual((root.tag, root.get("tests"), root.get("failures")), ("testsuites", "22", "22"))
        counts = [(suite.get("failures"), len(suite)) for suite in root]
        self.assertTrue(all(int(count) == cases for count, cases in counts), counts)
        case = next(case for case in root.iter("testcase") if case.get("file") == "catalog/cards.py")
        self.assertEqual(case.get("name"), "related-query-per-row at 11:38")
        self.assertEqual(case[0].get("type"), "critical")
        self.assertIn("catalog/cards.py:11:38: `product.tags.all()` queries the catalog.Tag rows once", case[0].text)
        quell(self.shop, "baseline")
        root = ElementTree.fromstring(self.printed("junit"))
        self.assertEqual([(case.get("name"), len(case)) for case in root.iter("testcase")], [("no findings", 0)])

    def test_gitlab_has_the_fields_that_its_report_requires(self):
        issues = json.loads(self.printed("gitlab"))
        self.assertEqual(len({issue["fingerprint"] for issue in issues}), 22)
        for issue in issues:
            self.assertIn(issue["severity"], {"info", "minor", "major", "critical", "blocker"})
            self.assertTrue((self.shop / issue["location"]["path"]).is_file())
            self.assertGreater(issue["location"]["lines"]["begin"], 0)
            self.assertTrue(issue["description"] and issue["check_name"])
        quell(self.shop, "baseline")
        self.assertEqual(json.loads(self.printed("gitlab")), [])

    def test_a_summary_is_one_line_and_says_what_the_exit_code_says(self):
        cases = [
            (["--fail-on", "critical"], 1, "quell fails: 7 at or above critical; 22 findings ("),
            (["--fail-on", "critical", "--max", "7"], 0, "quell passes: 7 at or above critical, at most 7 may be; 22"),
            (["--fail-on", "critical", "--max", "6"], 1, "quell fails: 7 at or above critical, at most 6 may be; 22"),
            (["--fail-on", "never"], 0, "quell passes: nothing fails; 22 findings ("),
        ]
        for arguments, status, line in cases:
            done = quell(self.shop, "check", "--format", "summary", *arguments, status=status)
            self.assertTrue(done.stdout.startswith(line), done.stdout)
            self.assertEqual((done.stdout.count("\n"), done.stderr), (1, ""))

    def test_a_file_takes_the_report_and_the_summary_is_printed(self):
        done = quell(self.shop, "check", "--format", "junit", "--output-file", "report.xml", status=1)
        self.assertRegex(done.stdout, r"^quell fails: .*\n$")
        ElementTree.parse(self.shop / "report.xml")
        done = quell(self.shop, "check", "--output-file", "no/where.txt", status=2)
        self.assertIn("error: `no/where.txt` can't be written", done.stderr)


class Action(unittest.TestCase):
    """The step of `action.yml` that runs quell, as the runner runs it: bash, inputs as variables."""

    def setUp(self):
        self.shop = self.enterContext(shop())
        temporary = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="quell-")))
        (temporary / "quell/bin").mkdir(parents=True)
        shutil.copy(QUELL, temporary / "quell/bin/quell")
        self.summary = temporary / "summary.md"
        self.runner = ENVIRONMENT | {"RUNNER_TEMP": str(temporary), "GITHUB_STEP_SUMMARY": str(self.summary)}

    def run_step(self, **inputs):
        (step,) = [step for step in ACTION["runs"]["steps"] if step["name"] == "Run quell"]
        self.assertLessEqual(set(inputs), set(ACTION["inputs"]))
        values = {name.replace("_", "-"): given["default"] for name, given in ACTION["inputs"].items()} | inputs
        variables = {
            key: values[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1]] for key, text in step["env"].items()
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return run(*shell, folder=self.shop, env=self.runner | variables)

    def test_it_writes_the_log_and_fails_by_the_gate(self):
        done = self.run_step()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(json.loads((self.shop / "quell.sarif").read_text())["runs"][0]["results"]), 22)
        self.assertIn("quell fails: 7 at or above critical", self.summary.read_text())
        self.assertEqual(self.run_step(max="7").returncode, 0)

    def test_paths_arguments_and_revision_are_handed_on(self):
        done = self.run_step(paths="catalog orders", since="HEAD", arguments="--min-confidence high")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("away from changed lines", done.stdout)
        done = self.run_step(arguments="--no-such-flag")
        self.assertEqual(done.returncode, 2, done.stdout)

    def test_a_build_is_kept_by_its_sources(self):
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "version"]
        output = self.shop / "output"
        variables = {"GITHUB_ACTION_PATH": str(ROOT), "GITHUB_OUTPUT": str(output)}
        done = run("bash", "-eo", "pipefail", "-c", step["run"], folder=self.shop, env=self.runner | variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(output.read_text(), r"^sources=[0-9a-f]{16}\n$")

    def test_each_input_of_a_step_is_declared(self):
        text = (ROOT / "action.yml").read_text()
        self.assertEqual(set(re.findall(r"inputs\.([a-z-]+)", text)), set(ACTION["inputs"]))


class Documents(unittest.TestCase):
    """The workflow files of the documentation are YAML, and their commands run."""

    def blocks(self, language):
        return re.findall(rf"```{language}\n(.*?)```", ADOPTION, re.DOTALL)

    def test_every_yaml_block_can_be_read(self):
        blocks = self.blocks("yaml")
        self.assertGreaterEqual(len(blocks), 3)
        for block in blocks:
            self.assertIsInstance(yaml.safe_load(block), dict, block)

    def test_the_inputs_of_the_workflow_are_those_of_the_action(self):
        workflows = [yaml.safe_load(block) for block in self.blocks("yaml") if "jobs:" in block]
        steps = [step for flow in workflows for job in flow["jobs"].values() for step in job["steps"]]
        used = [step for step in steps if "quell" in step.get("uses", "")]
        self.assertTrue(used)
        for step in used:
            self.assertLessEqual(set(step.get("with", {})), set(ACTION["inputs"]))

    def test_the_hooks_of_the_document_are_those_of_the_file(self):
        known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        configs = [yaml.safe_load(block) for block in self.blocks("yaml") if "hooks:" in block]
        used = {hook["id"] for config in configs for repo in config["repos"] for hook in repo["hooks"]}
        self.assertTrue(used and used <= known, used)

    def test_what_the_document_shows_is_what_quell_prints(self):
        shown = re.findall(r"```text\n\$ (quell [^\n]*)\n(.*?)```", ADOPTION, re.DOTALL)
        self.assertGreaterEqual(len(shown), 2)
        with shop() as folder:
            for command, text in shown:
                arguments = command.split()[1:]
                printed = run(QUELL, *arguments, folder=folder, env=ENVIRONMENT | {"COLUMNS": "80"}).stdout
                self.assertEqual(printed[: len(text.removesuffix("…\n"))], text.removesuffix("…\n"))
            quell(folder, "baseline")
            written = (folder / "quell-baseline.json").read_text()
            for line in re.search(r"```json\n(.*?)```", ADOPTION, re.DOTALL)[1].splitlines():
                self.assertIn(line, written)

    def test_the_commands_of_the_gates_run(self):
        """Each command of a GitLab job or a shell block, in a branch that adds a critical N+1."""
        jobs = [yaml.safe_load(block) for block in self.blocks("yaml") if "artifacts:" in block]
        commands = [
            line for flow in jobs for job in flow.values() for line in job["script"] if line.startswith("quell")
        ]
        commands += [
            line for block in self.blocks("sh") for line in block.splitlines() if line.startswith("quell check")
        ]
        self.assertGreaterEqual(len(commands), 4, commands)
        path = f"{QUELL.parent}{os.pathsep}{os.environ['PATH']}"
        variables = {"PATH": path, "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}
        for command in commands:
            with self.subTest(command), shop() as folder:
                quell(folder, "baseline")
                commit(folder, "the baseline")
                git(folder, "switch", "--quiet", "--create", "feature")
                git(folder, "branch", "origin/main", "main")
                edit(folder / "orders/views.py", "import Customer, Order\n", "import Customer, Order, OrderLine\n")
                append(
                    folder / "orders/views.py",
                    "\n\ndef names(request):\n    found = OrderLine.objects.all()\n"
                    "    return JsonResponse({'names': [line.product.name for line in found]})\n",
                )
                git(folder, "add", "--all")
                done = run("bash", "-c", command, folder=folder, env=ENVIRONMENT | variables)
                expected = 0 if re.search("never|--prune|--max", command) else 1
                self.assertEqual(done.returncode, expected, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
