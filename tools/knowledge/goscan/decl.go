package main

import (
	"fmt"
	"go/ast"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

var makers = regexp.MustCompile(`^New(Lazy)?(Timing)?(Counter|Gauge|Histogram|Summary|Untyped)(Ratio|Ratios)?(Vec|Func|VecFunc|From|Histogram|HistogramVec)?$`)

var constMetrics = map[string]bool{
	"MustNewConstMetric": true, "NewConstMetric": true, "NewLazyConstMetric": true, "MustNewConstMetricWithCreatedTimestamp": true,
	"NewConstMetricWithCreatedTimestamp": true, "NewLazyMetricWithTimestamp": false,
}

var defBuckets = []string{"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"}

var helpUnit = regexp.MustCompile(`(?i)\b(milliseconds?|microseconds?|nanoseconds?|seconds?|ms|minutes|hours|unixtime|unix time|timestamp|epoch|` +
	`bytes|kilobytes|megabytes|kib|kb|pages|percent(age)?|ratio|celsius|volts?|amperes?|amps|watts?|joules?|hertz|hz|meters)\b`)

type declKey struct {
	file string
	line int
	body string
}

// declarations enumerates every declaration of the reported packages, under every consistent set of choices.
func (w *world) declarations() []*Declaration {
	found := map[declKey]*Declaration{}
	var order []*Declaration
	add := func(d *Declaration) *Declaration {
		if d == nil || d.Name == "" {
			return nil
		}
		k := declKey{d.File, d.Line, d.key()}
		if old, ok := found[k]; ok {
			if d.Type != "" {
				old.setTypes(union(old.allTypes(), d.allTypes()))
			}
			old.Values = unionValues(old.Values, d.Values)
			return old
		}
		found[k] = d
		order = append(order, d)
		return d
	}
	for _, u := range w.list {
		if !u.asked {
			continue
		}
		u := u
		for _, f := range u.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					w.site(u, call, add)
				}
				return true
			})
		}
	}
	for _, d := range order {
		if d.Type == "" {
			d.Type = "unknown"
		}
	}
	return order
}

func (w *world) site(u *unit, call *ast.CallExpr, add func(*Declaration) *Declaration) {
	before := w.cut
	record := add
	var seen []*Declaration
	add = func(d *Declaration) *Declaration {
		d = record(d)
		if d != nil {
			seen = append(seen, d)
		}
		return d
	}
	defer func() {
		if w.cut > before { // there may be other values
			for _, d := range seen {
				for label := range d.Values {
					d.Values[label] = nil
				}
			}
			fmt.Fprintf(os.Stderr, "goscan: too many variants: %s\n", w.fset.Position(call.Pos()))
		}
	}()
	pkg, name := w.target(u, call)
	switch {
	case isClient(pkg) && name == "NewDesc":
		w.enumerate(func(r *run) { add(r.newDesc(u, call, nil)) })
	case isClient(pkg) && len(call.Args) >= 2 && constMetrics[name]:
		w.enumerate(func(r *run) { r.constMetric(u, call, add) })
	case isClient(pkg) && (strings.HasSuffix(name, "NewConstHistogram") || strings.HasSuffix(name, "NewConstNativeHistogram") ||
		strings.HasSuffix(name, "NewConstSummary") || strings.Contains(name, "NewConstHistogramWith") || strings.Contains(name, "NewConstSummaryWith")):
		w.enumerate(func(r *run) { r.constBuckets(u, call, name, add) })
	case pkg == ".method" && (strings.HasSuffix(name, "WithLabelValues") || name == "With" || name == "GetMetricWith") && len(call.Args) > 0:
		w.enumerate(func(r *run) { r.used(u, call, name, add) })
	case makers.MatchString(name) && len(call.Args) >= 1:
		if !w.makes(pkg, name) {
			return
		}
		w.enumerate(func(r *run) { add(r.newMetric(u, call, name, nil)) })
	}
}

// makes tells whether a function of a maker's name is one of the known libraries' (options decide when that is unclear).
func (w *world) makes(pkg, name string) bool {
	return isClient(pkg) || strings.HasSuffix(pkg, "/promauto") || pkg == ".method" || pkg == "" || strings.HasPrefix(pkg, ".") ||
		strings.Contains(pkg, "metrics") || strings.HasSuffix(name, "From")
}

func (r *run) place(d *Declaration, u *unit, call *ast.CallExpr) {
	p := r.fset.Position(call.Pos())
	rel, err := filepath.Rel(r.root, p.Filename)
	if err != nil {
		rel = p.Filename
	}
	d.File, d.Line, d.Package = filepath.ToSlash(rel), p.Line, u.path
}

func (d *Declaration) named(s string) {
	for strings.Contains(s, hole+hole) {
		s = strings.ReplaceAll(s, hole+hole, hole)
	}
	d.Name = s
	if i := strings.Index(s, hole); i >= 0 {
		d.Dynamic, d.Prefix = true, s[:i]
		d.Pattern = strings.ReplaceAll(s, hole, "*")
		d.Name = d.Pattern
	}
}

func (r *run) newDesc(u *unit, call *ast.CallExpr, en *env) *Declaration {
	if len(call.Args) < 4 {
		return nil
	}
	d := &Declaration{Kind: "NewDesc"}
	r.place(d, u, call)
	d.named(r.eval(u, call.Args[0], en).text())
	d.help(r.eval(u, call.Args[1], en))
	d.labels(r, r.eval(u, call.Args[2], en))
	d.constLabels(r, r.eval(u, call.Args[3], en))
	if len(call.Args) > 5 {
		d.Stability = level(r.eval(u, call.Args[4], en))
		if v := r.eval(u, call.Args[5], en); v.exact() {
			d.Deprecated = v.text()
		}
	}
	return d
}

func (d *Declaration) help(v value) {
	if v.kind != text {
		return
	}
	d.HasHelp = v.s != ""
	if m := helpUnit.FindString(v.s); m != "" {
		d.HelpUnit = strings.ToLower(m)
	}
}

func (d *Declaration) labels(r *run, v value) {
	switch v.kind {
	case nilValue:
		d.Labels = []string{}
	case list:
		d.Labels = []string{}
		d.LabelsOpen = v.open
		for _, i := range v.items {
			i = r.force(i)
			if i.kind == text && i.exact() {
				d.Labels = append(d.Labels, i.s)
				if i.optional {
					d.Optional = append(d.Optional, i.s)
				}
			} else {
				d.LabelsOpen = true
			}
		}
	}
}

func (d *Declaration) constLabels(r *run, v value) {
	switch v.kind {
	case nilValue:
	case list:
		d.ConstOpen = len(v.items) > 0 || v.open
	case comp:
		d.ConstLabels = map[string]*string{}
		for _, e := range v.lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				d.ConstOpen = true
				continue
			}
			k := r.within(v, kv.Key)
			if k.kind != text || !k.exact() {
				d.ConstOpen = true
				continue
			}
			if x := r.within(v, kv.Value); x.kind == text && x.exact() {
				s := x.s
				d.ConstLabels[k.s] = &s
			} else {
				d.ConstLabels[k.s] = nil
			}
		}
	default:
		d.ConstOpen = true
	}
}

func level(v value) string {
	s := v.s
	if i := strings.LastIndex(s, "."); i >= 0 {
		s = s[i+1:]
	}
	if v.kind == symbol || v.kind == text {
		return strings.ToLower(s)
	}
	return ""
}

func valueType(v value) string {
	if v.kind != symbol {
		return "unknown"
	}
	switch {
	case strings.HasSuffix(v.s, ".CounterValue"):
		return "counter"
	case strings.HasSuffix(v.s, ".GaugeValue"):
		return "gauge"
	case strings.HasSuffix(v.s, ".UntypedValue"):
		return "untyped"
	}
	return "unknown"
}

func (r *run) constMetric(u *unit, call *ast.CallExpr, add func(*Declaration) *Declaration) {
	if r.holds(u, r.guards[call], nil) == no {
		return
	}
	v := r.eval(u, call.Args[0], nil)
	if v.kind != desc || v.d == nil {
		return
	}
	t := valueType(r.eval(u, call.Args[1], nil))
	d := *v.d
	if t != "unknown" {
		d.Type = t
	}
	first := 3
	if strings.Contains(r.name(call), "CreatedTimestamp") {
		first = 4
	}
	d.Values = r.values(u, call, first, d.Labels, d.LabelsOpen)
	add(&d)
}

func (r *run) name(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// values is the values that this call gives to each label: an empty list for one that is made at run time.
func (r *run) values(u *unit, call *ast.CallExpr, first int, labels []string, open bool) map[string][]string {
	if labels == nil || open || len(labels) == 0 {
		return nil
	}
	var args []value
	for i := first; i < len(call.Args); i++ {
		v := r.eval(u, call.Args[i], nil)
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			if v.kind != list || v.open {
				break
			}
			for _, item := range v.items {
				args = append(args, r.force(item))
			}
			continue
		}
		args = append(args, v)
	}
	out := map[string][]string{}
	for i, l := range labels {
		out[l] = nil
		if len(args) == len(labels) && args[i].kind == text && args[i].exact() {
			out[l] = []string{args[i].s}
		}
	}
	return out
}

// used notes the label values that a use of a vector gives.
func (r *run) used(u *unit, call *ast.CallExpr, name string, add func(*Declaration) *Declaration) {
	if r.holds(u, r.guards[call], nil) == no {
		return
	}
	v := r.eval(u, call.Fun.(*ast.SelectorExpr).X, nil)
	if v.kind != desc || v.d == nil || v.d.Kind == "NewDesc" {
		return
	}
	d := *v.d
	if strings.HasSuffix(name, "WithLabelValues") {
		d.Values = r.values(u, call, 0, d.Labels, d.LabelsOpen)
	} else {
		d.Values = r.namedValues(r.eval(u, call.Args[0], nil), d.Labels)
	}
	add(&d)
}

func (r *run) namedValues(given value, labels []string) map[string][]string {
	out := map[string][]string{}
	for _, l := range labels {
		out[l] = nil
	}
	if given.kind != comp {
		return out
	}
	for _, kv := range pairs(given.lit) {
		k, v := r.within(given, kv.Key), r.within(given, kv.Value)
		if _, ok := out[k.text()]; ok && v.kind == text && v.exact() {
			out[k.text()] = []string{v.s}
		}
	}
	return out
}

func (r *run) constBuckets(u *unit, call *ast.CallExpr, name string, add func(*Declaration) *Declaration) {
	v := r.eval(u, call.Args[0], nil)
	if v.kind != desc || v.d == nil {
		return
	}
	d := *v.d
	d.Type = "histogram"
	var keys []string
	if len(call.Args) > 3 {
		keys = r.floatKeys(r.eval(u, call.Args[3], nil))
	}
	switch {
	case strings.Contains(name, "Summary"):
		d.Type, d.Quantiles = "summary", keys
	case strings.Contains(name, "NativeHistogram"):
		d.Native = "only"
	default:
		d.Buckets = keys
	}
	add(&d)
}

func (r *run) floatKeys(v value) []string {
	switch v.kind {
	case nilValue:
		return []string{}
	case comp:
		var fs []float64
		for _, kv := range pairs(v.lit) {
			f, ok := float(r.within(v, kv.Key))
			if !ok {
				return nil
			}
			fs = append(fs, f)
		}
		sort.Float64s(fs)
		return written(fs)
	}
	return nil
}

// written writes floats as the text format of the Go client does, an infinite bound left out.
func written(fs []float64) []string {
	out := []string{}
	for _, f := range fs {
		if !math.IsInf(f, 1) {
			out = append(out, strconv.FormatFloat(f, 'g', -1, 64))
		}
	}
	return out
}

func (r *run) newMetric(u *unit, call *ast.CallExpr, name string, en *env) *Declaration {
	if len(call.Args) == 0 {
		return nil
	}
	opts := r.eval(u, call.Args[0], en)
	get := func(field string) value {
		if base := r.object(u, call.Args[0]); base != nil {
			if more := r.members[base][field]; len(more) > 0 {
				return r.source(more[r.choose([2]any{base, field}, len(more))], en)
			}
		}
		if opts.kind != comp {
			return value{}
		}
		if v, ok := r.opt(opts, field); ok {
			return v
		}
		return value{kind: nilValue}
	}
	if opts.kind != comp || (len(opts.lit.Elts) > 0 && !keyed(opts.lit)) {
		return nil
	}
	d := &Declaration{Kind: name}
	r.place(d, u, call)
	d.named(fqName(get("Namespace"), get("Subsystem"), get("Name")))
	if d.Name == "" {
		return nil
	}
	m := makers.FindStringSubmatch(name)
	d.Type = strings.ToLower(m[3])
	if strings.Contains(name, "Histogram") {
		d.Type = "histogram"
	}
	d.help(get("Help"))
	d.constLabels(r, get("ConstLabels"))
	d.Stability = level(get("StabilityLevel"))
	if v := get("DeprecatedVersion"); v.kind == text && v.exact() {
		d.Deprecated = v.s
	}
	d.Labels = []string{}
	if (strings.Contains(name, "Vec") || strings.HasSuffix(name, "From")) && len(call.Args) > 1 {
		d.Labels = nil
		d.labels(r, r.eval(u, call.Args[1], en))
	}
	switch d.Type {
	case "histogram":
		d.histogram(r, get)
	case "summary":
		d.Quantiles = r.floatKeys(get("Objectives"))
	}
	return d
}

// opt is a field of the options, which may be those of an embedded Opts.
func (r *run) opt(opts value, field string) (value, bool) {
	for _, kv := range pairs(opts.lit) {
		id, ok := kv.Key.(*ast.Ident)
		if !ok {
			continue
		}
		if id.Name == field {
			return r.within(opts, kv.Value), true
		}
		if strings.HasSuffix(id.Name, "Opts") {
			if inner := r.within(opts, kv.Value); inner.kind == comp {
				if v, ok := r.opt(inner, field); ok {
					return v, true
				}
			}
		}
	}
	return value{}, false
}

func keyed(lit *ast.CompositeLit) bool { _, ok := lit.Elts[0].(*ast.KeyValueExpr); return ok }

func (d *Declaration) histogram(r *run, get func(string) value) {
	factor := get("NativeHistogramBucketFactor")
	native := false
	if f, ok := float(factor); ok {
		native = f > 1
	}
	b := get("Buckets")
	if native {
		d.Native = "true"
	}
	switch b.kind {
	case nilValue:
		if native {
			d.Native = "only"
		} else if factor.kind == nilValue {
			d.Buckets = defBuckets
		}
	case list:
		var fs []float64
		for _, i := range b.items {
			i = r.force(i)
			f, ok := float(i)
			if !ok || i.optional {
				return
			}
			fs = append(fs, f)
		}
		if !b.open && len(fs) > 0 {
			d.Buckets = written(fs)
		} else if !b.open && factor.kind == nilValue {
			d.Buckets = defBuckets
		}
	}
}

// defaults is the client's default buckets as a list.
func defaults() value {
	v := value{kind: list}
	for _, b := range defBuckets {
		f, _ := strconv.ParseFloat(b, 64)
		v.items = append(v.items, num(f))
	}
	return v
}

func (d *Declaration) allTypes() []string {
	if len(d.Types) > 0 {
		return d.Types
	}
	if d.Type == "" {
		return nil
	}
	return []string{d.Type}
}

func (d *Declaration) setTypes(types []string) {
	var known []string
	for _, t := range types {
		if t != "unknown" {
			known = append(known, t)
		}
	}
	d.Types = nil
	switch len(known) {
	case 0:
		d.Type = "unknown"
	case 1:
		d.Type = known[0]
	default:
		d.Type, d.Types = "unknown", known
	}
}
