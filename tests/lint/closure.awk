# Print the rooms that room `want` reaches through core/LAYERS (without itself).
/^[a-z]+:/ {
	sub(/#.*/, ""); r = $1; sub(/:$/, "", r)
	below[r] = ""
	for (i = 2; i <= NF; i++) below[r] = below[r] " " $i
}
function walk(r,   n, a, i) {
	n = split(below[r], a, " ")
	for (i = 1; i <= n; i++)
		if (!(a[i] in seen)) { seen[a[i]] = 1; out = out " " a[i]; walk(a[i]) }
}
END { seen[want] = 1; walk(want); print out }
