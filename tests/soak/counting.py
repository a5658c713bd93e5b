"""count_server.c built and started: a target that is as fast as the load and counts to the last byte."""
import json
import os
import subprocess
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


def build(folder):
    path = os.path.join(folder, "count_server")
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", path, os.path.join(HERE, "count_server.c")], check=True)
    return path


class Counting:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.lock = threading.Lock()

    def now(self):
        """Its counts so far."""
        with self.lock:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def end(self):
        """Its counts when nothing more comes."""
        with self.lock:
            self.process.stdin.close()
            counts = json.loads(self.process.stdout.readline())
            self.process.wait()
            return counts
