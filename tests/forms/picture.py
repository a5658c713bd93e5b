"""A comment as GitHub shows it, as a PNG: picture.py COMMENT.md light|dark OUT.png CSS_FOLDER [open]

CSS_FOLDER is that of the npm package github-markdown-css 5.9.0; `open` opens the folds. Needs chromium.
"""
import os
import re
import subprocess
import sys
import tempfile

import cmarkgfm
from cmarkgfm.cmark import Options

PAGE = """<!doctype html><meta charset="utf-8"><style>%s
body { margin: 0; padding: 16px; box-sizing: border-box; width: 860px; background: var(--bgColor-default, %s) }
.box { border: 1px solid var(--borderColor-default); border-radius: 6px; padding: 16px }</style>
<body class="markdown-body"><div class="box markdown-body">%s</div>"""


def main(comment, scheme, out, css, *more):
    with open(comment) as file:
        text = file.read()
    with open(os.path.join(css, "github-markdown-%s.css" % scheme)) as file:
        style = file.read()
    # in comments GitHub breaks lines where the text does
    body = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS)
    if more:
        body = body.replace("<details>", "<details open>")
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.html")
        with open(page, "w") as file:
            file.write(PAGE % (style, "#0d1117" if scheme == "dark" else "#fff", body))
        args = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--user-data-dir=" + folder, "--virtual-time-budget=2000"]
        height = 900
        probe = os.path.join(folder, "probe.html")
        with open(page) as file:
            source = file.read()
        with open(probe, "w") as file:
            file.write(source + "<script>document.title = 'h' + document.querySelector('.box').getBoundingClientRect().bottom</script>")
        dom = subprocess.run([*args, "--window-size=860,900", "--dump-dom", "file://" + probe], capture_output=True, text=True, timeout=60).stdout
        found = re.search(r"<title>h([0-9.]+)", dom)
        height = int(float(found.group(1))) + 17 if found else height
        subprocess.run([*args, "--window-size=860,%d" % height, "--screenshot=" + out, "file://" + page], capture_output=True, timeout=60, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
