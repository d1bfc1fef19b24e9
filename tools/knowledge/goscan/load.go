package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// tree is the source below a root directory: its packages by import path.
type tree struct {
	root  string
	fset  *token.FileSet
	dirs  map[string]string // import path → directory
	asked map[string]bool   // import paths to report on
	files map[string]*ast.File
}

type group struct {
	goos  []string
	files map[string][]string // import path → files
}

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)

func newTree(root, module string, skip []string, with []string) (*tree, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	t := &tree{root: abs, fset: token.NewFileSet(), dirs: map[string]string{}, asked: map[string]bool{}, files: map[string]*ast.File{}}
	if err := t.walk(abs, module, skip, true); err != nil {
		return nil, err
	}
	for _, w := range with {
		p, dir, _ := strings.Cut(w, "=")
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		if err := t.walk(dir, p, nil, false); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *tree) walk(root, module string, skip []string, asked bool) error {
	bases := map[string]string{} // directory → import path
	return filepath.WalkDir(root, func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !e.IsDir() {
			return nil
		}
		rel, _ := filepath.Rel(root, p)
		base := filepath.Base(p)
		if p != root && (base == "vendor" || base == "testdata" || base == "node_modules" || base[0] == '.' || base[0] == '_') {
			return filepath.SkipDir
		}
		for _, s := range skip {
			if rel == s {
				return filepath.SkipDir
			}
		}
		if text, err := os.ReadFile(filepath.Join(p, "go.mod")); err == nil {
			if m := moduleLine.FindSubmatch(text); m != nil {
				bases[p] = string(m[1])
			}
		} else if p == root {
			bases[p] = module
		}
		imp, ok := bases[p]
		if !ok {
			imp = path.Join(bases[filepath.Dir(p)], base)
			bases[p] = imp
		}
		if _, ok := t.dirs[imp]; !ok {
			t.dirs[imp] = p
			t.asked[imp] = asked
		}
		return nil
	})
}

// groups sorts the targets by the files that are built for them: targets with the same files are one group.
func (t *tree) groups(targets, tags []string) []*group {
	var out []*group
	seen := map[string]*group{}
	for _, target := range targets {
		goos, arch, _ := strings.Cut(target, "/")
		if arch == "" {
			arch = "amd64"
		}
		ctx := build.Default
		ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled, ctx.BuildTags = goos, arch, true, tags
		files := map[string][]string{}
		var sign []string
		for imp, dir := range t.dirs {
			entries, err := os.ReadDir(dir)
			if err != nil {
				continue
			}
			for _, e := range entries {
				n := e.Name()
				if e.IsDir() || !strings.HasSuffix(n, ".go") || strings.HasSuffix(n, "_test.go") {
					continue
				}
				if ok, err := ctx.MatchFile(dir, n); err != nil || !ok {
					continue
				}
				full := filepath.Join(dir, n)
				files[imp] = append(files[imp], full)
				sign = append(sign, full)
			}
		}
		sort.Strings(sign)
		key := strings.Join(sign, "\n")
		if g, ok := seen[key]; ok {
			g.goos = union(g.goos, []string{goos})
			continue
		}
		g := &group{goos: []string{goos}, files: files}
		seen[key] = g
		out = append(out, g)
	}
	return out
}

// unit is one type-checked package.
type unit struct {
	path  string
	asked bool
	files []*ast.File
	info  *types.Info
	types *types.Package
}

// world is the packages of one group of targets with what the index found in them.
type world struct {
	*tree
	units map[string]*unit
	list  []*unit
	byPkg map[string][]string
	fake  map[string]*types.Package
	cut   int // declarations that have more variants than were looked at
	index
}

func (t *tree) load(files map[string][]string) *world {
	w := &world{tree: t, units: map[string]*unit{}, byPkg: files, fake: map[string]*types.Package{}}
	var paths []string
	for imp := range files {
		paths = append(paths, imp)
	}
	sort.Strings(paths)
	for _, imp := range paths {
		w.check(imp)
	}
	w.build()
	return w
}

// Import implements types.Importer: packages of the tree from source, all others as empty ones.
func (w *world) Import(imp string) (*types.Package, error) {
	if imp == "unsafe" {
		return types.Unsafe, nil
	}
	if len(w.byPkg[imp]) > 0 {
		if u := w.check(imp); u.types != nil {
			return u.types, nil
		}
	}
	if p, ok := w.fake[imp]; ok {
		return p, nil
	}
	p := types.NewPackage(imp, packageName(imp))
	p.MarkComplete()
	w.fake[imp] = p
	return p, nil
}

var version = regexp.MustCompile(`^v[0-9]+$`)

func packageName(imp string) string {
	base := path.Base(imp)
	if version.MatchString(base) {
		base = path.Base(path.Dir(imp))
	}
	base, _, _ = strings.Cut(base, ".")
	base = strings.TrimPrefix(base, "go-")
	base = strings.TrimSuffix(base, "-go")
	return strings.ReplaceAll(base, "-", "_")
}

func (w *world) check(imp string) *unit {
	if u, ok := w.units[imp]; ok {
		return u
	}
	u := &unit{path: imp, asked: w.asked[imp], info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}}
	w.units[imp] = u
	name := ""
	for _, f := range w.byPkg[imp] {
		parsed, ok := w.files[f]
		if !ok {
			parsed, _ = parser.ParseFile(w.fset, f, nil, parser.SkipObjectResolution)
			w.files[f] = parsed
		}
		if parsed == nil || parsed.Name == nil {
			continue
		}
		if name == "" || parsed.Name.Name == name {
			name = parsed.Name.Name
			u.files = append(u.files, parsed)
		}
	}
	conf := types.Config{Importer: w, FakeImportC: true, Error: func(error) {}, IgnoreFuncBodies: false, DisableUnusedImportCheck: true}
	func() {
		defer func() { _ = recover() }()
		u.types, _ = conf.Check(imp, w.fset, u.files, u.info)
	}()
	w.list = append(w.list, u)
	return u
}
