"""The transparency log as pure functions: tree, proofs, tiles, notes, checkpoints, receipts."""
