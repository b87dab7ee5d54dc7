package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

const maximumDepth = 40

// needsCaller says that an expression depends on a parameter that nothing is bound to yet.
type needsCaller struct{ parameter string }

func (e needsCaller) Error() string { return "depends on the parameter " + e.parameter }

// resolve follows names to the expression that they stand for.
func (p *program) resolve(expression ast.Expr, in *scope, depth int) (ast.Expr, *scope, error) {
	if depth > maximumDepth {
		return nil, nil, fmt.Errorf("names lead in a circle")
	}
	switch expression := expression.(type) {
	case *ast.ParenExpr:
		return p.resolve(expression.X, in, depth+1)
	case *ast.UnaryExpr:
		if expression.Op == token.AND {
			return p.resolve(expression.X, in, depth+1)
		}
	case *ast.StarExpr:
		return p.resolve(expression.X, in, depth+1)
	case *ast.Ident:
		found, err := p.lookUp(expression, in)
		if err != nil {
			return nil, nil, err
		}
		return p.resolve(found.expression, found.scope, depth+1)
	case *ast.SelectorExpr:
		if packagePath, name := p.qualified(expression, in); packagePath != "" {
			imported := p.packages[packagePath]
			if imported == nil {
				return nil, nil, fmt.Errorf("%s is not read", packagePath)
			}
			found, ok := imported.values[name]
			if !ok {
				return nil, nil, fmt.Errorf("%s.%s is not known", packagePath, name)
			}
			return p.resolve(found.expression, found.scope, depth+1)
		}
		whole, where, err := p.resolve(expression.X, in, depth+1)
		if err != nil {
			return nil, nil, err
		}
		if field := fieldOf(whole, expression.Sel.Name); field != nil {
			return p.resolve(field, where, depth+1)
		}
		return nil, nil, fmt.Errorf("no field %s", expression.Sel.Name)
	case *ast.CallExpr:
		if body, inner := p.inlined(expression, in); body != nil {
			return p.resolve(body, inner, depth+1)
		}
	}
	return expression, in, nil
}

// lookUp finds what a plain name means: a local variable, a parameter, or something of the package.
func (p *program) lookUp(name *ast.Ident, in *scope) (value, error) {
	if in.function != nil {
		if bound, ok := in.bindings[name.Name]; ok {
			return bound, nil
		}
		if local := localValue(in.function, name); local != nil {
			return value{local, in}, nil
		}
		if isParameter(in.function, name.Name) {
			return value{}, needsCaller{name.Name}
		}
	}
	if found, ok := in.file.in.values[name.Name]; ok {
		return found, nil
	}
	return value{}, fmt.Errorf("%s is not known", name.Name)
}

// localValue is what a name was last given before it is used.
func localValue(function *ast.FuncDecl, name *ast.Ident) ast.Expr {
	var found ast.Expr
	ast.Inspect(function, func(node ast.Node) bool {
		if node == nil || node.Pos() >= name.Pos() {
			return false
		}
		switch node := node.(type) {
		case *ast.AssignStmt:
			if len(node.Lhs) == len(node.Rhs) && node.End() <= name.Pos() {
				for i, left := range node.Lhs {
					if left, ok := left.(*ast.Ident); ok && left.Name == name.Name {
						found = node.Rhs[i]
					}
				}
			}
		case *ast.ValueSpec:
			if len(node.Names) == len(node.Values) && node.End() <= name.Pos() {
				for i, left := range node.Names {
					if left.Name == name.Name {
						found = node.Values[i]
					}
				}
			}
		}
		return true
	})
	return found
}

func isParameter(function *ast.FuncDecl, name string) bool {
	for _, parameter := range parametersOf(function) {
		if parameter.name == name {
			return true
		}
	}
	return false
}

type parameter struct {
	name     string
	variadic bool
}

func parametersOf(function *ast.FuncDecl) []parameter {
	var all []parameter
	for _, field := range function.Type.Params.List {
		_, variadic := field.Type.(*ast.Ellipsis)
		for _, name := range field.Names {
			all = append(all, parameter{name.Name, variadic})
		}
	}
	return all
}

// bound is the scope of a function's body when it is called so.
func bound(function *function, syntax *ast.CallExpr, in *scope) *scope {
	inner := &scope{file: function.file, function: function.declaration, bindings: map[string]value{}, lists: map[string][]value{}}
	for i, parameter := range parametersOf(function.declaration) {
		if parameter.variadic {
			if syntax.Ellipsis.IsValid() && i < len(syntax.Args) {
				inner.bindings[parameter.name] = value{syntax.Args[i], in}
				continue
			}
			rest := []value{}
			for _, argument := range syntax.Args[min(i, len(syntax.Args)):] {
				rest = append(rest, value{argument, in})
			}
			inner.lists[parameter.name] = rest
		} else if i < len(syntax.Args) {
			inner.bindings[parameter.name] = value{syntax.Args[i], in}
		}
	}
	return inner
}

// inlined gives the one expression that a called function returns, if it is so simple.
func (p *program) inlined(syntax *ast.CallExpr, in *scope) (ast.Expr, *scope) {
	packagePath, name := p.qualified(syntax.Fun, in)
	if p.packages[packagePath] == nil {
		return nil, nil
	}
	called := p.packages[packagePath].functions[name]
	if called == nil || called.declaration.Body == nil || len(called.declaration.Body.List) != 1 {
		return nil, nil
	}
	if result, ok := called.declaration.Body.List[0].(*ast.ReturnStmt); ok && len(result.Results) == 1 {
		return result.Results[0], bound(called, syntax, in)
	}
	return nil, nil
}

func fieldOf(expression ast.Expr, name string) ast.Expr {
	literal, ok := expression.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}

// text works out a string.
func (p *program) text(expression ast.Expr, in *scope) (string, error) {
	found, where, err := p.resolve(expression, in, 0)
	if err != nil {
		return "", err
	}
	switch found := found.(type) {
	case *ast.BasicLit:
		if found.Kind == token.STRING {
			return strconv.Unquote(found.Value)
		}
		return found.Value, nil
	case *ast.BinaryExpr:
		if found.Op == token.ADD {
			left, err := p.text(found.X, where)
			if err != nil {
				return "", err
			}
			right, err := p.text(found.Y, where)
			return left + right, err
		}
	case *ast.CallExpr:
		return p.calledText(found, where)
	}
	return "", fmt.Errorf("%T is no text", found)
}

func (p *program) calledText(syntax *ast.CallExpr, in *scope) (string, error) {
	packagePath, name := p.qualified(syntax.Fun, in)
	texts := func(expressions []ast.Expr) ([]string, error) {
		var all []string
		for _, expression := range expressions {
			one, err := p.text(expression, in)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, nil
	}
	switch {
	case packagePath == "fmt" && name == "Sprintf", packagePath == "fmt" && name == "Sprint":
		all, err := texts(syntax.Args)
		if err != nil {
			return "", err
		}
		if name == "Sprint" {
			return strings.Join(all, ""), nil
		}
		rest := make([]any, 0, len(all))
		for _, one := range all[1:] {
			rest = append(rest, one)
		}
		return fmt.Sprintf(strings.ReplaceAll(all[0], "%d", "%s"), rest...), nil
	case name == "BuildFQName":
		all, err := texts(syntax.Args)
		if err != nil {
			return "", err
		}
		return fullName(all...), nil
	case packagePath == "strings" && name == "Join":
		parts, err := p.list(syntax.Args[0], in)
		if err != nil {
			return "", err
		}
		separator, err := p.text(syntax.Args[1], in)
		return strings.Join(parts, separator), err
	case len(syntax.Args) == 1 && (name == "string" || len(name) > 0 && p.isType(packagePath, name)):
		return p.text(syntax.Args[0], in)
	}
	return "", fmt.Errorf("the result of %s is not known", lastName(syntax.Fun))
}

func (p *program) isType(packagePath, name string) bool {
	in := p.packages[packagePath]
	if in == nil {
		return false
	}
	for _, file := range in.files {
		for _, declaration := range file.syntax.Decls {
			if declaration, ok := declaration.(*ast.GenDecl); ok && declaration.Tok == token.TYPE {
				for _, spec := range declaration.Specs {
					if spec.(*ast.TypeSpec).Name.Name == name {
						return true
					}
				}
			}
		}
	}
	return false
}

// fullName joins the parts that are there, as Prometheus does.
func fullName(parts ...string) string {
	var present []string
	for _, part := range parts {
		if part != "" {
			present = append(present, part)
		}
	}
	return strings.Join(present, "_")
}

// list works out a list of strings.
func (p *program) list(expression ast.Expr, in *scope) ([]string, error) {
	if name, ok := expression.(*ast.Ident); ok {
		if name.Name == "nil" {
			return nil, nil
		}
		if values, ok := in.lists[name.Name]; ok {
			return p.texts(values)
		}
		if passedOn, ok := in.bindings[name.Name]; ok {
			return p.list(passedOn.expression, passedOn.scope)
		}
	}
	found, where, err := p.resolve(expression, in, 0)
	if err != nil {
		return nil, err
	}
	switch found := found.(type) {
	case *ast.Ident:
		if found.Name == "nil" {
			return nil, nil
		}
	case *ast.CompositeLit:
		values := []value{}
		for _, element := range found.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Key
			}
			values = append(values, value{element, where})
		}
		return p.texts(values)
	case *ast.CallExpr:
		if name := lastName(found.Fun); name == "append" && len(found.Args) > 0 {
			all, err := p.list(found.Args[0], where)
			if err != nil {
				return nil, err
			}
			all = append([]string{}, all...)
			for i, argument := range found.Args[1:] {
				if found.Ellipsis.IsValid() && i == len(found.Args)-2 {
					more, err := p.list(argument, where)
					if err != nil {
						return nil, err
					}
					all = append(all, more...)
					continue
				}
				one, err := p.text(argument, where)
				if err != nil {
					return nil, err
				}
				all = append(all, one)
			}
			return all, nil
		}
	}
	return nil, fmt.Errorf("%T is no list", found)
}

func (p *program) texts(values []value) ([]string, error) {
	all := []string{}
	for _, each := range values {
		one, err := p.text(each.expression, each.scope)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
