// Checks a Sigstore bundle with the Sigstore project's own library for Node, @sigstore/verify
// (4.1 or newer, which needs Node 22.22, 24.15 or newer). It uses nothing of dutybound.
//
//   node verify-bundle.mjs BUNDLE TRUSTED_ROOT PUBLIC_KEY_PEM [--timestamps N] [ARTIFACT]
//
// Checked: the signature by this key, the entry in the log and that it states this envelope, the
// log's signature on the checkpoint, N RFC 3161 time stamps (default 0), and, when an artifact is
// given, that its SHA-256 digest is a subject of the statement. Prints one JSON verdict.
// Exit status: 0 holds, 1 does not hold, 2 called wrongly.
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';

const { values, positionals } = parseArgs({
  options: { timestamps: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const [bundlePath, rootPath, keyPath, artifactPath] = positionals;
if (!keyPath || positionals.length > 4 || !/^\d+$/.test(values.timestamps)) {
  console.error('usage: verify-bundle.mjs BUNDLE TRUSTED_ROOT PUBLIC_KEY_PEM [--timestamps N] [ARTIFACT]');
  process.exit(2);
}

function verify() {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, 'utf8')));
  const root = TrustedRoot.fromJSON(JSON.parse(readFileSync(rootPath, 'utf8')));
  const publicKey = createPublicKey(readFileSync(keyPath));
  // Whatever hint the bundle gives, only this key is accepted.
  const trust = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
  const verifier = new Verifier(trust, {
    tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: Number(values.timestamps),
  });
  const entity = toSignedEntity(bundle);
  verifier.verify(entity);
  const envelope = bundle.content.dsseEnvelope;
  if (envelope?.payloadType !== 'application/vnd.in-toto+json') throw new Error('not an in-toto statement');
  const statement = JSON.parse(envelope.payload.toString('utf8'));
  if (artifactPath) {
    const digest = createHash('sha256').update(readFileSync(artifactPath)).digest('hex');
    if (!statement.subject.some((subject) => subject.digest.sha256 === digest)) {
      throw new Error(`no subject of the statement has the digest sha256:${digest}`);
    }
  }
  const [entry] = bundle.verificationMaterial.tlogEntries;
  return {
    ok: true,
    predicate_type: statement.predicateType,
    log_index: Number(entry.inclusionProof.logIndex),
    tree_size: Number(entry.inclusionProof.treeSize),
    times: entity.timestamps.map((t) => t.timestamp.signingTime.toISOString()),
  };
}

try {
  console.log(JSON.stringify(verify()));
} catch (error) {
  console.log(JSON.stringify({ ok: false, code: error.code, error: error.message }));
  process.exitCode = 1;
}
