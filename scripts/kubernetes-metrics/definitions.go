package main

import (
	"errors"
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
)

const (
	kubernetesMetrics = "k8s.io/component-base/metrics"
	prometheusClient  = "github.com/prometheus/client_golang/prometheus"
)

// constructor says what a function makes, and which of its arguments are the options and the labels.
type constructor struct {
	makes   string
	options int
	labels  int
}

var constructors = map[string]constructor{
	"NewCounter":                    {"counter", 0, -1},
	"NewCounterFunc":                {"counter", 0, -1},
	"NewCounterVec":                 {"counter", 0, 1},
	"NewGauge":                      {"gauge", 0, -1},
	"NewGaugeFunc":                  {"gauge", 0, -1},
	"NewGaugeVec":                   {"gauge", 0, 1},
	"NewHistogram":                  {"histogram", 0, -1},
	"NewHistogramVec":               {"histogram", 0, 1},
	"NewTimingHistogram":            {"histogram", 0, -1},
	"NewTimingHistogramVec":         {"histogram", 0, 1},
	"NewTestableTimingHistogram":    {"histogram", 1, -1},
	"NewTestableTimingHistogramVec": {"histogram", 1, 2},
	"NewSummary":                    {"summary", 0, -1},
	"NewSummaryVec":                 {"summary", 0, 1},
}

// How deep a metric's definition may lie below the call that names it.
const maximumCallers = 5

func (p *program) definitions() ([]definition, []unresolved) {
	var found []definition
	var problems []unresolved
	note := func(syntax *ast.CallExpr, in *scope, work func(*scope) (definition, error)) {
		position := p.position(syntax)
		if strings.HasPrefix(in.file.in.path, kubernetesMetrics) && in.function != nil && isLibrary(in.file.in.path) {
			return
		}
		all, err := p.forEachCaller(in, work, 0)
		for _, one := range all {
			one.Position = position
			found = append(found, one)
		}
		if err != nil {
			problems = append(problems, unresolved{position, err.Error()})
		}
	}
	for name, kind := range constructors {
		for _, each := range p.calls[name] {
			source := p.source(each)
			if source == "" || len(each.syntax.Args) <= kind.options {
				continue
			}
			syntax := each.syntax
			note(syntax, each.scope, func(in *scope) (definition, error) {
				return p.fromOptions(syntax, in, kind, source)
			})
		}
	}
	types := p.describedTypes()
	for _, each := range p.calls["NewDesc"] {
		source := p.source(each)
		if source == "" || len(each.syntax.Args) < 4 {
			continue
		}
		syntax := each.syntax
		makes := types[each.scope.file.in.path+"."+assignedName(each)]
		note(syntax, each.scope, func(in *scope) (definition, error) {
			return p.fromDescription(syntax, in, makes, source)
		})
	}
	return found, problems
}

// isLibrary tells the packages whose functions only pass on what they are given.
func isLibrary(packagePath string) bool {
	return packagePath == kubernetesMetrics || packagePath == kubernetesMetrics+"/prometheusextension"
}

// source says whose constructor is called: Kubernetes' own, Prometheus', or nobody's that makes metrics.
func (p *program) source(each call) string {
	packagePath, _ := p.qualified(each.syntax.Fun, each.scope)
	switch packagePath {
	case kubernetesMetrics, prometheusClient:
		return packagePath
	}
	return ""
}

// forEachCaller works a definition out, once for each place that calls the function around it when it depends on that.
func (p *program) forEachCaller(in *scope, work func(*scope) (definition, error), depth int) ([]definition, error) {
	one, err := work(in)
	var missing needsCaller
	if err == nil {
		return []definition{one}, nil
	}
	if !errors.As(err, &missing) {
		return nil, err
	}
	if depth >= maximumCallers {
		return nil, err
	}
	// The outermost function whose parameter is not bound yet: the definition's own, or a caller's.
	open := openScope(in)
	if open == nil || open.function == nil {
		return nil, err
	}
	function := &function{open.function, open.file}
	var all []definition
	var problem error
	for _, each := range p.calls[open.function.Name.Name] {
		if !p.mayCall(each, function) {
			continue
		}
		more, err := p.forEachCaller(rebound(in, open, bound(function, each.syntax, each.scope)), work, depth+1)
		all = append(all, more...)
		if err != nil {
			problem = err
		}
	}
	// What nobody calls defines nothing.
	return all, problem
}

// openScope finds the outermost function around an expression whose parameters are bound to nothing.
func openScope(in *scope) *scope {
	if in.bindings == nil {
		return in
	}
	for _, each := range in.bindings {
		if each.scope != nil && each.scope != in {
			if open := openScope(each.scope); open != nil && open.function != nil && len(parametersOf(open.function)) > 0 {
				return open
			}
		}
	}
	for _, values := range in.lists {
		for _, each := range values {
			if open := openScope(each.scope); open != nil && open.function != nil && len(parametersOf(open.function)) > 0 {
				return open
			}
		}
	}
	return nil
}

// rebound is the same scope with one scope on its way replaced.
func rebound(in, old, replacement *scope) *scope {
	if in == old {
		return replacement
	}
	if in == nil || in.bindings == nil {
		return in
	}
	copied := &scope{file: in.file, function: in.function, bindings: map[string]value{}, lists: map[string][]value{}}
	for name, each := range in.bindings {
		copied.bindings[name] = value{each.expression, rebound(each.scope, old, replacement)}
	}
	for name, values := range in.lists {
		for _, each := range values {
			copied.lists[name] = append(copied.lists[name], value{each.expression, rebound(each.scope, old, replacement)})
		}
	}
	return copied
}

// mayCall is true for a call by package and name, and for one of a method of that name near it.
func (p *program) mayCall(each call, function *function) bool {
	packagePath, _ := p.qualified(each.syntax.Fun, each.scope)
	home := function.file.in.path
	if function.declaration.Recv == nil {
		return packagePath == home
	}
	if packagePath != "" {
		return false
	}
	if each.scope.file.in.path == home {
		return true
	}
	for _, imported := range each.scope.file.imports {
		if imported == home {
			return true
		}
	}
	return false
}

func (p *program) fromOptions(syntax *ast.CallExpr, in *scope, kind constructor, source string) (definition, error) {
	options, where, err := p.resolve(syntax.Args[kind.options], in, 0)
	if err != nil {
		return definition{}, err
	}
	if _, ok := options.(*ast.CompositeLit); !ok {
		return definition{}, fmt.Errorf("the options are %T", options)
	}
	texts := map[string]string{}
	for _, field := range []string{"Namespace", "Subsystem", "Name", "Help", "StabilityLevel", "DeprecatedVersion"} {
		expression := fieldOf(options, field)
		if expression == nil {
			continue
		}
		texts[field], err = p.text(expression, where)
		if err != nil && field == "Help" && !errors.As(err, &needsCaller{}) {
			texts[field], err = "", nil
		}
		if err != nil {
			return definition{}, fmt.Errorf("%s: %w", field, err)
		}
	}
	if texts["Name"] == "" {
		return definition{}, fmt.Errorf("it has no name")
	}
	made := definition{
		Name:       fullName(texts["Namespace"], texts["Subsystem"], texts["Name"]),
		Type:       kind.makes,
		Labels:     []string{},
		HasLabels:  true,
		Stability:  stability(texts["StabilityLevel"], source),
		Deprecated: texts["DeprecatedVersion"],
		Help:       texts["Help"],
	}
	if kind.labels >= 0 && kind.labels < len(syntax.Args) {
		if err := p.addLabels(&made, syntax.Args[kind.labels], in); err != nil {
			return definition{}, err
		}
	}
	if constant := fieldOf(options, "ConstLabels"); constant != nil {
		if err := p.addLabels(&made, constant, where); err != nil {
			return definition{}, err
		}
	}
	return made, nil
}

func (p *program) fromDescription(syntax *ast.CallExpr, in *scope, makes, source string) (definition, error) {
	name, err := p.text(syntax.Args[0], in)
	if err != nil {
		return definition{}, err
	}
	help, err := p.text(syntax.Args[1], in)
	if errors.As(err, &needsCaller{}) {
		return definition{}, err
	}
	if makes == "" {
		makes = "untyped"
	}
	made := definition{Name: name, Type: makes, Labels: []string{}, HasLabels: true, Help: help, Stability: stability("", source)}
	for _, labels := range syntax.Args[2:4] {
		if err := p.addLabels(&made, labels, in); err != nil {
			return definition{}, err
		}
	}
	if len(syntax.Args) >= 6 {
		level, err := p.text(syntax.Args[4], in)
		if err != nil {
			return definition{}, err
		}
		made.Stability = stability(level, source)
		if made.Deprecated, err = p.text(syntax.Args[5], in); err != nil {
			return definition{}, err
		}
	}
	return made, nil
}

// addLabels adds what can be worked out; what can't be is noted, unless a caller would tell it.
func (p *program) addLabels(made *definition, expression ast.Expr, in *scope) error {
	labels, err := p.list(expression, in)
	if errors.As(err, &needsCaller{}) {
		return err
	}
	if err != nil {
		made.HasLabels = false
		return nil
	}
	made.Labels = append(made.Labels, labels...)
	return nil
}

// stability is ALPHA where a definition says nothing, and INTERNAL for Prometheus' own constructors, which know none.
func stability(level, source string) string {
	if source == prometheusClient {
		return "INTERNAL"
	}
	if level == "" {
		return "ALPHA"
	}
	return level
}

// describedTypes gives the type of values that are reported under a description, by package and the description's name.
func (p *program) describedTypes() map[string]string {
	types := map[string]string{}
	for _, function := range []string{"NewLazyConstMetric", "NewConstMetric", "MustNewConstMetric"} {
		for _, each := range p.calls[function] {
			if len(each.syntax.Args) < 2 {
				continue
			}
			name := lastName(each.syntax.Args[0])
			switch lastName(each.syntax.Args[1]) {
			case "CounterValue":
				types[each.scope.file.in.path+"."+name] = "counter"
			case "GaugeValue":
				types[each.scope.file.in.path+"."+name] = "gauge"
			}
		}
	}
	return types
}

// assignedName is the variable or field that a call's result is given to.
func assignedName(each call) string {
	var name string
	for _, declaration := range each.scope.file.syntax.Decls {
		ast.Inspect(declaration, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.ValueSpec:
				for i, right := range node.Values {
					if right == each.syntax {
						name = node.Names[i].Name
					}
				}
			case *ast.AssignStmt:
				for i, right := range node.Rhs {
					if right == each.syntax && i < len(node.Lhs) {
						name = lastName(node.Lhs[i])
					}
				}
			case *ast.KeyValueExpr:
				if node.Value == each.syntax {
					name = lastName(node.Key)
				}
			}
			return true
		})
	}
	return name
}

func (p *program) position(syntax *ast.CallExpr) string {
	position := p.files.Position(syntax.Pos())
	parts := strings.Split(filepath.ToSlash(position.Filename), "/k8s.io/")
	return fmt.Sprintf("%s:%d", parts[len(parts)-1], position.Line)
}
