// Reads a Compose file with the library that Docker Compose itself is built on, and prints the project as JSON:
// variables filled in from this process's environment, short forms written out, defaults added, the whole held against
// the Compose specification. The tests hold the result against the product.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("expected the path of one Compose file, got %d arguments", len(os.Args)-1))
	}
	project, err := read(os.Args[1])
	if err != nil {
		fail(err)
	}
	os.Stdout.Write(append(project, '\n'))
}

func read(file string) ([]byte, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithOsEnv, cli.WithConsistency(true))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	return project.MarshalJSON()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
