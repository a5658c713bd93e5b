# Read core/LAYERS, then sources: every include is spelled from the root and goes down only,
# private headers stay in their room, third-party headers come in through their one door.
function room(p) {
	if (p ~ /^cmd\//) return "cmd"
	sub(/^core\//, "", p); sub(/\/.*/, "", p)
	return p
}
FILENAME == ARGV[1] {
	sub(/#.*/, "")
	if ($1 == "door") { door[$2] = $3; next }
	if (NF) { r = $1; sub(/:$/, "", r); known[r]; for (i = 2; i <= NF; i++) may[r, $i] }
	next
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, q, /[<>]/)
	for (d in door)
		if (index(q[2], d) == 1 && index(FILENAME, door[d]) != 1) {
			print FILENAME ":" FNR ": <" q[2] "> may only be included under " door[d] "*"; bad = 1
		}
	next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, q, "\""); from = room(FILENAME); to = room(q[2])
	if (q[2] !~ /^(core|cmd)\//) { print FILENAME ":" FNR ": \"" q[2] "\" is not spelled from the root"; bad = 1; next }
	if (!(from in known)) { print FILENAME ": room '" from "' is not in core/LAYERS"; bad = 1 }
	if (from != to && !((from, to) in may)) { print FILENAME ":" FNR ": " from " may not include " to; bad = 1 }
	if (from != to && q[2] ~ /_priv\.h$/) { print FILENAME ":" FNR ": private header of " to; bad = 1 }
}
END { exit bad }
