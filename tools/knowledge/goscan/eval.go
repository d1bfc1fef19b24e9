package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

const hole = "\x00" // an unknown part of a string

type kind int

const (
	unknown kind = iota
	nilValue
	text      // s, with holes
	number    // c
	list      // items, open
	comp      // a composite literal of a struct or a map
	symbol    // s: a name of another package, path.Name
	desc      // d
	function_ // fn
)

type value struct {
	kind     kind
	s        string
	c        constant.Value
	items    []value
	open     bool
	optional bool
	lit      *ast.CompositeLit
	lazy     ast.Expr
	u        *unit
	env      *env
	d        *Declaration
	fn       *function
	obj      types.Object // the variable that holds a map which elements are assigned to
}

// env binds the parameters of a function that is being looked into to the arguments of one call.
type env struct {
	owner  types.Object
	call   *ast.CallExpr
	u      *unit
	caller *env
}

// run is one evaluation under one set of choices: which call site, which row of a table, which assignment.
type run struct {
	*world
	choices map[any]int
	active  map[any]bool
	steps   int
	depth   int
}

type need struct {
	key any
	n   int
}
type exhausted struct{}

const (
	maxRuns  = 12000
	maxSteps = 20000
	maxDepth = 80
)

// enumerate calls f once for each consistent set of choices that it asks for.
func (w *world) enumerate(f func(*run)) {
	stack := []map[any]int{{}}
	runs := 0
	defer func() {
		if len(stack) > 0 {
			w.cut++
		}
	}()
	for ; len(stack) > 0 && runs < maxRuns; runs++ {
		choices := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		r := &run{world: w, choices: choices, active: map[any]bool{}}
		func() {
			defer func() {
				switch p := recover().(type) {
				case nil, exhausted:
				case need:
					for i := p.n - 1; i >= 0; i-- {
						next := make(map[any]int, len(choices)+1)
						for k, v := range choices {
							next[k] = v
						}
						next[p.key] = i
						stack = append(stack, next)
					}
				default:
					panic(p)
				}
			}()
			f(r)
		}()
	}
}

func (r *run) choose(key any, n int) int {
	if n == 1 {
		return 0
	}
	i, ok := r.choices[key]
	if !ok {
		panic(need{key, n})
	}
	if i >= n {
		return n - 1
	}
	return i
}

func str(s string) value { return value{kind: text, s: s} }

func (v value) text() string {
	switch v.kind {
	case text:
		return v.s
	case number:
		if v.c.Kind() == constant.String {
			return constant.StringVal(v.c)
		}
		return v.c.ExactString()
	case nilValue:
		return ""
	}
	return hole
}

func (v value) exact() bool { return v.kind != unknown && !strings.Contains(v.text(), hole) }

func (r *run) eval(u *unit, e ast.Expr, en *env) (v value) {
	r.steps++
	r.depth++
	defer func() { r.depth-- }()
	if r.steps > maxSteps {
		panic(exhausted{})
	}
	if e == nil || r.depth > maxDepth {
		return value{}
	}
	if tv, ok := u.info.Types[e]; ok && tv.Value != nil {
		if tv.Value.Kind() == constant.String {
			return str(constant.StringVal(tv.Value))
		}
		return value{kind: number, c: tv.Value}
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		c := constant.MakeFromLiteral(e.Value, e.Kind, 0)
		if c.Kind() == constant.String {
			return str(constant.StringVal(c))
		}
		return value{kind: number, c: c}
	case *ast.ParenExpr:
		return r.eval(u, e.X, en)
	case *ast.StarExpr:
		return r.eval(u, e.X, en)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return r.eval(u, e.X, en)
		}
		if x := r.eval(u, e.X, en); x.kind == number && (e.Op == token.SUB || e.Op == token.ADD) {
			return value{kind: number, c: constant.UnaryOp(e.Op, x.c, 0)}
		}
	case *ast.BinaryExpr:
		return r.binary(u, e, en)
	case *ast.Ident:
		return r.ident(u, e, en)
	case *ast.SelectorExpr:
		return r.selector(u, e, en)
	case *ast.CompositeLit:
		return r.composite(u, e, en)
	case *ast.SliceExpr:
		return r.eval(u, e.X, en)
	case *ast.IndexExpr:
		return r.element(u, e, en)
	case *ast.CallExpr:
		return r.call(u, e, en, 0)
	case *ast.TypeAssertExpr:
		return r.eval(u, e.X, en)
	case *ast.FuncLit:
		return value{}
	}
	return value{}
}

func (r *run) binary(u *unit, e *ast.BinaryExpr, en *env) value {
	x, y := r.eval(u, e.X, en), r.eval(u, e.Y, en)
	if x.kind == number && y.kind == number && x.c.Kind() != constant.Bool && x.c.Kind() != constant.String {
		switch e.Op {
		case token.ADD, token.SUB, token.MUL:
			return value{kind: number, c: constant.BinaryOp(constant.ToFloat(x.c), e.Op, constant.ToFloat(y.c))}
		case token.QUO:
			if constant.Sign(y.c) != 0 {
				return value{kind: number, c: constant.BinaryOp(constant.ToFloat(x.c), e.Op, constant.ToFloat(y.c))}
			}
		}
		return value{}
	}
	if e.Op == token.ADD && (x.kind == text || y.kind == text) {
		return str(x.text() + y.text())
	}
	return value{}
}

func (r *run) ident(u *unit, e *ast.Ident, en *env) value {
	if e.Name == "nil" {
		return value{kind: nilValue}
	}
	obj := u.info.Uses[e]
	if obj == nil {
		obj = u.info.Defs[e]
	}
	switch o := obj.(type) {
	case *types.Const:
		return constValue(o)
	case *types.Var:
		return r.variable(o, en)
	case *types.Func:
		if fn := r.funcs[o.Origin()]; fn != nil {
			return value{kind: function_, fn: fn}
		}
	}
	return value{}
}

func constValue(o *types.Const) value {
	if o.Val().Kind() == constant.Unknown {
		return value{}
	}
	if o.Val().Kind() == constant.String {
		return str(constant.StringVal(o.Val()))
	}
	return value{kind: number, c: o.Val()}
}

type siteKey struct{ owner types.Object }

// variable is what a variable, a parameter or a field of no particular value can hold, under the run's choices.
func (r *run) variable(o types.Object, en *env) value {
	if p, ok := r.params[o]; ok {
		for x := en; x != nil; x = x.caller {
			if x.owner == p.owner {
				return r.argument(x.call, x.u, x.caller, p)
			}
		}
		sites := r.calls[p.owner]
		if len(sites) == 0 {
			return value{}
		}
		key := siteKey{p.owner}
		s := sites[r.choose(key, len(sites))]
		if r.active[o] {
			return value{}
		}
		r.active[o] = true
		defer delete(r.active, o)
		return r.argument(s.call, s.u, nil, p)
	}
	v := r.from(o, r.sources[o], en)
	if len(r.members[o]["[]"]) > 0 {
		v.obj = o
	}
	return v
}

func (r *run) argument(call *ast.CallExpr, u *unit, en *env, p param) value {
	if p.n == receiver {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			return r.eval(u, sel.X, en)
		}
		return value{}
	}
	if p.variadic && !call.Ellipsis.IsValid() {
		v := value{kind: list}
		for i := p.n; i < len(call.Args); i++ {
			v.items = append(v.items, value{lazy: call.Args[i], u: u, env: en})
		}
		return v
	}
	if p.n >= len(call.Args) {
		return value{}
	}
	return r.eval(u, call.Args[p.n], en)
}

// from evaluates one of the sources; those that append to the variable itself add optional elements.
func (r *run) from(key any, sources []source, en *env) value {
	if len(sources) == 0 || r.active[key] {
		return value{}
	}
	var plain, grown []source
	for _, s := range sources {
		if o, ok := key.(types.Object); ok && r.appends(s, o) {
			grown = append(grown, s)
		} else {
			plain = append(plain, s)
		}
	}
	r.active[key] = true
	defer delete(r.active, key)
	v := value{kind: list}
	plain = r.possible(plain, en)
	if len(plain) > 0 {
		v = r.source(plain[r.choose(key, len(plain))], en)
	}
	for _, s := range grown {
		call := s.expr.(*ast.CallExpr)
		if v.kind == nilValue {
			v = value{kind: list}
		}
		if v.kind != list {
			break
		}
		more := r.appended(s.u, call, en)
		v.open = v.open || more.open
		for _, item := range more.items {
			item.optional = true
			v.items = append(append([]value{}, v.items...), item)
		}
	}
	return v
}

// possible leaves out the sources whose conditions do not hold, and those that a later one replaces for certain.
func (r *run) possible(all []source, en *env) []source {
	if len(all) < 2 {
		return all
	}
	common := len(all[0].guards)
	for _, s := range all[1:] {
		n := 0
		for n < common && n < len(s.guards) && sameGuard(s.guards[n], all[0].guards[n]) {
			n++
		}
		common = n
	}
	var out []source
	for _, s := range all {
		switch own := s.guards[common:]; r.holds(s.u, own, en) {
		case no:
		case yes:
			if len(own) > 0 {
				out = nil
			}
			out = append(out, s)
		default:
			out = append(out, s)
		}
	}
	return out
}

func sameGuard(a, b guard) bool {
	return a.cond == b.cond && a.want == b.want && a.tag == b.tag && len(a.cases) == len(b.cases) && (len(a.cases) == 0 || a.cases[0] == b.cases[0])
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func (r *run) appends(s source, o types.Object) bool {
	call, ok := s.expr.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "append" && r.object(s.u, call.Args[0]) == o
}

func (r *run) source(s source, en *env) value {
	if s.rng != nil {
		return r.row(s, en)
	}
	if s.result > 0 || (s.result == 0 && isCall(s.expr)) {
		if call, ok := s.expr.(*ast.CallExpr); ok {
			return r.call(s.u, call, en, s.result)
		}
		return value{}
	}
	return r.eval(s.u, s.expr, en)
}

func isCall(e ast.Expr) bool { _, ok := e.(*ast.CallExpr); return ok }

// row is the key or value of a range statement: one row of the table, the same one for both.
func (r *run) row(s source, en *env) value {
	table := r.eval(s.u, s.rng.X, en)
	if table.obj != nil { // rows that are assigned one by one; there may be others
		more := r.members[table.obj]["[]"]
		var rows []*ast.KeyValueExpr
		if table.kind == comp {
			rows = pairs(table.lit)
		}
		i := r.choose(s.rng, len(rows)+len(more)+1)
		switch {
		case i < len(rows) && s.key:
			return r.eval(table.u, rows[i].Key, table.env)
		case i < len(rows):
			return r.within(table, rows[i].Value)
		case i-len(rows) < len(more):
			one := more[i-len(rows)]
			if s.key {
				return r.eval(one.u, one.index, nil)
			}
			return r.source(one, nil)
		}
		return value{}
	}
	switch table.kind {
	case list:
		if len(table.items) == 0 || s.key {
			return value{}
		}
		return r.force(table.items[r.choose(s.rng, len(table.items))])
	case comp:
		rows := pairs(table.lit)
		if len(rows) == 0 {
			return value{}
		}
		row := rows[r.choose(s.rng, len(rows))]
		if s.key {
			return r.eval(table.u, row.Key, table.env)
		}
		return r.within(table, row.Value)
	}
	return value{}
}

func pairs(lit *ast.CompositeLit) []*ast.KeyValueExpr {
	var out []*ast.KeyValueExpr
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			out = append(out, kv)
		}
	}
	return out
}

func (r *run) force(v value) value {
	if v.lazy == nil {
		return v
	}
	out := r.eval(v.u, v.lazy, v.env)
	out.optional = v.optional
	return out
}

func (r *run) within(parent value, e ast.Expr) value { return r.eval(parent.u, e, parent.env) }

func (r *run) composite(u *unit, lit *ast.CompositeLit, en *env) value {
	isList := false
	if _, ok := lit.Type.(*ast.ArrayType); ok {
		isList = true
	} else if t := u.info.TypeOf(lit); t != nil {
		switch t.Underlying().(type) {
		case *types.Slice, *types.Array:
			isList = true
		}
	}
	if !isList && len(lit.Elts) > 0 {
		if _, ok := lit.Elts[0].(*ast.KeyValueExpr); !ok && isExternalList(u, lit) {
			isList = true
		}
	}
	if !isList {
		return value{kind: comp, lit: lit, u: u, env: en}
	}
	v := value{kind: list}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		v.items = append(v.items, value{lazy: e, u: u, env: en})
	}
	return v
}

func isExternalList(u *unit, lit *ast.CompositeLit) bool {
	t := u.info.TypeOf(lit)
	return t == nil || t == types.Typ[types.Invalid]
}

func (r *run) element(u *unit, e *ast.IndexExpr, en *env) value {
	x := r.eval(u, e.X, en)
	i := r.eval(u, e.Index, en)
	switch x.kind {
	case list:
		if i.kind == number {
			if n, ok := constant.Int64Val(constant.ToInt(i.c)); ok && int(n) < len(x.items) && n >= 0 {
				return r.force(x.items[n])
			}
		}
		if len(x.items) > 0 {
			return r.force(x.items[r.choose(e, len(x.items))])
		}
	case comp:
		rows := pairs(x.lit)
		if i.kind != unknown && i.exact() {
			for _, kv := range rows {
				if k := r.within(value{u: x.u, env: x.env}, kv.Key); k.exact() && k.text() == i.text() {
					return r.within(x, kv.Value)
				}
			}
			if i.kind == text {
				return r.assigned(u, e)
			}
		}
		if len(rows) > 0 {
			return r.within(x, rows[r.choose(e, len(rows))].Value)
		}
	}
	return r.assigned(u, e)
}

func (r *run) assigned(u *unit, e *ast.IndexExpr) value {
	if obj := r.object(u, e.X); obj != nil {
		if more := r.members[obj]["[]"]; len(more) > 0 && !r.active[e] {
			r.active[e] = true
			defer delete(r.active, e)
			return r.source(more[r.choose(e, len(more))], nil)
		}
	}
	return value{}
}

type fieldKey struct{ typ types.Object }

func (r *run) selector(u *unit, e *ast.SelectorExpr, en *env) value {
	if id, ok := e.X.(*ast.Ident); ok {
		if p, ok := u.info.Uses[id].(*types.PkgName); ok {
			switch o := u.info.Uses[e.Sel].(type) {
			case *types.Const:
				return constValue(o)
			case *types.Var:
				return r.variable(o, nil)
			case *types.Func:
				if fn := r.funcs[o.Origin()]; fn != nil {
					return value{kind: function_, fn: fn}
				}
			}
			if e.Sel.Name == "DefBuckets" && isClient(p.Imported().Path()) {
				return defaults()
			}
			return value{kind: symbol, s: p.Imported().Path() + "." + e.Sel.Name}
		}
	}
	x := r.eval(u, e.X, en)
	if x.kind == comp {
		if v, ok := r.field(x, e.Sel.Name); ok {
			return v
		}
	}
	sel := u.info.Selections[e]
	if sel == nil || x.kind == nilValue {
		return value{}
	}
	f, ok := sel.Obj().(*types.Var)
	if !ok {
		return value{}
	}
	assigned := r.sources[f]
	if x.kind == comp {
		if len(assigned) > 0 {
			return r.from(f, assigned, nil)
		}
		return zero(f.Type())
	}
	owner := r.owners[f]
	var lits []literal
	if owner != nil {
		lits = r.literals[owner]
	}
	n := len(lits)
	total := n
	if len(assigned) > 0 {
		total++
	}
	if total == 0 || r.active[f] {
		return value{}
	}
	r.active[f] = true
	defer delete(r.active, f)
	i := r.choose(fieldKey{owner}, total)
	if i < n {
		if v, ok := r.field(value{kind: comp, lit: lits[i].lit, u: lits[i].u}, e.Sel.Name); ok {
			return v
		}
		if len(assigned) == 0 {
			return zero(f.Type())
		}
	}
	delete(r.active, f)
	return r.from(f, assigned, nil)
}

func zero(t types.Type) value {
	switch b := t.Underlying().(type) {
	case *types.Basic:
		if b.Info()&types.IsString != 0 {
			return str("")
		}
		return value{}
	case *types.Slice, *types.Map, *types.Pointer:
		return value{kind: nilValue}
	}
	return value{}
}

// field is a field of a struct literal, by its name or by its place.
func (r *run) field(x value, name string) (value, bool) {
	for _, e := range x.lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return r.within(x, kv.Value), true
			}
		}
	}
	if st, ok := structOf(x); ok {
		for i := 0; i < st.NumFields() && i < len(x.lit.Elts); i++ {
			if _, keyed := x.lit.Elts[i].(*ast.KeyValueExpr); !keyed && st.Field(i).Name() == name {
				return r.within(x, x.lit.Elts[i]), true
			}
		}
	}
	for _, e := range x.lit.Elts { // embedded structs
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		if amp, ok := e.(*ast.UnaryExpr); ok {
			e = amp.X
		}
		if inner, ok := e.(*ast.CompositeLit); ok {
			if st, ok := structOf(value{lit: inner, u: x.u}); ok && has(st, name) {
				if v, ok := r.field(value{kind: comp, lit: inner, u: x.u, env: x.env}, name); ok {
					return v, true
				}
			}
		}
	}
	return value{}, false
}

func structOf(x value) (*types.Struct, bool) {
	t := x.u.info.TypeOf(x.lit)
	if t == nil {
		return nil, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

func has(st *types.Struct, name string) bool {
	for i := 0; i < st.NumFields(); i++ {
		if st.Field(i).Name() == name {
			return true
		}
	}
	return false
}
