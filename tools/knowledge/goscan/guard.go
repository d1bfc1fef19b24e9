package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// guard is a condition under which a statement runs: an expression, or one of a switch's cases.
type guard struct {
	cond  ast.Expr
	tag   ast.Expr   // of a switch; cond is then nil
	cases []ast.Expr // of which one must equal the tag
	want  bool
}

// walk visits every node with the conditions that it stands under.
func walk(n ast.Node, g []guard, visit func(ast.Node, []guard)) {
	with := func(more ...guard) []guard { return append(append([]guard{}, g...), more...) }
	visit(n, g)
	switch n := n.(type) {
	case *ast.BlockStmt:
		walkList(n.List, g, visit)
		return
	case *ast.IfStmt:
		if n.Init != nil {
			walk(n.Init, g, visit)
		}
		walk(n.Cond, g, visit)
		walk(n.Body, with(guard{cond: n.Cond, want: true}), visit)
		if n.Else != nil {
			walk(n.Else, with(guard{cond: n.Cond}), visit)
		}
		return
	case *ast.SwitchStmt:
		if n.Init != nil {
			walk(n.Init, g, visit)
		}
		if n.Tag != nil {
			walk(n.Tag, g, visit)
		}
		var before []guard
		for _, s := range n.Body.List {
			c := s.(*ast.CaseClause)
			if c.List == nil {
				continue
			}
			one := guard{tag: n.Tag, cases: c.List, want: true}
			walkList(c.Body, with(append(append([]guard{}, before...), one)...), visit)
			for _, e := range c.List {
				walk(e, g, visit)
			}
			one.want = false
			before = append(before, one)
		}
		for _, s := range n.Body.List {
			if c := s.(*ast.CaseClause); c.List == nil {
				walkList(c.Body, with(before...), visit)
			}
		}
		return
	}
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		walk(c, g, visit)
		return false
	})
}

func walkList(list []ast.Stmt, g []guard, visit func(ast.Node, []guard)) {
	for _, s := range list {
		walk(s, g, visit)
		if c, ok := s.(*ast.IfStmt); ok && c.Else == nil && leaves(c.Body) {
			g = append(append([]guard{}, g...), guard{cond: c.Cond})
		}
	}
}

func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return false
}

type truth int

const (
	maybe truth = iota
	yes
	no
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// holds tells whether all conditions hold, as far as they are of the simple kinds that names are chosen by.
func (r *run) holds(u *unit, gs []guard, en *env) truth {
	all := yes
	for _, g := range gs {
		t := maybe
		switch {
		case g.cond != nil:
			t = r.test(u, g.cond, en)
		case g.tag == nil:
			t = no
			for _, c := range g.cases {
				t = or(t, r.test(u, c, en))
			}
		default:
			if v := r.plain(u, g.tag, en); v.kind != unknown && v.exact() {
				t = no
				for _, c := range g.cases {
					x := r.eval(u, c, en)
					switch {
					case x.kind == unknown || !x.exact():
						t = or(t, maybe)
					case x.text() == v.text():
						t = yes
					}
				}
			}
		}
		if !g.want {
			t = t.not()
		}
		if t == no {
			return no
		}
		if t == maybe {
			all = maybe
		}
	}
	return all
}

func or(a, b truth) truth {
	if a == yes || b == yes {
		return yes
	}
	if a == maybe || b == maybe {
		return maybe
	}
	return no
}

func (r *run) test(u *unit, e ast.Expr, en *env) truth {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.test(u, e.X, en)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return r.test(u, e.X, en).not()
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return or(r.test(u, e.X, en).not(), r.test(u, e.Y, en).not()).not()
		case token.LOR:
			return or(r.test(u, e.X, en), r.test(u, e.Y, en))
		case token.EQL, token.NEQ:
			x, y := r.plain(u, e.X, en), r.plain(u, e.Y, en)
			if x.kind == text && y.kind == text && x.exact() && y.exact() {
				return truthOf((x.s == y.s) == (e.Op == token.EQL))
			}
		}
	case *ast.CallExpr:
		pkg, name := r.target(u, e)
		if pkg != "strings" || len(e.Args) != 2 {
			return maybe
		}
		f := map[string]func(string, string) bool{"HasSuffix": strings.HasSuffix, "HasPrefix": strings.HasPrefix, "Contains": strings.Contains}[name]
		if f == nil {
			return maybe
		}
		x, y := r.plain(u, e.Args[0], en), r.plain(u, e.Args[1], en)
		if x.kind == text && y.kind == text && x.exact() && y.exact() {
			return truthOf(f(x.s, y.s))
		}
	}
	return maybe
}

// plain evaluates what a condition compares, when that is a string constant, a variable or a field of one.
func (r *run) plain(u *unit, e ast.Expr, en *env) value {
	if t := u.info.TypeOf(e); t == nil || !isString(t) {
		return value{}
	}
	switch x := e.(type) {
	case *ast.BasicLit, *ast.Ident:
		return r.eval(u, e, en)
	case *ast.SelectorExpr:
		if _, ok := x.X.(*ast.Ident); ok {
			return r.eval(u, e, en)
		}
	}
	return value{}
}
