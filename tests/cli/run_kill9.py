"""kill -9 of `stoker run` at random moments: what it measured can be read, what it started is gone."""
import glob
import os
import random
import time

import run_lib

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 31))
RNG = random.Random(SEED)
MOMENTS = [RNG.uniform(0, 11) for _ in range(10)]  # seconds after the record was begun; a whole run takes 15 and more


def kill_at(number, seconds):
    def case(at):
        process = at.start_fake("--pairs", "2", "--block", "2s", "--warmup", "2s")
        at.until_there(process, lambda: glob.glob(at.dir + "/.stoker/runs/*/run.json"))
        time.sleep(seconds)
        assert process.poll() is None, "it ended before it was killed"
        process.kill()
        process.wait()
        at.check_nothing_left(grace=5)
        at.check_report("PARTIAL", "stoker ended without finishing")
    case.__name__ = "kill_%d_after_%.2f_s" % (number, seconds)
    return case


print("seed %d" % SEED, flush=True)
run_lib.main("test_run_kill9", [kill_at(number, seconds) for number, seconds in enumerate(MOMENTS, 1)], at_once=5)
