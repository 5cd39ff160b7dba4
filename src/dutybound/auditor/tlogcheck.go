// Tlogcheck checks the public folder of a transparency log with the Go
// project's own libraries (golang.org/x/mod/sumdb). It uses nothing of
// dutybound. It prints one JSON verdict; it exits 0 if everything holds, 1 if
// something does not, 2 if it was called wrongly.
//
//	tlogcheck -key "$(cat log.vkey)" -log public
//	tlogcheck -key ... -log public -older saved-checkpoint -witness "$W" -quorum 1
//	tlogcheck -key ... -receipt x.tlog-proof -entry entry.json
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // C2SP tlog-tiles: a full tile holds 2^8 hashes

type verdict struct {
	OK             bool     `json:"ok"`
	Error          string   `json:"error,omitempty"`
	Origin         string   `json:"origin,omitempty"`
	Size           int64    `json:"size"`
	Root           string   `json:"root,omitempty"`
	Tiles          int      `json:"tiles_compared"`
	Entries        int64    `json:"entries_hashed"`
	Proofs         int64    `json:"inclusion_proofs"`
	ConsistentFrom []int64  `json:"consistent_from"`
	Witnesses      []string `json:"witnesses"`
	ReceiptIndex   *int64   `json:"receipt_index,omitempty"`
}

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type options struct {
	key, log, receipt, entry string
	older, witnesses         list
	quorum                   int
	proofs                   int64
}

func main() {
	var o options
	flag.StringVar(&o.key, "key", "", "verifier key of the log (name+hash+key)")
	flag.StringVar(&o.log, "log", "", "public folder of the log")
	flag.StringVar(&o.receipt, "receipt", "", "C2SP tlog-proof file to check; needs -entry")
	flag.StringVar(&o.entry, "entry", "", "file with the exact bytes of the receipt's entry")
	flag.Var(&o.older, "older", "older checkpoint that the log must extend (may be repeated)")
	flag.Var(&o.witnesses, "witness", "verifier key of a witness (may be repeated)")
	flag.IntVar(&o.quorum, "quorum", 0, "how many of the witnesses must have cosigned")
	flag.Int64Var(&o.proofs, "proofs", 1000, "how many inclusion proofs to make and check")
	flag.Parse()
	if o.key == "" || (o.log == "" && o.receipt == "") || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	v := verdict{ConsistentFrom: []int64{}, Witnesses: []string{}}
	err := check(&v, o)
	v.OK = err == nil
	if err != nil {
		v.Error = err.Error()
	}
	out, _ := json.Marshal(v)
	fmt.Println(string(out))
	if err != nil {
		os.Exit(1)
	}
}

func check(v *verdict, o options) error {
	verifiers, err := newVerifiers(o.key, o.witnesses)
	if err != nil {
		return err
	}
	if o.receipt != "" {
		if err := checkReceipt(v, verifiers, o); err != nil {
			return fmt.Errorf("receipt: %w", err)
		}
	}
	if o.log == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(o.log, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(v, verifiers, text, o.quorum)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	leaves, err := recompute(v, tree, folder(o.log))
	if err != nil {
		return err
	}
	return prove(v, tree, leaves, verifiers, o)
}

// openCheckpoint checks the signatures and reads the three lines of a checkpoint.
func openCheckpoint(v *verdict, keys *verifiers, text []byte, quorum int) (tlog.Tree, error) {
	n, err := note.Open(text, keys.list)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, witnesses := false, []string{}
	for _, s := range n.Sigs {
		if s.Name == keys.log.Name() && s.Hash == keys.log.KeyHash() {
			signed = true
		} else {
			witnesses = append(witnesses, s.Name)
		}
	}
	if !signed {
		return tlog.Tree{}, errors.New("not signed by the log")
	}
	if len(witnesses) < quorum {
		return tlog.Tree{}, fmt.Errorf("%d of %d witnesses cosigned", len(witnesses), quorum)
	}
	origin, rest, _ := strings.Cut(n.Text, "\n")
	if origin != keys.log.Name() {
		return tlog.Tree{}, fmt.Errorf("origin is %q", origin)
	}
	// x/mod knows its own origin only: its parser gets the other two lines under that name.
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	if err != nil {
		return tlog.Tree{}, err
	}
	if again := string(tlog.FormatTree(tree)); again != "go.sum database tree\n"+rest {
		return tlog.Tree{}, errors.New("more than three lines, or base64 that is not canonical")
	}
	v.Origin, v.Size, v.Root, v.Witnesses = origin, tree.N, tree.Hash.String(), witnesses
	return tree, nil
}

// folder reads the tiles of a public folder. It is a tlog.TileReader.
type folder string

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, t := range tiles {
		data, err := f.read(t)
		if err == nil && len(data) != t.W*tlog.HashSize {
			err = fmt.Errorf("%s: %d bytes", path(t), len(data))
		}
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return all, nil
}

func (f folder) read(t tlog.Tile) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path(t))))
}

// path turns x/mod's tile/8/L/N and tile/8/data/N into the names of C2SP tlog-tiles.
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(p, "data/", "entries/", 1)
}

// memory holds the hashes of the whole tree in x/mod's storage order.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(m)) {
			return nil, errors.New("hash outside of the tree")
		}
		out[i] = m[at]
	}
	return out, nil
}

// recompute builds the tree from the entries alone, and compares the root and each tile.
func recompute(v *verdict, tree tlog.Tree, f folder) ([]tlog.Hash, error) {
	var all memory
	var leaves []tlog.Hash
	for first := int64(0); first < tree.N; first += 1 << height {
		entries, err := f.entries(first, tree.N)
		if err != nil {
			return nil, err
		}
		for i, e := range entries {
			leaf := tlog.RecordHash(e)
			more, err := tlog.StoredHashesForRecordHash(first+int64(i), leaf, all)
			if err != nil {
				return nil, err
			}
			all, leaves = append(all, more...), append(leaves, leaf)
		}
	}
	v.Entries = int64(len(leaves))
	if tree.N == 0 {
		return leaves, nil
	}
	root, err := tlog.TreeHash(tree.N, all)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("the entries do not give the root of the checkpoint")
	}
	for _, t := range tilesOf(tree.N) {
		want, err := tlog.ReadTileData(t, all)
		if err != nil {
			return nil, err
		}
		if got, err := f.read(t); err != nil || !bytes.Equal(want, got) {
			return nil, fmt.Errorf("%s is missing or differs from the entries", path(t))
		}
		v.Tiles++
	}
	return leaves, nil
}

// tilesOf names the tiles that a tree of this size has: full ones, and the widest partial ones.
func tilesOf(size int64) (tiles []tlog.Tile) {
	for level := 0; size > 0; level, size = level+1, size>>height {
		for n := int64(0); n<<height < size; n++ {
			width := int(min(size-n<<height, 1<<height))
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: n, W: width})
		}
	}
	return tiles
}

// entries reads one bundle: a length of two bytes before each entry, nothing after the last.
func (f folder) entries(first, size int64) ([][]byte, error) {
	t := tlog.Tile{H: height, L: -1, N: first >> height, W: int(min(size-first, 1<<height))}
	data, err := f.read(t)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, 0, t.W)
	for len(out) < t.W {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut short", path(t))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		out, data = append(out, data[2:end]), data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%s has bytes after its last entry", path(t))
	}
	return out, nil
}

// prove makes proofs from the tiles, as a client of the log would, and checks them.
func prove(v *verdict, tree tlog.Tree, leaves []tlog.Hash, keys *verifiers, o options) error {
	reader := tlog.TileHashReader(tree, folder(o.log))
	count := min(o.proofs, tree.N)
	for i := int64(0); i < count; i++ {
		at := i * tree.N / count
		proof, err := tlog.ProveRecord(tree.N, at, reader)
		if err == nil {
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, at, leaves[at])
		}
		if err != nil {
			return fmt.Errorf("inclusion of entry %d: %w", at, err)
		}
		v.Proofs++
	}
	for _, name := range o.older {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		old, err := openCheckpoint(&verdict{}, keys, text, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if old.N > tree.N {
			return fmt.Errorf("%s: the log had %d entries and now has %d", name, old.N, tree.N)
		}
		if old.N > 0 {
			proof, err := tlog.ProveTree(tree.N, old.N, reader)
			if err == nil {
				err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
			}
			if err != nil {
				return fmt.Errorf("%s is not a beginning of this log: %w", name, err)
			}
		}
		v.ConsistentFrom = append(v.ConsistentFrom, old.N)
	}
	return nil
}

// checkReceipt checks a C2SP tlog-proof file against the bytes of its entry.
func checkReceipt(v *verdict, keys *verifiers, o options) error {
	text, err := os.ReadFile(o.receipt)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(o.entry)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof file")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || lines[0] != fmt.Sprintf("index %d", index) {
		return errors.New("no index")
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return errors.New("a hash is not canonical base64 of 32 bytes")
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(v, keys, []byte(checkpoint), o.quorum)
	if err != nil {
		return err
	}
	v.ReceiptIndex = &index
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// verifiers are the log's key and the keys of the witnesses.
type verifiers struct {
	log  note.Verifier
	list note.Verifiers
}

func newVerifiers(key string, witnesses []string) (*verifiers, error) {
	log, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return nil, fmt.Errorf("key of the log: %w", err)
	}
	all := []note.Verifier{log}
	for _, w := range witnesses {
		c, err := newCosigner(strings.TrimSpace(w))
		if err != nil {
			return nil, fmt.Errorf("key of a witness: %w", err)
		}
		all = append(all, c)
	}
	return &verifiers{log, note.VerifierList(all...)}, nil
}

// cosigner verifies C2SP tlog-cosignature, type 0x04: Ed25519 over a header, a time and the text.
type cosigner struct {
	note.Verifier // the same key as plain Ed25519
	hash          uint32
}

func newCosigner(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, key, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil || len(raw) != 33 || raw[0] != 4 {
		return nil, errors.New("not of type 0x04")
	}
	id, err := strconv.ParseUint(hash, 16, 32)
	if err != nil || uint32(id) != keyHash(name, raw) {
		return nil, errors.New("key id does not belong to the key")
	}
	plain := append([]byte{1}, raw[1:]...)
	v, err := note.NewVerifier(fmt.Sprintf("%s+%08x+%s", name, keyHash(name, plain),
		base64.StdEncoding.EncodeToString(plain)))
	return &cosigner{v, uint32(id)}, err
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+64 {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return c.Verifier.Verify(append([]byte(head), msg...), sig[8:])
}
