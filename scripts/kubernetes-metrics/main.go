// Lists the metrics that Go packages define, without compiling them.
//
//	go run . <import path>=<folder> …   (or <import path>=<folder>:<subfolder>,<subfolder>)
//
// It reads every call of a constructor of k8s.io/component-base/metrics (NewCounterVec, NewDesc, …) and works out its
// arguments: constants across packages, local variables, functions that are given names. What it can't work out is
// listed too, so that nothing is left out in silence. The result is JSON on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

// definition is one call of a constructor, worked out.
type definition struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Labels     []string `json:"labels"`
	HasLabels  bool     `json:"labelsKnown"`
	Stability  string   `json:"stability"`
	Deprecated string   `json:"deprecated,omitempty"`
	Help       string   `json:"help"`
	Position   string   `json:"position"`
}

type unresolved struct {
	Position string `json:"position"`
	Why      string `json:"why"`
}

func main() {
	load := newProgram()
	for _, argument := range os.Args[1:] {
		importPath, place, found := strings.Cut(argument, "=")
		if !found {
			fail(fmt.Errorf("%s is not of the form <import path>=<folder>", argument))
		}
		folder, only, _ := strings.Cut(place, ":")
		subfolders := []string{""}
		if only != "" {
			subfolders = strings.Split(only, ",")
		}
		for _, subfolder := range subfolders {
			if err := load.addModule(importPath, folder, subfolder); err != nil {
				fail(err)
			}
		}
	}
	definitions, problems := load.definitions()
	sort.Slice(definitions, func(i, j int) bool {
		if definitions[i].Name != definitions[j].Name {
			return definitions[i].Name < definitions[j].Name
		}
		return definitions[i].Position < definitions[j].Position
	})
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"definitions": definitions, "unresolved": problems}); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
