// Verdicts gives the verdict of the Go project's own libraries (golang.org/x/mod/sumdb) on many
// inputs in one process. It reads one JSON object per line, and prints one per line, in order:
//
//	{"id": ..., "accept": bool, "library": bool, "error": "..."}
//
// library: what x/mod says. accept: also keeps the rules of C2SP that x/mod leaves to its caller
// (a checkpoint has the origin that was asked for, three lines, canonical base64).
//
//	{"id":1,"kind":"note","keys":[VKEY...],"note":BASE64}
//	{"id":2,"kind":"checkpoint","keys":[VKEY...],"origin":"...","note":BASE64}
//	{"id":3,"kind":"inclusion","entry":BASE64 | "leaf":BASE64,"index":0,"size":1,"root":BASE64,"proof":[BASE64...]}
//	{"id":4,"kind":"consistency","old_size":1,"old_root":BASE64,"size":2,"root":BASE64,"proof":[BASE64...]}
//
// Numbers may be any JSON; what is not a 64-bit integer is refused.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	ID      json.RawMessage `json:"id"`
	Kind    string          `json:"kind"`
	Keys    []string        `json:"keys"`
	Origin  string          `json:"origin"`
	Note    string          `json:"note"`
	Entry   *string         `json:"entry"`
	Leaf    string          `json:"leaf"`
	Index   int64           `json:"index"`
	Size    int64           `json:"size"`
	Root    string          `json:"root"`
	OldSize int64           `json:"old_size"`
	OldRoot string          `json:"old_root"`
	Proof   []string        `json:"proof"`
}

type answer struct {
	ID      json.RawMessage `json:"id"`
	Accept  bool            `json:"accept"`
	Library bool            `json:"library"`
	Error   string          `json:"error,omitempty"`
}

var strict = base64.StdEncoding.Strict()

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, end := in.ReadBytes('\n')
		if len(line) > 0 {
			text, _ := json.Marshal(answerTo(line))
			out.Write(append(text, '\n'))
		}
		if end != nil {
			return
		}
	}
}

func answerTo(line []byte) answer {
	var q question
	a := answer{ID: json.RawMessage("null")}
	err := json.Unmarshal(line, &q)
	if len(q.ID) > 0 {
		a.ID = q.ID
	}
	if err == nil {
		a.Library, err = judge(q)
	}
	a.Accept = err == nil
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// judge returns what the library says, and why the input is refused, if it is.
func judge(q question) (bool, error) {
	switch q.Kind {
	case "note":
		_, err := open(q)
		return err == nil, err
	case "checkpoint":
		return checkpoint(q)
	case "inclusion":
		err := inclusion(q)
		return err == nil, err
	case "consistency":
		err := consistency(q)
		return err == nil, err
	}
	return false, fmt.Errorf("no such kind: %q", q.Kind)
}

func open(q question) (*note.Note, error) {
	var known []note.Verifier
	for _, key := range q.Keys {
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, err
		}
		known = append(known, v)
	}
	text, err := strict.DecodeString(q.Note)
	if err != nil {
		return nil, err
	}
	return note.Open(text, note.VerifierList(known...))
}

func checkpoint(q question) (bool, error) {
	n, err := open(q)
	if err != nil {
		return false, err
	}
	const own = "go.sum database tree\n" // x/mod's parser knows this origin only
	origin, rest, _ := strings.Cut(n.Text, "\n")
	tree, err := tlog.ParseTree([]byte(own + rest))
	if err != nil {
		return false, err
	}
	if origin != q.Origin {
		return true, errors.New("another origin")
	}
	if string(tlog.FormatTree(tree)) != own+rest {
		return true, errors.New("more than three lines, or base64 that is not canonical")
	}
	return true, nil
}

func inclusion(q question) error {
	root, err := parseHash(q.Root)
	if err != nil {
		return err
	}
	proof, err := parseHashes(q.Proof)
	if err != nil {
		return err
	}
	var leaf tlog.Hash
	if q.Entry != nil {
		entry, err := strict.DecodeString(*q.Entry)
		if err != nil {
			return err
		}
		leaf = tlog.RecordHash(entry)
	} else if leaf, err = parseHash(q.Leaf); err != nil {
		return err
	}
	return tlog.CheckRecord(proof, q.Size, root, q.Index, leaf)
}

func consistency(q question) error {
	root, err := parseHash(q.Root)
	if err != nil {
		return err
	}
	old, err := parseHash(q.OldRoot)
	if err != nil {
		return err
	}
	proof, err := parseHashes(q.Proof)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, q.Size, root, q.OldSize, old)
}

func parseHash(text string) (h tlog.Hash, err error) {
	raw, err := strict.DecodeString(text)
	if err != nil || len(raw) != tlog.HashSize {
		return h, errors.New("a hash is not canonical base64 of 32 bytes")
	}
	copy(h[:], raw)
	if h.String() != text { // Go's decoder skips line breaks
		return h, errors.New("a hash is not canonical base64 of 32 bytes")
	}
	return h, nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, len(texts))
	for _, text := range texts {
		h, err := parseHash(text)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}
