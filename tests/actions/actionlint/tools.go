//go:build tools

// Package tools pins actionlint, which checks the CI templates.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
