package main

import (
	"go/ast"
	"go/types"
)

// source is a place that gives a variable or a field its value.
type source struct {
	expr   ast.Expr
	result int // which result of a call, or -1
	rng    *ast.RangeStmt
	key    bool // of the range: the key, else the value
	guards []guard
	u      *unit
	index  ast.Expr // of an assignment to an element: its key
}

type param struct {
	owner    types.Object // the function, or the variable that holds the function literal
	n        int
	variadic bool
}

// receiver stands for the place of the receiver among the parameters.
const receiver = -1

type callSite struct {
	call *ast.CallExpr
	u    *unit
}

type function struct {
	owner   types.Object
	typ     *ast.FuncType
	returns []returned
	u       *unit
}

type returned struct {
	results []ast.Expr
	guards  []guard
}

type literal struct {
	lit *ast.CompositeLit
	u   *unit
}

// index is what is known of a world's variables and functions, whatever order things run in.
type index struct {
	sources  map[types.Object][]source
	members  map[types.Object]map[string][]source // x.Field = … where the type of x is not known
	params   map[types.Object]param
	calls    map[types.Object][]callSite
	funcs    map[types.Object]*function
	literals map[types.Object][]literal // of a named struct type
	owners   map[types.Object]types.Object
	guards   map[*ast.CallExpr][]guard
}

func (w *world) build() {
	w.sources, w.members = map[types.Object][]source{}, map[types.Object]map[string][]source{}
	w.params, w.calls, w.funcs = map[types.Object]param{}, map[types.Object][]callSite{}, map[types.Object]*function{}
	w.guards = map[*ast.CallExpr][]guard{}
	w.literals, w.owners = map[types.Object][]literal{}, map[types.Object]types.Object{}
	for _, u := range w.list {
		for _, f := range u.files {
			u := u
			walk(f, nil, func(n ast.Node, g []guard) { w.visit(u, n, g) })
		}
	}
}

func (w *world) visit(u *unit, n ast.Node, g []guard) {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if st, ok := n.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					w.owners[u.info.Defs[name]] = u.info.Defs[n.Name]
				}
			}
		}
	case *ast.FuncDecl:
		if obj := u.info.Defs[n.Name]; obj != nil {
			w.function(u, obj, n.Recv, n.Type, n.Body)
		}
	case *ast.ValueSpec:
		lhs := make([]ast.Expr, len(n.Names))
		for i, name := range n.Names {
			lhs[i] = name
		}
		w.assign(u, lhs, n.Values, g)
	case *ast.AssignStmt:
		w.assign(u, n.Lhs, n.Rhs, g)
	case *ast.RangeStmt:
		if obj := w.object(u, n.Key); obj != nil {
			w.sources[obj] = append(w.sources[obj], source{rng: n, key: true, result: -1, u: u})
		}
		if obj := w.object(u, n.Value); obj != nil {
			w.sources[obj] = append(w.sources[obj], source{rng: n, result: -1, u: u})
		}
	case *ast.CallExpr:
		w.guards[n] = g
		if obj := w.callee(u, n.Fun); obj != nil {
			w.calls[obj] = append(w.calls[obj], callSite{n, u})
		}
	case *ast.CompositeLit:
		if named := namedStruct(u.info.TypeOf(n)); named != nil {
			w.literals[named] = append(w.literals[named], literal{n, u})
		}
	}
}

func namedStruct(t types.Type) types.Object {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(orInvalid(t)).(*types.Named); ok {
		if _, ok := n.Underlying().(*types.Struct); ok {
			return n.Origin().Obj()
		}
	}
	return nil
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

// object is the variable or field that an expression names.
func (w *world) object(u *unit, e ast.Expr) types.Object {
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.ParenExpr:
		return w.object(u, e.X)
	case *ast.StarExpr:
		return w.object(u, e.X)
	case *ast.Ident:
		if e == nil {
			return nil
		}
		if o := u.info.Defs[e]; o != nil {
			return o
		}
		if o := u.info.Uses[e]; o != nil {
			return o
		}
	case *ast.SelectorExpr:
		if s := u.info.Selections[e]; s != nil {
			return s.Obj()
		}
		return u.info.Uses[e.Sel]
	}
	return nil
}

func (w *world) callee(u *unit, e ast.Expr) types.Object {
	switch x := e.(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	}
	switch o := w.object(u, e).(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o
	}
	return nil
}

func (w *world) assign(u *unit, lhs, rhs []ast.Expr, g []guard) {
	for i, l := range lhs {
		var s source
		switch {
		case len(rhs) == len(lhs):
			s = source{expr: rhs[i], result: -1, u: u, guards: g}
		case len(rhs) == 1:
			s = source{expr: rhs[0], result: i, u: u, guards: g}
		default:
			continue
		}
		if lit, ok := s.expr.(*ast.FuncLit); ok {
			if obj := w.object(u, l); obj != nil {
				w.function(u, obj, nil, lit.Type, lit.Body)
			}
		}
		if obj := w.object(u, l); obj != nil {
			w.sources[obj] = append(w.sources[obj], s)
		} else if sel, ok := l.(*ast.SelectorExpr); ok {
			if base := w.object(u, sel.X); base != nil {
				if w.members[base] == nil {
					w.members[base] = map[string][]source{}
				}
				w.members[base][sel.Sel.Name] = append(w.members[base][sel.Sel.Name], s)
			}
		} else if ix, ok := l.(*ast.IndexExpr); ok { // m[k] = v: kept as a one-element source
			if obj := w.object(u, ix.X); obj != nil {
				s.index = ix.Index
				if w.members[obj] == nil {
					w.members[obj] = map[string][]source{}
				}
				w.members[obj]["[]"] = append(w.members[obj]["[]"], s)
			}
		}
	}
}

func (w *world) function(u *unit, owner types.Object, recv *ast.FieldList, typ *ast.FuncType, body *ast.BlockStmt) {
	if f, ok := owner.(*types.Func); ok {
		owner = f.Origin()
	}
	fn := &function{owner: owner, typ: typ, u: u}
	if recv != nil {
		for _, f := range recv.List {
			for _, name := range f.Names {
				if obj := u.info.Defs[name]; obj != nil {
					w.params[obj] = param{owner, receiver, false}
				}
			}
		}
	}
	n := 0
	if typ.Params != nil {
		for _, f := range typ.Params.List {
			_, variadic := f.Type.(*ast.Ellipsis)
			if len(f.Names) == 0 {
				n++
			}
			for _, name := range f.Names {
				if obj := u.info.Defs[name]; obj != nil {
					w.params[obj] = param{owner, n, variadic}
				}
				n++
			}
		}
	}
	if body != nil {
		depth := map[*ast.ReturnStmt]bool{}
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				depth[n] = true
			}
			return true
		})
		walk(body, nil, func(n ast.Node, g []guard) {
			if ret, ok := n.(*ast.ReturnStmt); ok && depth[ret] {
				fn.returns = append(fn.returns, returned{ret.Results, g})
			}
		})
	}
	w.funcs[owner] = fn
}
