// Command goscan lists the Prometheus metrics that Go source declares, without building it.
//
// It parses the packages below a directory, type-checks them once for each platform as far as that is possible
// without their dependencies, follows names, labels and bounds through constants, variables, tables, struct fields
// and helper functions, and prints one JSON object a line for each declaration.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
)

const defaultTargets = "linux/amd64,linux/arm64,linux/arm,linux/ppc64le,linux/s390x,windows/amd64,darwin/amd64," +
	"darwin/arm64,freebsd/amd64,openbsd/amd64,netbsd/amd64,dragonfly/amd64,solaris/amd64,aix/ppc64"

// Declaration is one metric as the source declares it. Texts of help are never part of it.
type Declaration struct {
	Name        string              `json:"name"`
	Dynamic     bool                `json:"dynamic,omitempty"` // the name is made at run time: see pattern
	Pattern     string              `json:"pattern,omitempty"` // the name with * for each unknown part
	Prefix      string              `json:"prefix,omitempty"`  // of a dynamic name: what stands before the first *
	Type        string              `json:"type"`
	Types       []string            `json:"types,omitempty"` // when several
	Labels      []string            `json:"labels"`          // null when not known
	LabelsOpen  bool                `json:"labels_open,omitempty"`
	Optional    []string            `json:"optional,omitempty"` // labels added only in some branch
	ConstLabels map[string]*string  `json:"const_labels,omitempty"`
	ConstOpen   bool                `json:"const_open,omitempty"`
	Values      map[string][]string `json:"values,omitempty"` // label values that constant metrics are given, null when unknown
	Buckets     []string            `json:"buckets"`          // null when not known
	Quantiles   []string            `json:"quantiles"`        // null when not known
	Native      string              `json:"native,omitempty"` // "true" or "only"
	Stability   string              `json:"stability,omitempty"`
	Deprecated  string              `json:"deprecated,omitempty"`
	HelpUnit    string              `json:"help_unit,omitempty"` // a unit's word found in the help
	HasHelp     bool                `json:"has_help,omitempty"`
	File        string              `json:"file"`
	Line        int                 `json:"line"`
	Package     string              `json:"package"`
	Kind        string              `json:"kind"` // the function called: NewDesc, NewCounterVec …
	GOOS        []string            `json:"goos"`
}

func (d *Declaration) key() string {
	c := *d
	c.GOOS, c.Type, c.Types, c.Values = nil, "", nil, nil
	b, _ := json.Marshal(&c)
	return string(b)
}

type stringsFlag []string

func (s *stringsFlag) String() string     { return strings.Join(*s, ",") }
func (s *stringsFlag) Set(v string) error { *s = append(*s, v); return nil }

func main() {
	targets := flag.String("targets", defaultTargets, "platforms, GOOS/GOARCH, comma separated")
	tags := flag.String("tags", "", "further build tags, comma separated")
	module := flag.String("module", "", "module path of the directory when it has no go.mod")
	skip := flag.String("skip", "", "directories to leave out, relative to the root, comma separated")
	only := flag.String("only", "", "report only declarations in these directories, comma separated")
	var with stringsFlag
	flag.Var(&with, "with", "PATH=DIR of a module to resolve imports with (not reported); may repeat")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: goscan [flags] DIR")
		os.Exit(2)
	}
	tree, err := newTree(flag.Arg(0), *module, split(*skip), with)
	if err != nil {
		fmt.Fprintln(os.Stderr, "goscan:", err)
		os.Exit(1)
	}
	found := map[string]*Declaration{}
	for _, group := range tree.groups(split(*targets), split(*tags)) {
		w := tree.load(group.files)
		for _, d := range w.declarations() {
			if !within(d.File, split(*only)) {
				continue
			}
			k := d.key()
			old, ok := found[k]
			if !ok {
				found[k] = d
				d.GOOS = group.goos
				continue
			}
			old.GOOS = union(old.GOOS, group.goos)
			old.setTypes(union(old.allTypes(), d.allTypes()))
			old.Values = unionValues(old.Values, d.Values)
		}
	}
	all := make([]*Declaration, 0, len(found))
	for _, d := range found {
		all = append(all, d)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		if a.Name != b.Name {
			return a.Name < b.Name
		}
		return a.key() < b.key()
	})
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, d := range all {
		if err := enc.Encode(d); err != nil {
			fmt.Fprintln(os.Stderr, "goscan:", err)
			os.Exit(1)
		}
	}
}

func within(file string, dirs []string) bool {
	if len(dirs) == 0 {
		return true
	}
	for _, d := range dirs {
		if file == d || strings.HasPrefix(file, strings.TrimSuffix(d, "/")+"/") {
			return true
		}
	}
	return false
}

func split(s string) []string {
	var out []string
	for _, p := range strings.Split(s, ",") {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func union(a, b []string) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, s := range append(append([]string{}, a...), b...) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

func unionValues(a, b map[string][]string) map[string][]string {
	if a == nil {
		return b
	}
	for k, v := range b {
		old, ok := a[k]
		switch {
		case !ok:
			a[k] = v
		case old == nil || v == nil:
			a[k] = nil
		default:
			a[k] = union(old, v)
		}
	}
	return a
}
