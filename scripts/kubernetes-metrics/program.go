package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// program is all source files, with what is declared at the top of each package and who calls what.
type program struct {
	files    *token.FileSet
	packages map[string]*goPackage
	calls    map[string][]call
}

type goPackage struct {
	path  string
	name  string
	files []*goFile
	// values are constants and variables of the package by name.
	values    map[string]value
	functions map[string]*function
}

type goFile struct {
	in      *goPackage
	syntax  *ast.File
	imports map[string]string
}

// value is an expression, and where its names mean something.
type value struct {
	expression ast.Expr
	scope      *scope
}

type function struct {
	declaration *ast.FuncDecl
	file        *goFile
}

// call is a call of a function or method of some name.
type call struct {
	syntax *ast.CallExpr
	scope  *scope
}

// scope is where an expression stands: its file, the functions around it, and what their parameters are bound to.
type scope struct {
	file     *goFile
	function *ast.FuncDecl
	bindings map[string]value
	lists    map[string][]value
}

func newProgram() *program {
	return &program{files: token.NewFileSet(), packages: map[string]*goPackage{}, calls: map[string][]call{}}
}

// Folders that hold no code of a component.
var passedOver = map[string]bool{
	"testing": true, "testdata": true, "test": true, "testutil": true, "vendor": true, "third_party": true, "hack": true,
	"fake": true, "kubeadm": true, "kubectl": true, "applyconfigurations": true,
}

func (p *program) addModule(importPath, folder, subfolder string) error {
	linux := build.Default
	linux.GOOS, linux.CgoEnabled = "linux", true
	root := filepath.Join(folder, subfolder)
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name == root {
				return nil
			}
			if passedOver[base] || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
				return filepath.SkipDir
			}
			return nil
		}
		base := entry.Name()
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") ||
			strings.HasPrefix(base, "zz_generated") || strings.HasSuffix(base, ".pb.go") {
			return nil
		}
		if matches, err := linux.MatchFile(filepath.Dir(name), base); err != nil || !matches {
			return err
		}
		relative, err := filepath.Rel(folder, filepath.Dir(name))
		if err != nil {
			return err
		}
		return p.addFile(path.Join(importPath, filepath.ToSlash(relative)), name)
	})
}

func (p *program) addFile(packagePath, name string) error {
	syntax, err := parser.ParseFile(p.files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	in := p.packages[packagePath]
	if in == nil {
		in = &goPackage{path: packagePath, name: syntax.Name.Name, values: map[string]value{}, functions: map[string]*function{}}
		p.packages[packagePath] = in
	}
	file := &goFile{in: in, syntax: syntax, imports: map[string]string{}}
	in.files = append(in.files, file)
	for _, spec := range syntax.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		alias := path.Base(imported)
		if spec.Name != nil {
			alias = spec.Name.Name
		}
		file.imports[alias] = imported
	}
	top := &scope{file: file}
	for _, declaration := range syntax.Decls {
		switch declaration := declaration.(type) {
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
					for i, name := range spec.Names {
						in.values[name.Name] = value{spec.Values[i], top}
					}
				}
			}
			p.noteCalls(declaration, top)
		case *ast.FuncDecl:
			in.functions[declaration.Name.Name] = &function{declaration, file}
			p.noteCalls(declaration, &scope{file: file, function: declaration})
		}
	}
	return nil
}

func (p *program) noteCalls(node ast.Node, in *scope) {
	ast.Inspect(node, func(node ast.Node) bool {
		if syntax, ok := node.(*ast.CallExpr); ok {
			if name := lastName(syntax.Fun); name != "" {
				p.calls[name] = append(p.calls[name], call{syntax, in})
			}
		}
		return true
	})
}

// lastName is `NewDesc` of `metrics.NewDesc`.
func lastName(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	case *ast.IndexExpr:
		return lastName(expression.X)
	}
	return ""
}

// qualified gives package path and name of what a name of another, or of this, package means.
func (p *program) qualified(expression ast.Expr, in *scope) (string, string) {
	switch expression := expression.(type) {
	case *ast.Ident:
		return in.file.in.path, expression.Name
	case *ast.SelectorExpr:
		if alias, ok := expression.X.(*ast.Ident); ok {
			if imported, ok := in.file.imports[alias.Name]; ok {
				return imported, expression.Sel.Name
			}
		}
	case *ast.IndexExpr:
		return p.qualified(expression.X, in)
	}
	return "", ""
}
