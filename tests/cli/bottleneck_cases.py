"""A generator that is the bottleneck says so, and its lateness is in the figures; one that is not, does not.
usage: bottleneck_cases.py"""
import json
import subprocess
import sys
import tempfile

from outputs_lib import STOKER, Target, run_cases, serve

SCRIPT = """
local stoker = require "stoker"
return stoker.load { base_url = "%s", scenarios = { s = { executor = "constant-arrival-rate", rate = %d, duration = "2s",
	graceful_stop = "0s", pre_allocated_vus = 100, exec = function()
		stoker.http.get "/fast"
		local x = 0
		for i = 1, %d do x = x + i %% 7 end
	end } } }
"""


class Ran:
    def __init__(self, folder, url, rate, loops):
        with open(folder + "/script.lua", "w") as file:
            file.write(SCRIPT % (url, rate, loops))
        done = subprocess.run([STOKER, "load", "-q", "--summary-export", "summary.json", "--summary", "full",
                               "script.lua"], cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        self.text = done.stdout
        with open(folder + "/summary.json") as file:
            self.metrics = json.load(file)["metrics"]


def a_generator_that_cannot_keep_up_says_so(folder, url):
    """And its lateness is in the figures beside k6's: no coordinated omission."""
    ran = Ran(folder, url, 50, 2000000)  # each iteration needs more CPU than the 20 ms it has
    assert "GENERATOR" in ran.text and "The generator was the bottleneck" in ran.text, ran.text
    assert "starts were late" in ran.text, ran.text
    late, response, own = (ran.metrics[name] for name in ("iteration_lateness", "iteration_response",
                                                          "iteration_duration"))
    assert late["max"] > 20, late
    assert response["avg"] > own["avg"] and response["max"] > own["min"] + late["min"], (response, own, late)


def one_with_little_to_do_does_not(folder, url):
    """On a machine that is busy with other things it may be late, and then says so: it has some tries."""
    assert any("GENERATOR" not in Ran(folder, url, 5, 1).text for _ in range(8))


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        failed = run_cases([a_generator_that_cannot_keep_up_says_so, one_with_little_to_do_does_not], folder, url)
    server.shutdown()
    sys.exit(failed)


main()
