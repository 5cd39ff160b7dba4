// Tesserafsck runs the fsck package of Tessera on a public folder: every entry bundle and tile is
// read and compared. Tessera's own command returns 0 on a failed check in some releases, and its
// check hangs when more resources are wrong than it has workers; so this one has enough of them
// and a time limit. It prints OK or the reason; it exits 0 if everything holds, else 1.
//
//	tesserafsck VKEY FOLDER
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

const (
	workers = 32
	limit   = 30 * time.Second
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tesserafsck VKEY FOLDER")
		os.Exit(2)
	}
	key, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fail(err)
	}
	done := make(chan error, 1)
	go func() {
		source := client.FileFetcher{Root: os.Args[2]}
		done <- fsck.New(key.Name(), key, source, leaves, fsck.Opts{N: workers}).Check(context.Background())
	}()
	select {
	case err = <-done:
	case <-time.After(limit):
		err = fmt.Errorf("no end within %s: several resources are wrong", limit)
	}
	if err != nil {
		fail(err)
	}
	fmt.Println("OK")
}

// leaves gives the RFC 6962 hashes of the entries of a bundle.
func leaves(raw []byte) ([][]byte, error) {
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(bundle.Entries))
	for _, entry := range bundle.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

func fail(err error) {
	fmt.Println(err)
	os.Exit(1)
}
