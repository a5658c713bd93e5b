"""The expressions of GitHub workflows, as far as the templates use them: literals, contexts, ! == != && ||, brackets, and
the functions always, success, failure, cancelled, contains, startsWith, endsWith, format. Anything else is an error.

As there: text is compared without case, a missing member is null, && and || give one of their sides, and values of two
types are compared as numbers.
"""
import math
import re

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w-]*)|(?P<mark>==|!=|&&|\|\||[!().,\[\]]))")
PART = re.compile(r"\$\{\{(.*?)\}\}", re.S)


def is_true(value):
    return value not in (None, False, 0, "") and value == value


def to_number(value):
    if value is None:
        return 0
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value or 0)
        except ValueError:
            return math.nan
    return math.nan


def same(left, right):
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return left == right
    return to_number(left) == to_number(right)


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def interpolate(value, context):
    """Text with its ${{ }}; one that is nothing but an expression keeps the value's type."""
    if not isinstance(value, str):
        return value
    whole = PART.fullmatch(value.strip())
    if whole:
        return Evaluator(context).evaluate(whole.group(1))
    return PART.sub(lambda part: text_of(Evaluator(context).evaluate(part.group(1))), value)


class Evaluator:
    def __init__(self, context, state="success"):
        self.context, self.state = context, state
        self.asked_for_state = False
        self.tokens = []

    def evaluate(self, text):
        self.tokens, at = [], 0
        text = text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match, "no expression: %r at %r" % (text, text[at:])
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        value = self.either()
        assert not self.tokens, "behind the expression %r: %r" % (text, self.tokens)
        return value

    def peek(self):
        return self.tokens[0][1] if self.tokens and self.tokens[0][0] in ("mark",) else None

    def expect(self, mark):
        assert self.peek() == mark, "%r is wanted before %r" % (mark, self.tokens)
        self.tokens.pop(0)

    def either(self):
        value = self.both()
        while self.peek() == "||":
            self.tokens.pop(0)
            other = self.both()
            value = value if is_true(value) else other
        return value

    def both(self):
        value = self.equal()
        while self.peek() == "&&":
            self.tokens.pop(0)
            other = self.equal()
            value = other if is_true(value) else value
        return value

    def equal(self):
        value = self.single()
        while self.peek() in ("==", "!="):
            mark = self.tokens.pop(0)[1]
            value = same(value, self.single()) == (mark == "==")
        return value

    def single(self):
        assert self.tokens, "the expression ends too soon"
        if self.peek() == "!":
            self.tokens.pop(0)
            return not is_true(self.single())
        if self.peek() == "(":
            self.tokens.pop(0)
            value = self.either()
            self.expect(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        assert kind == "word", "unexpected %r" % text
        if text in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text]
        return self.call(text) if self.peek() == "(" else self.member(text)

    def member(self, name):
        assert name in self.context, "the runner has no context %r" % name
        value = self.context[name]
        while self.peek() in (".", "["):
            if self.tokens.pop(0)[1] == ".":
                key = self.tokens.pop(0)[1]
            else:
                key = self.either()
                self.expect("]")
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def call(self, name):
        self.expect("(")
        args = []
        while self.peek() != ")":
            args.append(self.either())
            if self.peek() == ",":
                self.tokens.pop(0)
        self.expect(")")
        states = {"always": True, "success": self.state == "success", "failure": self.state == "failure",
                  "cancelled": self.state == "cancelled"}
        if name in states:
            self.asked_for_state = True
            return states[name]
        return FUNCTIONS[name](*args)


FUNCTIONS = {
    "contains": lambda where, what: text_of(what).lower() in ([text_of(x).lower() for x in where] if isinstance(where, list) else
                                                               text_of(where).lower()),
    "startsWith": lambda text, part: text_of(text).lower().startswith(text_of(part).lower()),
    "endsWith": lambda text, part: text_of(text).lower().endswith(text_of(part).lower()),
    "format": lambda form, *args: re.sub(r"\{(\d+)\}", lambda m: text_of(args[int(m.group(1))]), form),
}
