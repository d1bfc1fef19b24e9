package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"path"
	"strings"
)

// target is the package and the name of the function that a call calls, as far as the syntax tells.
func (w *world) target(u *unit, call *ast.CallExpr) (pkg, name string) {
	fun := call.Fun
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.ParenExpr:
		fun = x.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		if o, ok := u.info.Uses[f].(*types.Func); ok && o.Pkg() != nil {
			return o.Pkg().Path(), f.Name
		}
		if o := u.info.Uses[f]; o != nil && o.Parent() == types.Universe {
			return "", f.Name
		}
		return "", "." + f.Name // of a dot import or a variable
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			if p, ok := u.info.Uses[id].(*types.PkgName); ok {
				return p.Imported().Path(), f.Sel.Name
			}
			if u.info.Uses[id] == nil && u.info.Defs[id] == nil {
				if p := u.imported(id); p != "" {
					return p, f.Sel.Name
				}
			}
		}
		return ".method", f.Sel.Name
	}
	return "", ""
}

// imported finds a package that the checker did not, because its name is not the last part of its path.
func (u *unit) imported(id *ast.Ident) string {
	for _, f := range u.files {
		if f.Pos() <= id.Pos() && id.Pos() <= f.End() {
			for _, im := range f.Imports {
				p := strings.Trim(im.Path.Value, "\"`")
				if im.Name == nil && (path.Base(p) == id.Name || strings.Contains(path.Base(p), id.Name)) {
					return p
				}
			}
		}
	}
	return ""
}

func (r *run) call(u *unit, call *ast.CallExpr, en *env, result int) value {
	pkg, name := r.target(u, call)
	arg := func(i int) value {
		if i < len(call.Args) {
			return r.eval(u, call.Args[i], en)
		}
		return value{}
	}
	if isClient(pkg) {
		switch name {
		case "NewDesc":
			return value{kind: desc, d: r.newDesc(u, call, en)}
		case "BuildFQName":
			return str(fqName(arg(0), arg(1), arg(2)))
		case "ExponentialBuckets", "LinearBuckets", "ExponentialBucketsRange":
			return buckets(name, arg(0), arg(1), arg(2))
		case "MergeBuckets", "DefBuckets":
			return value{}
		}
	}
	if makers.MatchString(name) && r.makes(pkg, name) {
		if d := r.newMetric(u, call, name, en); d != nil {
			return value{kind: desc, d: d}
		}
	}
	switch pkg + "." + name {
	case "fmt.Sprintf":
		return r.sprintf(u, call, en)
	case "fmt.Sprint":
		return str(arg(0).text())
	case "strings.Join":
		return r.join(arg(0), arg(1))
	case "strings.ToLower", "strings.ToUpper", "strings.TrimSpace":
		if v := arg(0); v.kind == text && v.exact() {
			return str(map[string]func(string) string{"ToLower": strings.ToLower, "ToUpper": strings.ToUpper, "TrimSpace": strings.TrimSpace}[name](v.s))
		} else if v.kind == text && name == "ToLower" {
			return str(strings.ToLower(v.s))
		}
		return value{}
	case "strings.TrimSuffix", "strings.TrimPrefix", "strings.ReplaceAll", "strings.Replace":
		a, b, c := arg(0), arg(1), arg(2)
		if !(a.kind == text && a.exact() && b.exact()) {
			return value{}
		}
		switch name {
		case "TrimSuffix":
			return str(strings.TrimSuffix(a.s, b.text()))
		case "TrimPrefix":
			return str(strings.TrimPrefix(a.s, b.text()))
		}
		if c.exact() {
			return str(strings.ReplaceAll(a.s, b.text(), c.text()))
		}
		return value{}
	case ".append", "slices.Concat":
		if pkg == "" || pkg == "slices" {
			return r.appendAll(u, call, en, pkg == "slices")
		}
	case ".make", ".new":
		if name == "make" {
			return value{kind: list}
		}
		return value{}
	case "math.Inf":
		return value{}
	case "slices.Clone", "maps.Clone":
		return arg(0)
	}
	if tv, ok := u.info.Types[call.Fun]; ok && tv.IsType() && len(call.Args) == 1 {
		return arg(0)
	}
	if strings.HasSuffix(name, "Opts") || strings.HasSuffix(name, "Labels") {
		if len(call.Args) == 1 && pkg != ".method" {
			return arg(0) // a conversion
		}
	}
	if name == "Seconds" && pkg == ".method" && len(call.Args) == 0 {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if v := r.eval(u, sel.X, en); v.kind == number {
				return value{kind: number, c: constant.BinaryOp(constant.ToFloat(v.c), token.QUO, constant.MakeInt64(1e9))}
			}
		}
		return value{}
	}
	if obj := r.callee(u, call.Fun); obj != nil {
		fn := r.funcs[obj]
		if fn == nil {
			if v := r.eval(u, call.Fun, en); v.kind == function_ {
				fn = v.fn
			}
		}
		if fn != nil {
			return r.inline(fn, u, call, en, result)
		}
	}
	return value{}
}

// inline evaluates what a function of the tree returns to one call.
func (r *run) inline(fn *function, u *unit, call *ast.CallExpr, en *env, result int) value {
	for x := en; x != nil; x = x.caller {
		if x.owner == fn.owner {
			return value{} // recursion
		}
	}
	var options []ast.Expr
	inner := &env{owner: fn.owner, call: call, u: u, caller: en}
	for _, ret := range fn.returns {
		if result >= len(ret.results) {
			continue
		}
		if id, ok := ret.results[result].(*ast.Ident); ok && id.Name == "nil" {
			continue
		}
		if len(fn.returns) > 1 && r.holds(fn.u, ret.guards, inner) == no {
			continue
		}
		options = append(options, ret.results[result])
	}
	if len(options) == 0 {
		return value{}
	}
	return r.eval(fn.u, options[r.choose(call, len(options))], inner)
}

func (r *run) appendAll(u *unit, call *ast.CallExpr, en *env, all bool) value {
	if len(call.Args) == 0 {
		return value{kind: list}
	}
	v := r.eval(u, call.Args[0], en)
	if v.kind == nilValue {
		v = value{kind: list}
	}
	if v.kind != list {
		v = value{kind: list, open: true}
	}
	rest := r.appended(u, call, en)
	if all {
		rest = value{kind: list}
		for _, a := range call.Args[1:] {
			more := r.eval(u, a, en)
			rest.items = append(rest.items, more.items...)
			rest.open = rest.open || more.open || (more.kind != list && more.kind != nilValue)
		}
	}
	return value{kind: list, items: append(append([]value{}, v.items...), rest.items...), open: v.open || rest.open}
}

// appended is what a call of append adds.
func (r *run) appended(u *unit, call *ast.CallExpr, en *env) value {
	v := value{kind: list}
	for i, a := range call.Args[1:] {
		if call.Ellipsis.IsValid() && i == len(call.Args)-2 {
			more := r.eval(u, a, en)
			v.items = append(v.items, more.items...)
			v.open = v.open || more.open || (more.kind != list && more.kind != nilValue)
		} else {
			v.items = append(v.items, value{lazy: a, u: u, env: en})
		}
	}
	return v
}

func (r *run) join(items, sep value) value {
	if items.kind != list {
		return value{}
	}
	var parts []string
	for _, i := range items.items {
		parts = append(parts, r.force(i).text())
	}
	if items.open {
		parts = append(parts, hole)
	}
	return str(strings.Join(parts, sep.text()))
}

func (r *run) sprintf(u *unit, call *ast.CallExpr, en *env) value {
	if len(call.Args) == 0 {
		return value{}
	}
	f := r.eval(u, call.Args[0], en)
	if f.kind != text {
		return value{}
	}
	var b strings.Builder
	n := 1
	for i := 0; i < len(f.s); i++ {
		if f.s[i] != '%' {
			b.WriteByte(f.s[i])
			continue
		}
		i++
		start := i
		for i < len(f.s) && strings.IndexByte("+-# 0123456789.", f.s[i]) >= 0 {
			i++
		}
		if i >= len(f.s) {
			break
		}
		if f.s[i] == '%' {
			b.WriteByte('%')
			continue
		}
		a := hole
		if n < len(call.Args) && i == start && strings.IndexByte("svd", f.s[i]) >= 0 {
			a = r.eval(u, call.Args[n], en).text()
		}
		n++
		b.WriteString(a)
	}
	return str(b.String())
}

func fqName(parts ...value) string {
	name := parts[len(parts)-1].text()
	if name == "" {
		return ""
	}
	var out []string
	for _, p := range parts {
		if s := p.text(); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "_")
}

func float(v value) (float64, bool) {
	if v.kind != number || v.c.Kind() == constant.Bool || v.c.Kind() == constant.String {
		return 0, false
	}
	f, _ := constant.Float64Val(constant.ToFloat(v.c))
	return f, true
}

func num(f float64) value { return value{kind: number, c: constant.MakeFloat64(f)} }

func buckets(name string, a, b, c value) value {
	x, ok1 := float(a)
	y, ok2 := float(b)
	z, ok3 := float(c)
	n := int(z)
	if !ok1 || !ok2 || !ok3 || n < 1 || n > 1000 {
		return value{}
	}
	v := value{kind: list}
	growth := 0.0
	if name == "ExponentialBucketsRange" {
		growth = math.Pow(y/x, 1/float64(n-1))
	}
	for i := 0; i < n; i++ {
		switch name {
		case "ExponentialBucketsRange":
			v.items = append(v.items, num(x*math.Pow(growth, float64(i))))
		case "ExponentialBuckets":
			v.items = append(v.items, num(x))
			x *= y
		default:
			v.items = append(v.items, num(x))
			x += y
		}
	}
	return v
}

func isClient(pkg string) bool {
	return strings.HasSuffix(pkg, "/client_golang/prometheus") || isComponentBase(pkg)
}

func isComponentBase(pkg string) bool { return strings.HasSuffix(pkg, "k8s.io/component-base/metrics") }
