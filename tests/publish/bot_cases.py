"""`stoker bot` against a forge that keeps what is posted. usage: bot_cases.py [CASE ...]"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "hostile")]
sys.dont_write_bytecode = True

import bot_commands  # noqa: E402
import bot_receive  # noqa: E402
import bot_records  # noqa: E402
from run_lib import main  # noqa: E402

if __name__ == "__main__":
    main("bot", bot_receive.CASES + bot_commands.CASES + bot_records.CASES, 4)
