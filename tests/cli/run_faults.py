"""`stoker run` when something fails: interrupts, services, profiles, disk, ports. usage: run_faults.py [CASE ...]"""
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess

import run_lib
from run_lib import check_code, check_message

SHORT = ["--pairs", "1", "--block", "2s", "--warmup", "2s"]


def interrupt(case, when, times, *args):
    """Signal a run as soon as it says `when`."""
    process = case.start_fake(*args)
    if when:
        case.until(process, when)
    else:  # a service is being started
        case.until_there(process, lambda: any("fake_service.py" in line for _, line in case.processes()))
    for _ in range(times):
        process.send_signal(signal.SIGINT)
    return case.end(process, timeout=60)


def pid_of(case, side):
    """The python process of a side, not the shell or guard around it."""
    pids = [pid for pid, line in case.processes() if line.startswith("python3 ") and line.split()[4] == side]
    assert len(pids) == 1, case.processes()
    return pids[0]


def interrupted_in_the_start(case):
    for times in (1, 2):
        result = interrupt(case, None, times, "-e", "FAULT_HEAD=late=30", *SHORT)
        check_code(result, 130)
        check_message(result, "interrupted")
        case.check_nothing_left()


def interrupted_in_the_warm_up(case):
    for times in (1, 2):
        result = interrupt(case, "warm-up: both sides", times, *SHORT)
        check_code(result, 130)
        assert "PARTIAL" in result.out and "warm-up" in result.out, result.out
        case.check_report("PARTIAL")
        case.check_nothing_left()
        shutil.rmtree(case.dir + "/.stoker")


def interrupted_once_in_the_pairs(case):
    result = interrupt(case, "now base", 1, "--pairs", "5", "--block", "2s", "--warmup", "2s")
    check_code(result, 130)
    assert result.err.count("stopping after this block; again to stop now") == 1, result.err
    assert "PARTIAL" in result.out and "interrupted" in result.out, result.out
    run = case.record()
    blocks = [window for window in run["windows"] if window["kind"] == "block"]
    assert 1 <= len(blocks) <= 3 and run["planned_pairs"] == 5, blocks
    assert any(item["side"] == "base" for item in run["slices"]), "no slices were taken"
    case.check_report("PARTIAL", "interrupted")


def interrupted_twice_in_the_pairs(case):
    """Two signals at once may come as one: the second is sent when the first was heard. The block would last longer
    than this waits."""
    process = case.start_fake("--pairs", "5", "--block", "120s", "--warmup", "2s")
    case.until(process, "now base")
    process.send_signal(signal.SIGINT)
    case.until(process, "again to stop now")
    process.send_signal(signal.SIGINT)
    result = case.end(process, timeout=60)
    check_code(result, 130)
    case.check_report("PARTIAL", "interrupted")


def interrupted_in_the_slices(case, times):
    process = case.start_fake(*SHORT)
    case.until(process, "now base")
    for side in ("base", "head"):
        os.kill(pid_of(case, side), signal.SIGUSR1)  # its last slices will not come
    case.until(process, "pairs: 1 of 1")
    for _ in range(times):
        process.send_signal(signal.SIGINT)
    return case.end(process, timeout=60)


def interrupted_once_in_the_slices(case):
    result = interrupted_in_the_slices(case, 1)
    check_code(result, 130)
    assert "taking the profiles that are there" in result.err, result.err
    assert "did not come" not in result.err, result.err  # no side was waited for any more
    case.check_report("PARTIAL", "interrupted")


def interrupted_twice_in_the_slices(case):
    result = interrupted_in_the_slices(case, 2)
    check_code(result, 130)
    case.check_report("PARTIAL", "interrupted")


def service_dies(case, when):
    process = case.start_fake(*SHORT)
    case.until(process, when)
    os.kill(pid_of(case, "head"), signal.SIGKILL)
    result = case.end(process, timeout=60)
    check_code(result, 3)
    check_message(result, "service 'head'", "listening on")
    case.check_report("PARTIAL", "service 'head'")


def service_dies_in_the_warm_up(case):
    service_dies(case, "warm-up: both sides")


def service_dies_in_a_block(case):
    service_dies(case, "now base")


def service_dies_before_it_is_ready(case):
    result = case.fake("-e", "FAULT_BASE=late=1 die=0 bad", *SHORT)
    check_code(result, 3)
    check_message(result, "service 'base'", "ValueError")


def service_ends_as_told(case):
    result = case.fake("-e", "FAULT_HEAD=die=3", *SHORT)
    check_code(result, 3)
    check_message(result, "service 'head'", "7", "going down as told")


def service_goes_deaf(case):
    process = case.start_fake(*SHORT)
    case.until(process, "now base")
    os.kill(pid_of(case, "head"), signal.SIGSTOP)
    result = case.end(process, timeout=100)
    assert result.code in (0, 99), result.code
    assert "had to be killed" in result.err, result.err
    assert sum(block["failed"] for block in case.record()["windows"] if block["side"] == "head") > 0
    case.check_report()


def service_is_never_ready(case):
    result = case.fake("-e", "FAULT_HEAD=deaf=0", "-e", "READY=2s", *SHORT)
    check_code(result, 3)
    check_message(result, "service 'head'", "listening on", "/healthz")


def program_is_not_there(case):
    result = case.run("run", "fake_load.lua", "--base-cmd", "./nothing-here", "--head-cmd", "./nothing-here", "--rate", "5/s")
    check_code(result, 3)
    check_message(result, "service 'base'", "nothing-here")


def no_profiles(case):
    result = case.fake("-e", "FAULT_HEAD=silent=0", "--profiles-timeout", "2s", *SHORT)
    check_code(result, 3)
    check_message(result, "no profiles", "cpu of head", "stoker_side=\"head\"", "{push_url}")
    case.check_report("PARTIAL", "no profiles")


def one_build(case, service, more=""):
    """A workflow of mode idle over one service or target."""
    case.write("one.lua", """local stoker = require "stoker"
return stoker.workflow { mode = "idle", load = { "fake_load.lua", rate = 5, duration = "1s" }, profiles = "cpu",
  %s, %s }
""" % (service, more))
    return case.run("run", "one.lua")


SERVER = "exec python3 -m http.server {port} --bind 127.0.0.1 --directory %s"


def no_profiles_of_one_build(case):
    service = 'service = stoker.service { start = "%s" }' % (SERVER % case.dir)
    result = one_build(case, service, 'profiles_timeout = "1s"')
    check_code(result, 3)
    check_message(result, "no profiles in 1 s", "cpu of head", "{push_url}")
    case.check_report("PARTIAL", "no profiles")
    shutil.rmtree(case.dir + "/.stoker")
    result = one_build(case, service, 'idle = "1s"')  # does not wait for them
    check_code(result, 3)
    check_message(result, "no profiles in", "nothing came", "idle: 1s without load")
    assert "no hotspots of cpu: no profile type" in " ".join(result.out.split()), result.out
    case.check_report("PARTIAL", "no profiles")


def target_is_not_there(case):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:%d" % probe.getsockname()[1]
        result = one_build(case, 'target = { url = "%s" }' % url)
    check_code(result, 3)
    check_message(result, "target '%s" % url)


def target_that_is_just_being_started(case):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(["sh", "-c", "sleep 1; " + SERVER.format(port=port) % case.dir],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        result = one_build(case, 'target = { url = "http://127.0.0.1:%d" }' % port, 'profiles_timeout = "1s"')
    finally:
        server.kill()
        server.wait()
    check_code(result, 3)
    check_message(result, "no profiles in 1 s")  # so it was there


def mistakes_come_before_the_first_start(case):
    for mistake, text in (('start = "sleep 9 {prot}"', "start: unknown placeholder '{prot}'"),
                          ('start = "sleep 9", stop_signal = "BOO"', "stop_signal 'BOO' is no signal"),
                          ('start = "sleep 9", profile = stoker.scrape "{por}"', "unknown placeholder '{por}'"),
                          ('start = "sleep 9", processes = { { name = "db", start = "x {dri}" } }', "process db")):
        case.write("two.lua", """local stoker = require "stoker"
return stoker.workflow { load = { "fake_load.lua", rate = 5 }, sides = {
  base = stoker.service { build = "touch built", start = "sleep 9" },
  head = stoker.service { %s } } }
""" % mistake)
        result = case.run("run", "two.lua")
        check_code(result, 4)
        check_message(result, "two.lua:4: ", text)
    for mistake, text in (('vuss = 1', "unknown key 'vuss'"), ('thresholds = { http_req_duraton = "max<1" }', "there is no metric"),
                          ('scenarios = { a = { executor = "constant-vu" } }', "unknown value 'constant-vu'")):
        case.write("bad_load.lua", "return { %s, default = print }" % mistake)
        case.write("two.lua", """local stoker = require "stoker"
return stoker.workflow { load = { "bad_load.lua", rate = 5 }, sides = {
  base = stoker.service { build = "touch built", start = "sleep 9" }, head = stoker.service { start = "sleep 9" } } }
""")
        result = case.run("run", "two.lua")
        check_code(result, 4)
        check_message(result, "bad_load.lua: ", text)
    assert not os.path.exists(case.dir + "/built"), "base was built before the mistake of head was told"


def what_a_build_makes_is_found_and_removed(case):
    """{out} without git."""
    service = """service = stoker.service { build = "cp fake_service.py {out}/made.py",
      start = "exec python3 {out}/made.py {port} {push_url} head steady=0", ready = "/healthz" }"""
    result = one_build(case, service, 'idle = "4s"')
    check_code(result, 0)
    assert "HOTSPOTS" in result.out, result.out
    assert not any(name.startswith("out") for name in os.listdir(case.folder())), os.listdir(case.folder())


def unknown_profile_type(case):
    result = case.fake("--profile", "heat", "--profiles-timeout", "2s", *SHORT)
    check_code(result, 3)
    check_message(result, "heat of base", "process_cpu:cpu")


def pyroscope_is_not_there(case):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:%d" % probe.getsockname()[1]
    result = case.fake("--pyroscope", url, "--base-label", "build=base", "--head-label", "build=head", *SHORT)
    check_code(result, 3)
    check_message(result, url)


def with_pyroscope(case, when):
    """A run that reads from a Pyroscope of its own, which dies as soon as the run says `when`."""
    serve = case.start("serve", "--listen", "127.0.0.1:0", "--data", "data")
    case.until(serve, "http://127.0.0.1:")
    url = re.search(r"http://127\.0\.0\.1:\d+", "".join(open(path).read() for path in serve.paths)).group(0)
    command = "exec python3 %s/fake_service.py {port} %s %s steady=0"
    process = case.start("run", "fake_load.lua", "--ready", "/healthz", "--rate", "20/s", "--profile", "cpu",
                         "--base-cmd", command % (case.dir, url, "base"), "--head-cmd", command % (case.dir, url, "head"),
                         "--pyroscope", url, "--service", "fake", "--base-label", "build=base",
                         "--head-label", "build=head", *SHORT)
    case.until(process, when)
    serve.kill()
    serve.wait()
    return url, case.end(process, timeout=120)


def pyroscope_dies(case):
    for when in ("warm-up: both sides", "now base"):
        url, result = with_pyroscope(case, when)
        check_code(result, 3)
        check_message(result, url)
        case.check_report("PARTIAL")
        for left in ("/.stoker", "/data"):
            shutil.rmtree(case.dir + left)


def runs_folder_cannot_be_made(case):
    result = case.fake("--runs", "fake.lua/runs", *SHORT)
    check_code(result, 3)
    check_message(result, "fake.lua/runs")


def disk_is_full_during_the_run(case):
    """Nothing can be written any more beyond 2 KiB a file, from the pairs on."""
    process = case.start_fake(*SHORT, restore_signals=False)
    case.until(process, "now base")
    before = case.record()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (2048, 2048))
    result = case.end(process, timeout=60)
    check_code(result, 3)
    check_message(result, "run.json")
    assert case.record()["id"] == before["id"], "the record was damaged"
    case.check_report("PARTIAL")


def port_is_taken(case):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        case.write("taken.lua", """local stoker = require "stoker"
return stoker.workflow { mode = "idle", load = { "fake_load.lua", rate = 5 }, profiles = "cpu",
  service = stoker.service { url = "http://127.0.0.1:%d", ready = "/healthz",
    start = "exec python3 %s/fake_service.py %d {push_url} head" } }
""" % (port, case.dir, port))
        result = case.run("run", "taken.lua")
    check_code(result, 3)
    check_message(result, "service 'head'", "Address already in use")


def several_runs_at_once_do_not_meet(case):
    first, second = case.start_fake(*SHORT), case.start_fake(*SHORT)
    check_code(case.end(first), 0)
    check_code(case.end(second), 0)
    runs = os.path.join(case.dir, ".stoker", "runs")
    names = [name for name in os.listdir(runs) if not name.startswith(".")]
    ports = {json.load(open(os.path.join(runs, name, "run.json")))[side]["url"] for name in names for side in ("base", "head")}
    assert len(names) == 2 and len(ports) == 4, (names, ports)
    shutil.rmtree(runs)


run_lib.main("test_run_faults", [
    service_goes_deaf, interrupted_in_the_start, interrupted_in_the_warm_up, interrupted_once_in_the_pairs,
    interrupted_twice_in_the_pairs, interrupted_once_in_the_slices, interrupted_twice_in_the_slices,
    service_dies_in_the_warm_up, service_dies_in_a_block, service_dies_before_it_is_ready, service_ends_as_told,
    service_is_never_ready, program_is_not_there, no_profiles, no_profiles_of_one_build,
    target_is_not_there, target_that_is_just_being_started, mistakes_come_before_the_first_start, what_a_build_makes_is_found_and_removed, unknown_profile_type, pyroscope_is_not_there,
    pyroscope_dies,
    runs_folder_cannot_be_made, disk_is_full_during_the_run, port_is_taken, several_runs_at_once_do_not_meet,
], at_once=5)
